package schema

import "strings"

// Prometheus' texts: expressions, durations, and the names of labels and metrics.
var (
	PromExpression = Check{Problem: promExpressionProblem}
	PromDuration   = Check{Problem: promDurationProblem}
	PromLabel      = Check{Problem: promLabelProblem}
	PromMetric     = Check{Problem: promMetricProblem}
)

// promExpressionProblem finds what is certainly wrong with a PromQL expression: brackets
// and quotes that are not closed. Its grammar is Prometheus' matter
// (prometheus.io/docs/prometheus/latest/querying/basics).
func promExpressionProblem(s string) string {
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

// quoted returns where the quote ends with which s begins, or -1. Between backquotes
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

// excerpt returns the beginning of a text, to find the place by.
func excerpt(s string) string {
	const longest = 20
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}

// promDurationProblem takes Prometheus' durations, units in order
// (prometheus.io/docs/prometheus/latest/configuration/configuration).
func promDurationProblem(s string) string {
	rest, found := s, false
	for _, unit := range []string{"y", "w", "d", "h", "m", "s", "ms"} {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		after, ok := strings.CutPrefix(rest[digits:], unit)
		if digits == 0 || !ok || unit == "m" && strings.HasPrefix(after, "s") {
			continue
		}
		rest, found = after, true
	}
	if !found || rest != "" {
		return "is not a duration such as 30s or 1h30m"
	}
	return ""
}

func promMetricProblem(s string) string {
	if PromLabel.Problem(strings.ReplaceAll(s, ":", "_")) != "" {
		return "is not a metric's name: letters, digits, _ and :"
	}
	return ""
}

func promLabelProblem(s string) string {
	if s == "" || Only(s[:1], Digits) || !Only(s, Letters+Digits+"_") {
		return "is not a label's name: letters, digits and _, and no digit first"
	}
	return ""
}
