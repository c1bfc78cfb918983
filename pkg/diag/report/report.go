// Package report prints diagnostics in the formats that people and CI read.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// Formats returns the names of the formats.
func Formats() []string { return []string{"text", "json", "github", "sarif"} }

// Write prints diagnostics in a format of Formats; it panics for any other.
// Version is that of the program. What comes from others, such as names of
// files, is escaped as the format has it.
func Write(w io.Writer, format, version string, diags diag.List) error {
	diags = diags.Sorted()
	switch format {
	case "text":
		return writeText(w, diags)
	case "json":
		return writeJSON(w, diags)
	case "github":
		return writeGitHub(w, diags)
	case "sarif":
		return writeSARIF(w, version, diags)
	}
	panic("unknown format " + format)
}

func writeText(w io.Writer, diags diag.List) error {
	for _, d := range diags {
		if _, err := fmt.Fprintln(w, d); err != nil {
			return err
		}
	}
	return nil
}

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

func writeJSON(w io.Writer, diags diag.List) error {
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

// writeGitHub prints workflow commands, which GitHub Actions shows beside the
// line (docs.github.com, "Workflow commands for GitHub Actions").
func writeGitHub(w io.Writer, diags diag.List) error {
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

// The part of SARIF 2.1.0 that code scanning reads
// (docs.oasis-open.org/sarif/sarif/v2.1.0).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
)

func writeSARIF(w io.Writer, version string, diags diag.List) error {
	run := sarifRun{
		Tool:    sarifTool{sarifDriver{Name: "unfold", Version: version, Rules: []sarifRule{}}},
		Results: []sarifResult{},
	}
	var rules []string
	for _, d := range diags {
		rules = append(rules, d.Code)
		text := diag.Line(d.Message)
		if d.Hint != "" {
			text += ". Hint: " + diag.Line(d.Hint)
		}
		r := sarifResult{RuleID: d.Code, Level: d.Severity.String(), Message: sarifMessage{text}}
		if d.Pos.File != "" {
			at := sarifPhysical{Artifact: sarifArtifact{uri(d.Pos.File)}}
			if d.Pos.Line > 0 {
				at.Region = &sarifRegion{d.Pos.Line, d.Pos.Col}
			}
			r.Locations = []sarifLocation{{at}}
		}
		run.Results = append(run.Results, r)
	}
	slices.Sort(rules)
	for _, id := range slices.Compact(rules) {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{id})
	}
	return EncodeJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// uri escapes a path's characters that a URI reference can't hold.
func uri(path string) string {
	var b strings.Builder
	for _, c := range []byte(path) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
