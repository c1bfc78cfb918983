package descriptor

import "strings"

// promExpression finds what is certainly wrong with a PromQL expression: brackets
// and quotes that are not closed. Its grammar is Prometheus' matter
// (prometheus.io/docs/prometheus/latest/querying/basics).
func promExpression(s string) string {
	const closing = ")]}"
	var open []byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '#': // a comment
			if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(s)
			}
		case '"', '\'', '`':
			n := quoted(s[i:])
			if n < 0 {
				return "has a quote that is not closed: " + excerpt(s[i:])
			}
			i += n
		case '(', '[', '{':
			open = append(open, closing[strings.IndexByte("([{", c)])
		case ')', ']', '}':
			switch {
			case len(open) == 0:
				return "closes a bracket that is not open: " + excerpt(s[i:])
			case open[len(open)-1] != c:
				return `has "` + string(c) + `" where "` + string(open[len(open)-1]) + `" has to stand: ` + excerpt(s[i:])
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return `ends without "` + string(open[len(open)-1]) + `"`
	}
	return ""
}

// quoted gives where the quote ends with which s begins, or -1. Between backquotes
// nothing is escaped.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i
		case s[i] == '\\' && s[0] != '`':
			i++
		case s[i] == '\n' && s[0] != '`':
			return -1
		}
	}
	return -1
}

// excerpt gives the beginning of a text, to find the place by.
func excerpt(s string) string {
	const longest = 20
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}
