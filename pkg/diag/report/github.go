package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// writeGitHub prints workflow commands, which GitHub Actions shows beside the
// line (docs.github.com, "Workflow commands for GitHub Actions").
func writeGitHub(w io.Writer, _ string, diags diag.List) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, d := range diags {
		text := diag.Line(d.Message)
		if d.Hint != "" {
			text += "\nhint: " + diag.Line(d.Hint)
		}
		var at []string
		if d.Pos.File != "" {
			at = append(at, "file="+property.Replace(diag.Line(d.Pos.File)))
		}
		if d.Pos.Line > 0 {
			at = append(at, fmt.Sprintf("line=%d", d.Pos.Line), fmt.Sprintf("col=%d", d.Pos.Col))
		}
		at = append(at, "title="+property.Replace("unfold "+d.Code))
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", d.Severity, strings.Join(at, ","), data.Replace(text)); err != nil {
			return err
		}
	}
	return nil
}
