package lint

import "github.com/unfold-gitops/unfold/pkg/yaml/value"

// PlainSecret is the name of the rule for Secrets, which also holds for those in
// files that no app refers to.
const PlainSecret = "plain-secret"

// plainSecret finds Secrets that stand in the repository for all to read.
func plainSecret(in *Input, r *reporter) {
	for _, x := range in.items {
		if x.Kind != "Secret" || x.Group() != "" {
			continue
		}
		for _, field := range []string{"data", "stringData"} {
			if content := x.value.Get(field); content.Is(value.Map) && !content.Empty() {
				name := in.plain(x.ID).String()
				r.named(name, nil).report(x, content, r.cure(name, content.Entries[0].Key), "%s is in the repository in plain text",
					x.ID)
			}
		}
	}
}
