package value_test

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestTableOfReadings holds the table of docs/concepts.md to what is read.
func TestTableOfReadings(t *testing.T) {
	page, err := os.ReadFile("../../../docs/concepts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| written | value |\n| --- | --- |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := 0
	for row := range strings.Lines(table) {
		cells := strings.SplitN(strings.Trim(row, "|\n "), " | ", 2)
		if len(cells) != 2 {
			t.Fatalf("no row: %s", row)
		}
		for _, m := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(cells[0], -1) {
			rows++
			src, want := m[1], strings.Trim(cells[1], "`")
			docs, diags := value.ReadObjects("f", []byte("k: "+src+"\n"))
			if strings.HasPrefix(want, "refused") {
				if !diags.HasErrors() {
					t.Errorf("%s is taken", src)
				}
				continue
			}
			if diags.HasErrors() {
				t.Errorf("%s is refused: %v", src, diags)
				continue
			}
			if strings.HasPrefix(want, "the keys") {
				if key := strings.Trim(strings.TrimSuffix(src, ": a}"), `{"`); !docs[0].Get("k").Has(key) {
					t.Errorf("%s does not have the key %q", src, key)
				}
				continue
			}
			var wanted any
			if err := yaml.Unmarshal([]byte(want), &wanted); err != nil {
				t.Fatal(err)
			}
			text, err := value.EncodeCanonical(docs[0].Get("k"))
			if err != nil {
				t.Fatal(err)
			}
			var got any
			if err := yaml.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, wanted) {
				shown, _ := json.Marshal(got)
				t.Errorf("%s is %s, want %s (%v)", src, shown, want, err)
			}
		}
	}
	if rows < 50 {
		t.Errorf("found %d texts in the table", rows)
	}
}
