package descriptor

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestEveryFieldHasAGolden fails for a row of the table that no app.yaml of
// test/golden sets, at the top level, in an environment or in a workload. Each of
// those apps has its base, overlays and manifests beside it.
func TestEveryFieldHasAGolden(t *testing.T) {
	files, err := filepath.Glob("../../test/golden/testdata/golden/*/app/app.yaml")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d goldens, %v", len(files), err)
	}
	s := setRows{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v, diags := value.Read(file, src)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		s.see(fields.Document(), v)
	}
	var missing []string
	known := map[row]bool{}
	eachRow(fields.Document(), "", map[*schema.Type]bool{}, func(r row, path string) {
		if !s[r] && !known[r] {
			missing = append(missing, path)
		}
		known[r] = true
	})
	if len(known) < 300 {
		t.Errorf("only %d rows", len(known))
	}
	for _, path := range slices.Sorted(slices.Values(missing)) {
		t.Errorf("no golden sets %s: add it to one in test/golden", path)
	}
}

// row is a field of a type. An app, an environment and a workload have their own
// copies of the same fields.
type row struct {
	in   *schema.Type
	name string
}

func rowOf(s *schema.Type, name string) row {
	if s == fields.Document() || s == fields.Environment() || s == fields.Workload() {
		s = nil
	}
	return row{s, name}
}

// setRows are those that are set.
type setRows map[row]bool

func (r setRows) see(s *schema.Type, v *value.Value) {
	if s == nil {
		return
	}
	switch {
	case v.IsScalar() && s.ShorthandKey != "":
		r[rowOf(s, s.ShorthandKey)] = true
	case v.Is(value.List):
		for _, item := range v.Items {
			r.see(s.Elem, item)
		}
	case v.Is(value.Map):
		for _, e := range v.Entries {
			if e.Value.Is(value.Null) {
				continue
			}
			if s.Kind == schema.ObjectKind && s.Field(e.Key) != nil {
				r[rowOf(s, e.Key)] = true
			} else if s.Kind == schema.ObjectKind && s.More != nil {
				r[rowOf(s, s.More.Name)] = true
			}
			r.see(s.Child(e.Key), e.Value)
		}
	}
}

// eachRow calls f for each field below a type.
func eachRow(s *schema.Type, path string, seen map[*schema.Type]bool, f func(row, string)) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	rows := s.Fields
	if s.More != nil {
		rows = append(slices.Clone(rows), *s.More)
	}
	for _, x := range rows {
		f(rowOf(s, x.Name), path+x.Name)
		eachRow(x.Type, path+x.Name+".", seen, f)
	}
	if s.Elem != nil {
		eachRow(s.Elem, path+"*.", seen, f)
	}
}
