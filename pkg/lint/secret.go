package lint

import "github.com/unfold-gitops/unfold/pkg/yaml/value"

// plainSecret finds Secrets that stand in the repository for all to read.
func plainSecret(in *Input, r *report) {
	for _, x := range in.items {
		if x.Kind != "Secret" || x.Group() != "" {
			continue
		}
		for _, field := range []string{"data", "stringData"} {
			if content := x.value.Get(field); content.Is(value.Map) && !content.Empty() {
				r.about(x).named(x.shown(), nil).Warnh(x.at(content), "plain-secret",
					in.cure("plain-secret", x.shown(), content.Entries[0].Key), "%s stands in the repository in plain text", x.shown())
			}
		}
	}
}
