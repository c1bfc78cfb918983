package schema

import "testing"

// TestPromExpression looks at brackets and quotes, and leaves all else to
// Prometheus.
func TestPromExpression(t *testing.T) {
	for expr, want := range map[string]string{
		`sum by (pod) (rate(x{a="b",c=~'d|e'}[5m])) > 0.5`: "",
		"x{a=`\\`} # ) ]":                       "",
		"# a comment (\nx":                      "",
		`x{a="}"} > 1`:                          "",
		`x{a="\""}`:                             "",
		`sum(rate(x[5m])`:                       `ends without ")"`,
		`x{a="b"`:                               `ends without "}"`,
		`x)`:                                    `closes a bracket that is not open: )`,
		`sum(x])`:                               `has "]" where ")" has to stand: ])`,
		`x{a="b}`:                               `has a quote that is not closed: "b}`,
		"x{a=\"b\n\"}":                          "has a quote that is not closed: \"b\n\"}",
		`x{a='b\'}`:                             `has a quote that is not closed: 'b\'}`,
		`x{a="a very long text that never ends`: `has a quote that is not closed: "a very long text th…`,
		"":                                      "",
	} {
		if got := PromExpression.Problem(expr); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}
