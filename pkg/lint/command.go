package lint

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// spacedCommands finds commands whose program has a space in its name: a whole command line in one text, which no shell takes
// apart. Names with spaces are usual only on Windows, where paths have backslashes or begin with a drive.
func spacedCommands(in *Input, r *reporter) {
	for _, p := range in.workloads {
		for _, c := range p.all() {
			look := func(what string, command *value.Value) {
				words := command.AllItems()
				if len(words) == 0 {
					return
				}
				if program := words[0].StringAt(); strings.ContainsAny(strings.TrimSpace(program), " \t\n") &&
					!strings.Contains(program, `\`) && !strings.Contains(program, ":/") {
					r.report(p.item, words[0], `write [PROGRAM, ARGUMENT, …], or [sh, -c, "…"] for a shell's line`,
						"%s of %s begins with a text with spaces, which is taken for the name of one program", what, p.ID)
				}
			}
			look("the command", c.Get("command"))
			for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
				look("the "+probe, c.Get(probe, "exec", "command"))
			}
			for _, event := range []string{"postStart", "preStop"} {
				look("the "+event+" hook", c.Get("lifecycle", event, "exec", "command"))
			}
		}
	}
}
