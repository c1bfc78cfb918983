package scaffold

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// column is where comments behind values begin.
const column = 25

// commented returns a line with a comment, if there is one.
func commented(text, comment string) string {
	if comment == "" {
		return text + "\n"
	}
	return fmt.Sprintf("%-*s# %s\n", column, text+" ", diag.Line(comment))
}

// from is the comment on a value that a file says.
func from(f Fact) string { return "from " + f.From }

// Completes reports whether the folder has a workload that runs to an end, and so takes no requests.
func (f *Facts) Completes() bool {
	kind, ok := kinds.Find(f.Kind.Text)
	return ok && kind.Completes
}

// Describe returns the files of an app that is there already: an app.yaml with what its folder says about it.
func Describe(a Answers, f Facts) tree.Tree {
	var b strings.Builder
	fmt.Fprintf(&b, "# unfold makes all Kubernetes objects from this file: unfold render --env %s\n", a.Environments[0])
	b.WriteString("apiVersion: unfold.dev/v1alpha1\n")
	if f.Kind.Text != "" {
		b.WriteString(commented("kind: "+f.Kind.Text, from(f.Kind)))
	} else {
		b.WriteString("kind: App\n")
	}
	fmt.Fprintf(&b, "name: %s\nimage: %s\n", scalar(a.Name), scalar(a.Image))
	kind, _ := kinds.Find(f.Kind.Text)
	switch {
	case kind.Scheduled && f.Schedule.Text != "":
		b.WriteString(commented("schedule: "+strconv.Quote(f.Schedule.Text), from(f.Schedule)))
	case kind.Scheduled:
		b.WriteString(commented(`schedule: "0 3 * * *"`, "guessed: every night at three"))
	}
	if f.Selector.Text != "" {
		b.WriteString(commented("selector: "+f.Selector.Text, from(f.Selector)+": nobody can change it while the object runs"))
	}
	if a.Port != 0 {
		fmt.Fprintf(&b, "port: %d\n", a.Port)
		if f.Probe.Text != "" {
			b.WriteString(commented("probes: "+f.Probe.Text, from(f.Probe)))
		} else {
			b.WriteString(commented("# probes: /health", "no route for health checks was found: write its path here when the app has one"))
		}
	}
	if f.User.Text != "" {
		b.WriteString(commented("# security: baseline", f.User.From+" "+f.User.Text+
			": add USER 10001 to it, or use this line, which allows root"))
	}
	if f.Variables.Text != "" {
		b.WriteString(commented("# config: {NAME: VALUE}", f.Variables.From+" has "+f.Variables.Text+"; seal those that are secret"))
	}
	b.WriteString(commented("environments:", "each takes any field from above; see unfold explain"))
	b.WriteString(environments(a))
	return tree.Tree{descriptor: []byte(finish(b.String(), a))}
}

// descriptor is the file that all templates have.
const descriptor = "app.yaml"

// finish adds to an app.yaml the line by which editors find the schema, and comments on the lines of values that nobody gave.
func finish(text string, a Answers) string {
	var b strings.Builder
	if a.Schema != "" && !strings.Contains(text, "yaml-language-server:") {
		b.WriteString("# yaml-language-server: $schema=" + a.Schema + "\n")
	}
	field := regexp.MustCompile(`^([a-z]+): [^#]*$`)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		comment := ""
		if m := field.FindStringSubmatch(line); m != nil {
			comment = a.Comments[m[1]]
		}
		b.WriteString(commented(line, comment))
	}
	return b.String()
}
