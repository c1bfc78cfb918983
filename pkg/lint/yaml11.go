package lint

import (
	"sync"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/secret/redact"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// yaml11Scalars warns about numbers in manifests that are others than they look
// like. What kustomize and kubectl don't agree on is refused as it is read.
func yaml11Scalars(in *Input, r *reporter) {
	wrong := r.reported()
	for _, v := range in.Manifests {
		shown := sync.OnceValue(func() map[diag.Pos]string { return shownTexts(v) })
		v.Walk(func(x *value.Value) {
			if what := x.Surprise(); what != "" && !wrong[x.Pos] {
				r.reportAt(x.Pos, "put it in quotes if it is text", "%q without quotes is %s to Kubernetes", shown()[x.Pos],
					what)
			}
		})
	}
}

// shownTexts returns the texts of an object as messages may quote them.
func shownTexts(v *value.Value) map[diag.Pos]string {
	if v.StringAt("kind") == "Secret" {
		v = redact.All(v, nil, redact.Fixed("…"))
	}
	out := map[diag.Pos]string{}
	redact.Tree(v, nil, redact.Fixed("…")).Walk(func(x *value.Value) { out[x.Pos] = x.Text })
	return out
}
