package schema_test

import (
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/schema"
)

// TestOrPlaceholder shows which wrong texts a field takes since another program fills them in.
func TestOrPlaceholder(t *testing.T) {
	check := schema.Label.OrPlaceholder()
	for text, right := range map[string]bool{
		"shop": true, "<TEAM>": true, "a<TEAM>-b": true, "__TEAM__": true, "a-${TEAM}": true, "< <x>": true,
		"Shop": false, "<>": false, "____": false, "a__b": false, "${}": false, "<a": false, "a>": false, "__a b__": false,
		"<" + strings.Repeat("x", 70) + ">": false,
	} {
		if got := check.Problem(text) == ""; got != right {
			t.Errorf("%q is taken: %v", text, got)
		}
	}
}
