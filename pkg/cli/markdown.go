package cli

import (
	"strings"
	"unicode"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// inline returns a text for a line of Markdown in which it means nothing but itself:
// as code where any part of it could be markup (CommonMark 0.31, "Inlines"), an
// HTML tag, or what GitHub makes a link of: @mentions, #issues, addresses.
func inline(text string) string {
	text = diag.Line(text)
	if isPlain(text) {
		return text
	}
	// A code span ends at as many backticks as it began with.
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if text == "" || strings.Trim(text, " `") != text {
		text = " " + text + " " // one space at each end is taken off
	}
	return fence + text + fence
}

// isPlain reports whether a text holds no markup.
func isPlain(text string) bool {
	for i, r := range text {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if i == 0 && !unicode.IsLetter(r) || !letter && !strings.ContainsRune(" .,;:'\"()/-=%", r) {
			return false
		}
	}
	return text != "" && !strings.Contains(text, "://") && !strings.Contains(strings.ToLower(text), "www.")
}
