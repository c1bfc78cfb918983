package check

import (
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/mask"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// yaml11Scalars warns about scalars in manifests that YAML 1.1, which kustomize
// and kubectl read, takes for something else than they look like.
func yaml11Scalars(in *Input, diags *report) {
	wrong := map[diag.Pos]bool{} // already reported
	for _, d := range *diags.out {
		wrong[d.Pos] = true
	}
	for _, v := range in.Manifests {
		shown := sync.OnceValue(func() map[diag.Pos]string { return shownTexts(v) })
		v.Walk(func(x *value.Value) {
			if !x.Plain || !x.IsScalar() || wrong[x.Pos] {
				return
			}
			if what := surprise(x); what != "" {
				diags.Warnh(x.Pos, "yaml-1.1", "put it in quotes if it is text", "%q without quotes is %s to Kubernetes", shown()[x.Pos], what)
			}
		})
	}
}

// shownTexts gives the texts of an object as messages may quote them.
func shownTexts(v *value.Value) map[diag.Pos]string {
	if v.StringAt("kind") == "Secret" {
		v = mask.All(v, nil, mask.Always("…"))
	}
	out := map[diag.Pos]string{}
	mask.Tree(v, nil, mask.Always("…")).Walk(func(x *value.Value) { out[x.Pos] = x.Text })
	return out
}

// surprise says what YAML 1.1 makes of a plain scalar, or "" where that is what
// everybody expects.
func surprise(x *value.Value) string {
	text := x.Text
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off":
		return "a boolean"
	}
	digits := strings.Trim(text, "0123456789") == ""
	switch {
	case x.Kind == value.Int && len(text) > 1 && text[0] == '0' && digits:
		return "an octal number"
	case x.Kind == value.Int && !digits && strings.ContainsAny(text, "xXobB_"):
		return "a number in another notation"
	case x.Kind == value.Float && strings.Contains(text, ".") && strings.HasSuffix(text, "0"):
		return "a number that loses its last zero"
	case isDate(text):
		return "a point in time"
	}
	return ""
}

func isDate(text string) bool {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' {
		return false
	}
	return strings.Trim(text[:4]+text[5:7]+text[8:10], "0123456789") == ""
}
