package report

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// finding is a diagnostic in JSON.
type finding struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Severity string `json:"severity"`
	Rule     string `json:"rule"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

func writeJSON(w io.Writer, _ string, diags diag.List) error {
	out := make([]finding, 0, len(diags))
	for _, d := range diags {
		out = append(out, finding{d.Pos.File, d.Pos.Line, d.Pos.Col, d.Severity.String(), d.Code, d.Message, d.Hint})
	}
	return EncodeJSON(w, out)
}

// EncodeJSON prints a value as JSON with indents. In it is no character that a
// terminal obeys or hides: JSON has an escape for each, so that programs read the
// same.
func EncodeJSON(w io.Writer, x any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(x); err != nil {
		return err
	}
	var out strings.Builder
	for _, r := range b.String() { // which is UTF-8, whatever the texts were
		switch {
		case r == '\n' || unicode.IsGraphic(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out.WriteString(diag.Escape(high) + diag.Escape(low))
		default:
			out.WriteString(diag.Escape(r))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
