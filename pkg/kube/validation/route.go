package validation

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// httpRoute checks the regular expressions of a route. Which dialect they are of is up to the controller, so those that
// begin with "(?" are left to it.
func (c *checker) httpRoute(spec *value.Value) {
	for i, rule := range spec.Get("rules").AllItems() {
		for j, match := range rule.Get("matches").AllItems() {
			at := "spec.rules." + strconv.Itoa(i) + ".matches." + strconv.Itoa(j)
			c.pattern(match.Get("path"), at+".path")
			for _, list := range []string{"headers", "queryParams"} {
				for k, x := range match.Get(list).AllItems() {
					c.pattern(x, at+"."+list+"."+strconv.Itoa(k))
				}
			}
		}
	}
}

func (c *checker) pattern(x *value.Value, where string) {
	text := x.Get("value")
	if x.StringAt("type") != "RegularExpression" || strings.Contains(text.StringAt(), "(?") {
		return
	}
	if problem := types.Regexp(text.StringAt()); problem != "" {
		c.reportAt(text.Pos, "", "%s.value can't be %q: it %s", where, text.Text, problem)
	}
}
