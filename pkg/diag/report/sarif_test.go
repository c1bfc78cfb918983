package report_test

import (
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// TestSARIFSchema holds what is written to the schema of OASIS, as
// github.com/owenrumney/go-sarif/v3 v3.3.1 has it, without its descriptions.
func TestSARIFSchema(t *testing.T) {
	file, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, diags := range map[string]diag.List{"findings": findings(), "none": nil} {
		text := write(t, "sarif", diags)
		log, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// The schema can tell.
		for from, to := range map[string]string{`"2.1.0"`: `"2.1"`, `"results"`: `"findings"`, `"driver"`: `"drivers"`} {
			wrong, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(text, from, to, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if schema.Validate(wrong) == nil {
				t.Errorf("%s: the schema takes %s for %s", name, to, from)
			}
		}
	}
}
