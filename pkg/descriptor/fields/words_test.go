package fields_test

import (
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// objects returns all objects below a type, itself included, each once.
func objects(s *schema.Type, seen map[*schema.Type]bool) []*schema.Type {
	if s == nil || seen[s] {
		return nil
	}
	seen[s] = true
	out := objects(s.Elem, seen)
	if s.Kind == schema.ObjectKind {
		out = append(out, s)
	}
	for _, f := range s.Fields {
		out = append(out, objects(f.Type, seen)...)
	}
	if s.More != nil {
		out = append(out, objects(s.More.Type, seen)...)
	}
	return out
}

// TestWordsAreReached holds each word of another tool to a place where it is shown: an object that has the row's field, has no
// field of the word itself, and has no other row for it before.
func TestWordsAreReached(t *testing.T) {
	all := objects(fields.Document(), map[*schema.Type]bool{})
	for i, row := range fields.Words {
		for _, word := range row.Words {
			reached := false
			for _, s := range all {
				first := true
				for _, before := range fields.Words[:i] {
					if before.Fits == nil && s.Field(before.Field) != nil &&
						strings.Contains(" "+strings.Join(before.Words, " ")+" ", " "+word+" ") {
						first = false
					}
				}
				reached = reached || first && s.Field(row.Field) != nil && s.Field(word) == nil
			}
			if !reached {
				t.Errorf("nothing shows %q for %s: %s", word, row.Field, row.Hint)
			}
		}
	}
	for _, s := range all {
		for _, row := range s.Foreign {
			for _, word := range row.Words {
				if s.Field(word) != nil {
					t.Errorf("%s has a field %q, which is a word of other tools too", s.What, word)
				}
			}
		}
	}
}
