package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

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
