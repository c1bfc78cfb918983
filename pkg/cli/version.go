package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
)

// version is set by the linker; programVersion returns it.
var version = "dev"

// programVersion returns the program's version: that of a release, or the module's
// where "go install" built it.
func programVersion() string {
	if version != "dev" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return cmp.Or(info.Main.Version, version)
	}
	return version
}

// versionInfo is what version prints as JSON.
type versionInfo struct {
	Version    string `json:"version"`
	APIVersion string `json:"apiVersion"` // of descriptors
	Kubernetes string `json:"kubernetes"` // whose types objects are checked against
	GoVersion  string `json:"goVersion"`
	Platform   string `json:"platform"` // OS/ARCH
}

func newVersion(s Streams) *cobra.Command {
	var format formatFlag
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `version prints the version of the program, of the descriptors that it reads, and
of Kubernetes, whose types it checks objects against.`,
		Example: "  unfold version\n  unfold version --format json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := format.check(); err != nil {
				return err
			}
			return printVersion(s, format.text)
		},
	}
	format.register(cmd, "text", "json")
	return cmd
}

func printVersion(s Streams, format string) error {
	v := versionInfo{programVersion(), descriptor.APIVersion, types.Version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if format == "json" {
		encoder := json.NewEncoder(s.Out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(v)
	}
	_, err := fmt.Fprintf(s.Out, "unfold %s\nreads %s\nchecks against Kubernetes %s\nbuilt with %s for %s\n",
		v.Version, v.APIVersion, v.Kubernetes, v.GoVersion, v.Platform)
	return err
}
