// Package report prints diagnostics in the formats that people and CI read, each in
// its own file.
package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// format is a row of the table of formats. Write prints sorted diagnostics; version is
// that of the program.
type format struct {
	name  string
	write func(w io.Writer, version string, diags diag.List) error
}

func formats() []format {
	return []format{
		{"text", writeText},
		{"json", writeJSON},
		{"github", writeGitHub},
		{"sarif", writeSARIF},
	}
}

// Formats returns the names of the formats.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Write prints diagnostics in a format of Formats; it panics for any other.
// Version is that of the program. What comes from others, such as names of
// files, is escaped as the format has it.
func Write(w io.Writer, name, version string, diags diag.List) error {
	i := slices.IndexFunc(formats(), func(f format) bool { return f.name == name })
	if i < 0 {
		panic("unknown format " + name)
	}
	return formats()[i].write(w, version, diags.Sorted())
}

func writeText(w io.Writer, _ string, diags diag.List) error {
	for _, d := range diags {
		if _, err := fmt.Fprintln(w, d); err != nil {
			return err
		}
	}
	return nil
}
