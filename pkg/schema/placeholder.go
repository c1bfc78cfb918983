package schema

import (
	"strings"
	"unicode/utf8"
)

// placeholderPattern matches texts with a placeholder.
const placeholderPattern = `<[^<>]+>|__[^ ./:<>{}]+__|\$\{[^{}]+\}`

// HasPlaceholder reports whether a text has a part that another program replaces before the
// cluster sees it: <NAME>, __NAME__ or ${NAME}.
func HasPlaceholder(s string) bool {
	return between(s, "<", ">", "<>") || between(s, "${", "}", "{}") || between(s, "__", "__", " ./:<>{}")
}

// between reports whether there is a text between two marks with none of the runes in not.
func between(s, from, to, not string) bool {
	for {
		_, rest, ok := strings.Cut(s, from)
		if !ok {
			return false
		}
		inside, _, ok := strings.Cut(rest, to)
		if ok && inside != "" && !strings.ContainsAny(inside, not) {
			return true
		}
		s = rest
	}
}

// OrPlaceholder returns a rule that takes texts with a placeholder too. It is for fields
// whose values are seen again in objects: the rules over those refuse it, and an app can
// accept that.
func (c Check) OrPlaceholder() *Check {
	problem, longest := c.Problem, c.MaxLength
	c.Problem = func(s string) string {
		found := problem(s)
		if found != "" && HasPlaceholder(s) && (longest == 0 || utf8.RuneCountInString(s) <= longest) {
			return ""
		}
		return found
	}
	if c.Pattern != "" {
		c.Pattern += "|" + placeholderPattern
	}
	return &c
}
