package check

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// source gives the place in what the app brings along that something found after
// the build comes from, where that can be told.
func (in *Input) source(f Finding) (at diag.Pos, ok bool) {
	if in.Sources == nil || f.text == nil && f.Object.Kind != "Secret" {
		return at, false
	}
	for _, doc := range in.Sources() {
		if x := f.in(doc); x != nil {
			return x.Pos, true
		}
	}
	return at, false
}

// in gives what a finding is about in a document: its text, by itself or behind a
// generator's KEY=, or a Secret's content, or the generator of that.
func (f Finding) in(doc *value.Value) (at *value.Value) {
	if f.text != nil {
		doc.Walk(func(x *value.Value) {
			if at == nil && x.IsScalar() && (x.Text == f.text.Text || strings.HasSuffix(x.Text, "="+f.text.Text)) {
				at = x
			}
		})
		return at
	}
	if doc.StringAt("kind") == "Secret" && strings.Contains(f.Object.Name, doc.StringAt("metadata", "name")) {
		for _, field := range []string{"data", "stringData"} {
			if content := doc.Get(field); !content.Empty() {
				return content
			}
		}
	}
	for _, g := range doc.Get("secretGenerator").Elements() {
		if strings.Contains(f.Object.Name, g.StringAt("name")) {
			return g
		}
	}
	return nil
}
