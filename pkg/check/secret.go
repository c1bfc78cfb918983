package check

import "github.com/unfold-gitops/unfold/pkg/object"

// plainSecret finds Secrets that stand in the repository for all to read.
func plainSecret(in *Input, r *report) {
	for _, v := range in.Manifests {
		id := object.Object{Value: v}.ID()
		if id.Kind != "Secret" || id.Group() != "" {
			continue
		}
		for _, field := range []string{"data", "stringData"} {
			if x := v.Get(field); !x.Empty() {
				r.about(item{ID: id}).Warnh(x.Pos, "plain-secret", "seal it, or fetch it from a store of secrets", "%s stands in the repository in plain text", id)
			}
		}
	}
}
