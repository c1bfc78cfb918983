// Package schema is the engine of fields: what a value in a file may be, in all its
// forms. Types and fields are data. By them one layer of a file is checked and brought
// into its full form, layers are merged, and the reference, the JSON Schema and the
// explanations are written. It knows no file, and nothing of apps.
package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Kind is the outermost shape of a type's full form.
type Kind uint8

// The kinds of types.
const (
	AnyKind  Kind = iota // whatever Kubernetes takes
	KubeKind             // Kubernetes' own type, the one that of names
	TextKind             // any scalar; its source text counts
	IntegerKind
	BooleanKind
	QuantityKind     // a Kubernetes quantity
	IntOrPercentKind // 1 or "25%"
	IntOrNameKind    // 8080 or "http"
	ListKind
	MapKind    // keys are names that the user chooses
	ObjectKind // keys are fields
)

// Type says what a value may be, in all its forms.
type Type struct {
	Kind Kind
	What string // how messages name it: "a port name", "an image"
	Of   string // of KubeKind: "core/v1.Affinity", "[]core/v1.Toleration"
	// Owner names, of KubeKind, the field of the file that makes one of Kubernetes', or "". Those beside it that go
	// there unchanged (To) need no name here.
	Owner  func(key string) (field string)
	Fields []Field  // of an object
	Elem   *Type    // of a list or map
	Keys   KeyRule  // of a map, and of More
	Enum   []string // the only texts allowed
	Min    int64    // of an integer
	Max    int64    // of an integer; 0 is no limit
	Check  *Check
	// ShorthandKey is the field that a scalar in place of the full form stands for.
	ShorthandKey string
	// Expand turns any other shorthand into the full form. It returns nil for a value
	// that is none, which is then taken for the full form. Shorthand is the type of the
	// shorthand, for the documentation and editors.
	Expand    func(*value.Value) *value.Value
	Shorthand *Type
	// AllowBool allows false, which says that there is none, and true, which asks
	// for the defaults.
	AllowBool bool
	// Elsewhere is the hint for a key that is a field elsewhere, or "".
	Elsewhere func(key string) (hint string)
	// More is what an object's other keys hold, those that are no fields: names that
	// the user chooses, which Keys allows and Like does not refuse.
	More *Field
	// Like reports whether the value of another key looks like what More takes; what
	// does not is an unknown field. Nil takes all.
	Like func(*value.Value) bool
	// Otherwise returns the hint for a value of another type, or "".
	Otherwise func(*value.Value) (hint string)
	// Foreign holds words of other tools that are no fields of an object.
	Foreign []Foreign
	// Secret says that no message may show the value.
	Secret bool
	// OneOf holds sets of fields of which a layer can say one, which puts those of
	// lower layers aside. Of the sets in Supersede a layer can say several.
	OneOf, Supersede [][]string
	// Named says that the entries of a list can have names, which Keys allows: a map by name adds to a lower layer's list or
	// map. An entry takes the place of the one with the same name, and null leaves one out.
	Named bool
	// Deferred says that values of this type are merged over others after the
	// layers, so that their nulls are kept until then.
	Deferred bool
	// After checks and completes the full form of one layer.
	After func(n *Normaliser, v *value.Value) *value.Value
	// Definition names the type's definition in JSON Schema, "" for one that is made
	// of what the type is called.
	Definition string
	// OwnSections says that each of its fields has a section in the reference, so
	// that they are not listed where the type is used.
	OwnSections bool
	// JSON is what JSON Schema can say beside the rest.
	JSON JSON
}

// Unnamed is the key of the entries without names, where layers have some with and some without.
const Unnamed = ""

// KeyRule says which keys a map may have.
type KeyRule struct {
	What  string // "a port name"
	Check *Check
	// Hint returns what to write in place of a wrong key, or "". Nil is no hint.
	Hint func(key string) string
}

