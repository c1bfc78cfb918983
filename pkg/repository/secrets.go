package repository

import (
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// checkSecrets finds Secrets in files that no app refers to; those of apps are
// judged with the app, by the operator's policy.
func (c *checker) checkSecrets() Group {
	g := Group{Title: "Secrets"}
	judged := map[diag.Pos]bool{}
	for _, a := range c.apps {
		for _, d := range a.Diags {
			judged[d.Pos] = judged[d.Pos] || d.Code == lint.PlainSecret
		}
	}
	accepting := c.accepting()
	var diags diag.List
	sealed := 0
	for _, f := range c.files.list {
		if !f.contains("Secret") {
			continue
		}
		for _, o := range f.docs() {
			if o.StringAt("kind") == "SealedSecret" {
				sealed++
			}
			at, ok := inPlainText(o)
			if !ok || judged[at] || accepting(f) {
				continue
			}
			diags = append(diags, diag.Diagnostic{Pos: at, Code: lint.PlainSecret, Rule: true,
				Message: object.Object{Value: o}.ID().String() + " is in the repository in plain text",
				Hint:    "seal it by unfold seal and delete the file, or let git ignore it; what was pushed has to be changed as well"})
		}
	}
	switch {
	case len(diags) > 0:
		g.found(diags, "%s in plain text", diag.Plural(len(diags.Sorted()), "Secret"))
	case sealed > 0:
		g.right("no Secret in plain text in %s, %s", diag.Plural(c.files.yaml, "YAML file"), diag.Plural(sealed, "SealedSecret"))
	default:
		g.right("no Secret in plain text in %s", diag.Plural(c.files.yaml, "YAML file"))
	}
	return g
}

// accepting returns whether a file is in the folder of an app that accepts Secrets
// in plain text, with its reason.
func (c *checker) accepting() func(file) bool {
	var folders []string
	for _, f := range c.files.list {
		if path.Base(f.name) != descriptor.FileName || !f.contains(lint.PlainSecret) {
			continue
		}
		for _, d := range f.docs() {
			if d.Get("accept").Has(lint.PlainSecret) {
				folders = append(folders, path.Dir(f.name)+"/")
			}
		}
	}
	return func(f file) bool {
		for _, dir := range folders {
			if dir == "./" || strings.HasPrefix(f.name, dir) {
				return true
			}
		}
		return false
	}
}

// placeholder matches what stands for a value that another tool puts there, and
// what SOPS encrypted.
var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(<.*>|\$\{.*\}|\{\{.*\}\}|ENC\[.*\])$`)
})

// inPlainText returns the place of a Secret's content that anybody can read.
func inPlainText(o *value.Value) (at diag.Pos, ok bool) {
	if o.StringAt("kind") != "Secret" || o.StringAt("apiVersion") != "v1" || o.Has("sops") {
		return at, false
	}
	for _, field := range []string{"data", "stringData"} {
		for _, e := range o.Get(field).AllEntries() {
			if text := e.Value.StringAt(); text != "" && !placeholder().MatchString(text) {
				return o.Get(field).Pos, true
			}
		}
	}
	return at, false
}
