package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
)

func findings() diag.List {
	return diag.List{
		{Pos: diag.Pos{File: "b c/größe/app.yaml", Line: 3, Col: 5}, Severity: diag.Warning, Code: "yaml-1.1", Rule: true,
			Message: `"off" is a boolean`},
		{Pos: diag.Pos{File: "a,b:c/app.yaml", Line: 12, Col: 1}, Code: "unknown-field", Message: "100% <wrong>,\nreally: no",
			Hint: "did you mean \"x\"?"},
		{Pos: diag.Pos{File: "parameter tag"}, Code: "bad-value", Message: "no tag"},
		{Code: "empty-result", Message: "nothing"},
	}
}

func write(t *testing.T, format string, diags diag.List) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, format, "v1.2.3", diags); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	want := "nothing\na,b:c/app.yaml:12:1: 100% <wrong>,\\nreally: no\n  hint: did you mean \"x\"?\n" +
		"b c/größe/app.yaml:3:5: warning: \"off\" is a boolean [yaml-1.1]\nparameter tag: no tag\n"
	if diff := cmp.Diff(want, write(t, "text", findings())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := write(t, "text", nil); got != "" {
		t.Errorf("nothing found: got %q", got)
	}
}

func TestJSON(t *testing.T) {
	var got []map[string]any
	if err := json.Unmarshal([]byte(write(t, "json", findings())), &got); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"severity": "error", "rule": "empty-result", "message": "nothing"},
		{"file": "a,b:c/app.yaml", "line": 12.0, "column": 1.0, "severity": "error", "rule": "unknown-field",
			"message": "100% <wrong>,\nreally: no", "hint": "did you mean \"x\"?"},
		{"file": "b c/größe/app.yaml", "line": 3.0, "column": 5.0, "severity": "warning", "rule": "yaml-1.1",
			"message": `"off" is a boolean`},
		{"file": "parameter tag", "severity": "error", "rule": "bad-value", "message": "no tag"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := write(t, "json", nil); got != "[]\n" {
		t.Errorf("nothing found: got %q", got)
	}
}

func TestGitHub(t *testing.T) {
	want := "::error title=unfold empty-result::nothing\n" +
		"::error file=a%2Cb%3Ac/app.yaml,line=12,col=1,title=unfold unknown-field::100%25 <wrong>,\\nreally: no%0Ahint: did you mean " +
		"\"x\"?\n" +
		"::warning file=b c/größe/app.yaml,line=3,col=5,title=unfold yaml-1.1::\"off\" is a boolean\n" +
		"::error file=parameter tag,title=unfold bad-value::no tag\n"
	if diff := cmp.Diff(want, write(t, "github", findings())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// sarif is what code scanning has to find in a SARIF file.
type sarif struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name, Version string
				Rules         []struct{ ID string }
			}
		}
		Results []struct {
			RuleID    string
			Level     string
			Message   struct{ Text string }
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           *struct{ StartLine, StartColumn int }
				}
			}
		}
	} `json:"runs"`
}

func TestSARIF(t *testing.T) {
	for name, diags := range map[string]diag.List{"findings": findings(), "nothing": nil} {
		t.Run(name, func(t *testing.T) {
			dec := json.NewDecoder(strings.NewReader(write(t, "sarif", diags)))
			dec.DisallowUnknownFields()
			var got sarif
			if err := dec.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if got.Version != "2.1.0" || !strings.Contains(got.Schema, "sarif-2.1.0") || len(got.Runs) != 1 {
				t.Fatalf("not SARIF 2.1.0 of one run: %+v", got)
			}
			run := got.Runs[0]
			if d := run.Tool.Driver; d.Name != "unfold" || d.Version != "v1.2.3" || d.Rules == nil || run.Results == nil {
				t.Errorf("driver %+v, results %v", d, run.Results)
			}
			rules := map[string]bool{}
			for _, r := range run.Tool.Driver.Rules {
				if rules[r.ID] {
					t.Errorf("the rule %q is there twice", r.ID)
				}
				rules[r.ID] = true
			}
			if len(run.Results) != len(diags) {
				t.Errorf("%d results, want %d", len(run.Results), len(diags))
			}
			for _, r := range run.Results {
				if !rules[r.RuleID] || r.Message.Text == "" || r.Level != "error" && r.Level != "warning" {
					t.Errorf("result %+v", r)
				}
				for _, l := range r.Locations {
					if x := l.PhysicalLocation; x.ArtifactLocation.URI == "" || x.Region != nil &&
						(x.Region.StartLine < 1 || x.Region.StartColumn < 1) {
						t.Errorf("location %+v", x)
					}
				}
			}
		})
	}
	if got := write(t, "sarif", findings()); !strings.Contains(got, `"uri": "b%20c/gr%C3%B6%C3%9Fe/app.yaml"`) {
		t.Errorf("the path is not escaped:\n%s", got)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriteErrors(t *testing.T) {
	for _, format := range report.Formats() {
		if err := report.Write(brokenPipe{}, format, "v1", findings()); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic for an unknown format")
		}
	}()
	_ = report.Write(&bytes.Buffer{}, "xml", "v1", nil)
}