// Field is a row of a table: a field of a file.
type Field struct {
	Name string
	Doc  string
	Type *Type
	// Scope says in words where a field of the top level can stand.
	Scope fmt.Stringer
	// Required says that a file has to have the field, and not as null.
	Required bool
	// Definition names the definition that types refer to for this field in their
	// JSON Schema, "" where each has its own.
	Definition string
	// JSON is what JSON Schema says of the field in place of its type.
	JSON JSON
	// To is where the value goes unchanged, as FIELD.KEY: the field beside this one that holds what has no field of
	// its own, and the key that it therefore refuses. "" for a field that something is made of.
	To string
	// Traits are attributes, a bit for each, of which the owner of the table alone knows the meaning.
	Traits uint8
	// Example is YAML that shows the field in a file. NoEffect says why the file means
	// the same without the field, "" where it does not.
	Example  string
	NoEffect string
}

// Field returns the field of a name, or nil.
func (s *Type) Field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// noNames returns the words of other tools that are no names in More.
func (s *Type) noNames() []string {
	var words []string
	for _, f := range s.Foreign {
		if f.NoName {
			words = append(words, f.Words...)
		}
	}
	return words
}

// FieldNames returns the names of the fields of an object.
func (s *Type) FieldNames() []string {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name
	}
	return names
}

// NamedByUser reports whether a key of a value of the type is a name that the user chose, and not a field.
func (s *Type) NamedByUser(key string) bool {
	switch s.Kind {
	case MapKind:
		return true
	case ListKind:
		return s.Named && key != Unnamed
	case ObjectKind:
		return s.More != nil && s.Field(key) == nil
	}
	return false
}

// Child returns the type of what is under a key, or nil for a key that s does not know.
func (s *Type) Child(key string) *Type {
	if s == nil {
		return nil
	}
	switch s.Kind {
	case ObjectKind:
		if f := s.Field(key); f != nil {
			return f.Type
		}
		if s.More != nil {
			return s.More.Type
		}
	case MapKind:
		return s.Elem
	case ListKind:
		if s.Named && key != Unnamed {
			return s.Elem
		}
	case KubeKind:
		t, _ := types.Named(s.Of)
		return kubeType(t.Below(key))
	}
	return nil
}

// kubeType returns the type for a type of Kubernetes' own, nil for one that layers
// do not merge.
func kubeType(t types.Type) *Type {
	switch {
	case t.IsObject():
		return &Type{Kind: KubeKind, Of: t.Name()}
	case t.IsMap():
		if elem := kubeType(t.Elem()); elem != nil {
			return &Type{Kind: MapKind, Elem: elem}
		}
	}
	return nil
}

// unions returns the sets of fields of which a layer's choice puts the others aside.
func (s *Type) unions() [][]string {
	switch {
	case s == nil:
		return nil
	case s.Kind != KubeKind:
		return slices.Concat(s.OneOf, s.Supersede)
	}
	t, _ := types.Named(s.Of)
	return [][]string{t.Union()}
}

// Passed returns the fields of an object that go unchanged to another, by the key that they have there.
func (s *Type) Passed(to string) []Passed {
	var out []Passed
	for _, f := range s.Fields {
		if key, ok := strings.CutPrefix(f.To, to+"."); ok {
			out = append(out, Passed{f.Name, key})
		}
	}
	return out
}

// Passed is a field that goes unchanged to where it has the name Key.
type Passed struct{ Field, Key string }

// lacks reports whether an object has no field of the name with which a hint begins, such as security in security: {pod: …}.
func (s *Type) lacks(hint string) bool {
	name, _, _ := strings.Cut(hint, ":")
	return s.Field(name) == nil
}

// owner returns the field of s by which to write a key of one of its fields, which is of KubeKind; "" for a key that
// belongs there.
func (s *Type) owner(f *Field, key string) string {
	for _, x := range s.Passed(f.Name) {
		if x.Key == key {
			return x.Field
		}
	}
	if f.Type.Owner == nil {
		return ""
	}
	return f.Type.Owner(key)
}
