package cli

import (
	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/platform"
)

func newSchema(s Streams) *cobra.Command {
	kinds := map[string]func() ([]byte, error){"app": descriptor.JSONSchema, "platform": platform.JSONSchema}
	return &cobra.Command{
		Use:   "schema [app|platform]",
		Short: "Print the JSON Schema of app.yaml, for editors",
		Long: `schema prints a JSON Schema (draft 2020-12) for app.yaml. An editor with the
YAML language server completes, explains and checks fields with it, if the file
has the line
  # yaml-language-server: $schema=app.schema.json
With "platform" it prints the schema of the operator's platform file.`,
		Example:   "  unfold schema > app.schema.json\n  unfold schema platform > platform.schema.json",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"app", "platform"},
		RunE: func(_ *cobra.Command, args []string) error {
			kind := "app"
			if len(args) > 0 {
				kind = args[0]
			}
			schema, err := kinds[kind]()
			if err != nil {
				return err
			}
			_, err = s.data.Write(schema)
			return err
		},
	}
}
