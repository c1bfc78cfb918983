package fields

import (
	"testing"
)

// TestNames holds the rules for names of the app.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		name      string
		rule      func(string) string
		ok, wrong []string
	}{
		{"OwnLabel", OwnLabel.Problem,
			[]string{"team", "app.kubernetes.io/part-of", "app.kubernetes.io/version"},
			[]string{"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "app.kubernetes.io/managed-by",
				"a b"}},
		{"filePath", filePath.Problem,
			[]string{"a", "a/b.yaml", "./a", "a/../b", "..a", "a b"},
			[]string{"", ".", "..", "../a", "a/../../b", "/a", `a\b`, "https://example.com/a", "a/.."}},
	} {
		for _, s := range tt.ok {
			if problem := tt.rule(s); problem != "" {
				t.Errorf("%s(%.40q): it %s", tt.name, s, problem)
			}
		}
		for _, s := range tt.wrong {
			if tt.rule(s) == "" {
				t.Errorf("%s(%.40q): no problem", tt.name, s)
			}
		}
	}
}
