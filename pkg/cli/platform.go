package cli

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// platformVariable names the operator's file where no flag does. The author of
// an Application can't set it: Argo CD gives theirs a prefix.
const platformVariable = "UNFOLD_PLATFORM"

// platformFlag is where the operator's file is.
type platformFlag struct{ file string }

func (f *platformFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "platform", "", "the operator's platform file (default: $"+platformVariable+")")
}

// path returns the file's path, or "" for none, and who names it.
func (f *platformFlag) path(s Streams) (file, from string) {
	if f.file != "" {
		return f.file, "--platform"
	}
	return s.variable(platformVariable), platformVariable
}

// read returns the operator's platform, or nil where there is none.
func (f *platformFlag) read(s Streams) (*platform.Platform, error) {
	file, _ := f.path(s)
	if file == "" {
		return nil, nil
	}
	return platform.Read(file)
}

// readBeside is read for a folder that nobody has looked at: the file must not
// come from there. A mistake in it is the operator's, and says so.
func (f *platformFlag) readBeside(s Streams, dir string) (*platform.Platform, error) {
	file, from := f.path(s)
	if file == "" {
		return nil, nil
	}
	p, err := f.readOutside(file, from, dir)
	var diags diag.List
	if errors.As(err, &diags) {
		diags.Errorh(diag.Pos{}, "platform-file", "tell the operator of Argo CD",
			"the operator's platform file %q is wrong, so no app can be generated; it is not the app's fault", file)
		return nil, diags
	}
	return p, err
}

func (f *platformFlag) readOutside(file, from, dir string) (*platform.Platform, error) {
	var diags diag.List
	if !filepath.IsAbs(file) {
		diags.Errorh(diag.Pos{File: from}, "platform-file", "give an absolute path",
			"the path %q is relative to the app's folder, from which no platform file is read", file)
		return nil, diags
	}
	rel, err := tree.Rel(dir, file)
	if err != nil {
		return nil, err
	}
	if filepath.IsLocal(rel) {
		diags.Errorh(diag.Pos{File: from}, "platform-file", "mount it somewhere else",
			"the file %q is in the app's folder, from which no platform file is read", file)
		return nil, diags
	}
	return platform.Read(file)
}
