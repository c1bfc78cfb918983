package descriptor

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/kube"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// typeKind is the outermost shape of a type's full form.
type typeKind uint8

const (
	anyKind  typeKind = iota // whatever Kubernetes takes
	kubeKind                 // Kubernetes' own type, the one that of names
	textKind                 // any scalar; its source text counts
	integerKind
	booleanKind
	quantityKind     // a Kubernetes quantity
	intOrPercentKind // 1 or "25%"
	intOrNameKind    // 8080 or "http"
	listKind
	mapKind    // keys are names that the user chooses
	objectKind // keys are fields
)

// schema says what a value may be, in all its forms. Schemas are data: strict
// parsing, layering and the documentation are all driven by them, so a new
// field is a new row and, where it has a one-line form, a small function.
type schema struct {
	kind typeKind
	what string // how messages name it: "a port name", "an image"
	of   string // of kubeKind: "core/v1.Affinity", "[]core/v1.Toleration"
	// owner names, of kubeKind, the descriptor's field that makes one of Kubernetes', or "".
	owner  func(key string) (field string)
	fields []field  // of an object
	elem   *schema  // of a list or map
	keys   keyRule  // of a map, and of more
	enum   []string // the only texts allowed
	min    int64    // of an integer
	max    int64    // of an integer; 0 is no limit
	check  *check
	// shortKey is the field that a scalar in place of the full form stands for.
	shortKey string
	// short turns any other one-line form into the full form. It gives nil for a value
	// that is none, which is then taken for the full form. Line is that form's own schema,
	// for the documentation and editors.
	short func(*value.Value) *value.Value
	line  *schema
	// orFalse allows false, which says that there is none, and true, which asks
	// for the defaults.
	orFalse bool
	// foreign is the hint for a key that is a field elsewhere, or "".
	foreign func(key string) (hint string)
	// more is what an object's other keys hold, those that are no fields: names that
	// the user chooses, which the rule keys allows and like does not refuse.
	more *field
	// like reports whether the value of another key looks like what more takes; what
	// does not is an unknown field. Nil takes all.
	like func(*value.Value) bool
	// otherwise is the hint for a value of another type, or "".
	otherwise string
	// secret says that no message may show the value.
	secret bool
	// oneOf holds sets of fields of which a layer can say one, which puts those of
	// lower layers aside. Of the sets in supersede a layer can say several.
	oneOf, supersede [][]string
	// deferred says that values of this type are merged over others after the
	// layers, so that their nulls are kept until then.
	deferred bool
	// after checks and completes the full form of one layer.
	after func(n *normaliser, v *value.Value) *value.Value
	// definition names the type's definition in JSON Schema, "" for one that is made
	// of what the type is called.
	definition string
	// ownSections says that each of its fields has a section in the reference, so
	// that they are not listed where the type is used.
	ownSections bool
	// json is what JSON Schema can say beside the rest.
	json jsonObject
}

// keyRule says which keys a map may have.
type keyRule struct {
	what  string // "a port name"
	check *check
}

// field is a row of the table: a field of the descriptor.
type field struct {
	name  string
	doc   string
	typ   *schema
	scope scope
	// required says that a file has to have the field, and not as null.
	required bool
	// definition names the definition that types refer to for this field in their
	// JSON Schema, "" where each has its own.
	definition string
	// json is what JSON Schema says of the field in place of its type.
	json jsonObject
	// example is YAML that shows the field in an app.yaml. A test renders it, with
	// the field and without, and wants a difference unless noEffect says why there
	// is none.
	example  string
	noEffect string
}

// scope says where a field stands and what it means there.
type scope uint8

const (
	// appScope fields describe the app: top level and environments only.
	appScope scope = iota
	// headScope fields stand at the top level only, not in environments.
	headScope
	// ownScope fields belong to one workload: at the top level only where it
	// has no workloads.
	ownScope
	// sharedScope fields make one object for all workloads at the top level, and
	// one more for a workload that has its own.
	sharedScope
	// inheritedScope fields are defaults for every workload at the top level.
	inheritedScope
)

// field gives the row for a name, or nil.
func (s *schema) field(name string) *field {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	return nil
}

func (s *schema) fieldNames() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return names
}

// child gives the schema of what stands under a key, or nil where s knows none.
func (s *schema) child(key string) *schema {
	if s == nil {
		return nil
	}
	switch s.kind {
	case objectKind:
		if f := s.field(key); f != nil {
			return f.typ
		}
		if s.more != nil {
			return s.more.typ
		}
	case mapKind:
		return s.elem
	case kubeKind:
		t, _ := kube.Named(s.of)
		return kubeSchema(t.Below(key))
	}
	return nil
}

// kubeSchema gives the schema of a type of Kubernetes' own, nil for one that layers
// do not merge.
func kubeSchema(t kube.Type) *schema {
	switch {
	case t.IsObject():
		return &schema{kind: kubeKind, of: t.Name()}
	case t.IsMap():
		if elem := kubeSchema(t.Elem()); elem != nil {
			return &schema{kind: mapKind, elem: elem}
		}
	}
	return nil
}

// unions returns the sets of fields of which a layer's choice puts the others aside.
func (s *schema) unions() [][]string {
	switch {
	case s == nil:
		return nil
	case s.kind != kubeKind:
		return slices.Concat(s.oneOf, s.supersede)
	}
	t, _ := kube.Named(s.of)
	return [][]string{t.Union()}
}
