package cli

import (
	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
)

func newSchema(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of app.yaml, for editors",
		Long: `schema prints JSON Schema, draft 2020-12, for app.yaml. An editor with the YAML
language server completes, explains and checks fields by it where the file says
  # yaml-language-server: $schema=app.schema.json`,
		Example: "  unfold schema > app.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := descriptor.JSONSchema()
			if err != nil {
				return err
			}
			_, err = s.Out.Write(schema)
			return err
		},
	}
}
