package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// formatFlag is the form of what a command prints. All commands call it --format, as
// --output is a folder in all of them.
type formatFlag struct {
	text  string
	known []string
}

// formatUsage begins the usage of all flags for formats, before their names.
const formatUsage = "output format: "

// register takes the formats that a command knows; the first is the default.
func (f *formatFlag) register(cmd *cobra.Command, known ...string) {
	f.known = known
	cmd.Flags().StringVar(&f.text, "format", known[0], formatUsage+join(known))
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(known, cobra.ShellCompDirectiveNoFileComp))
}

// check refuses a format that the command does not know.
func (f *formatFlag) check() error {
	if !slices.Contains(f.known, f.text) {
		return usagef("--format %q is not known: %s", f.text, join(f.known))
	}
	return nil
}

// outputFlag is the folder that a command writes to.
type outputFlag struct {
	dir    string
	prints bool // the command prints YAML where it writes to no folder
}

func (f *outputFlag) register(cmd *cobra.Command, usage string) {
	cmd.Flags().StringVarP(&f.dir, "output", "o", "", usage)
}

// check refuses what kubectl takes for a format, and kustomize for a file, unless a slash
// at the end says that it is a folder.
func (f *outputFlag) check(cmd *cobra.Command) error {
	format := strings.TrimPrefix(filepath.Ext(f.dir), ".")
	what, there := "looks like a file", isDir(f.dir)
	if format == "" {
		format, what, there = f.dir, "is a format", false
	}
	format = strings.ToLower(format)
	if there || !slices.Contains([]string{"yaml", "yml", "json"}, format) {
		return nil
	}
	instead := "write a folder's name"
	switch {
	case format == "json" && cmd.Flags().Lookup("format") != nil:
		instead = "write --format json"
	case f.prints:
		instead = cmd.CommandPath() + " prints YAML without --output"
	}
	return usagef("--output is a folder, and %q %s: %s, or %s/ for a folder of that name", f.dir, what, instead, f.dir)
}
