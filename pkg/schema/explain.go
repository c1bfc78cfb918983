package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
)

// Explanation is what there is to say of a field.
type Explanation struct {
	Path, Doc string
	// OneLine says what stands in place of the full form, "" where nothing does.
	OneLine, Full string
	// Where says where the field can stand, Default its default.
	Where, Default string
	Example        string // YAML

	by   *Explainer
	name string
	typ  *Type
	kube types.Type // of what is Kubernetes' own
}

// Explainer explains the fields of a file.
type Explainer struct {
	Type *Type
	// DefaultOf returns the default of what is at a path, "" for none.
	DefaultOf func(path string) string
	// Where says where a field can stand that is below a path.
	Where func(path string, f Field) string
}

// Explain explains the field at a path such as probes.liveness. What is under a
// name that the user chooses is found under any name.
func (e *Explainer) Explain(path string) (Explanation, diag.List) {
	x, missing, named := e.resolve(path)
	if missing == "" {
		return x, nil
	}
	in := ""
	if x.Path != "" {
		in = " in " + x.Path
	}
	hint := diag.Hint(missing, "the fields here are", x.fieldNames())
	const many = 12 // more than a person reads in a line
	if len(x.fieldNames()) > many && diag.Suggest(missing, x.fieldNames()) == "" {
		hint = strings.TrimSpace("unfold explain "+x.Path) + " lists the fields here"
	}
	if _, missing, _ := e.resolve(named); named != "" && missing == "" {
		hint = "write " + named
	}
	return Explanation{}, diag.List{{Code: "no-such-field", Message: "there is no field " + strconv.Quote(credential.Redact(missing)) + in,
		Hint: hint}}
}

// resolve follows a path as far as it leads: missing is the key that is not
// there. named is the path if the last of the names that users choose was left
// out.
func (e *Explainer) resolve(path string) (x Explanation, missing, named string) {
	x = Explanation{by: e, typ: e.Type}
	for rest := path; rest != ""; {
		switch {
		case x.typ != nil && x.typ.Elem != nil:
			if x.typ.Kind == MapKind {
				named = x.Path + ".NAME." + rest
			}
			x, rest = x.element(rest)
			continue
		case x.kube.IsList() || x.kube.IsMap():
			x, rest = x.kubeElement(rest)
			continue
		}
		key, tail, _ := strings.Cut(rest, ".")
		key, _, _ = strings.Cut(key, "[")
		next, ok := x.field(key)
		if !ok {
			return x, key, named
		}
		x, rest = next, tail
	}
	return x, "", named
}

// element explains what a map holds under the first key of rest, or any item of
// a list, whose index can be left out. A key of a map can hold dots.
func (x Explanation) element(rest string) (Explanation, string) {
	out := x.by.Field("", Field{Doc: x.Doc, Type: x.typ.Elem})
	out.Where = ""
	key, tail, _ := strings.Cut(rest, ".")
	if x.typ.Kind == ListKind {
		out.Path = x.Path + "[]"
		if Only(key, Digits) {
			rest = tail
		}
		return out, rest
	}
	_, in := inner("", x.typ.Elem)
	for tail != "" {
		next, after, _ := strings.Cut(tail, ".")
		if len(in.Fields) > 0 && (!strings.Contains(key, "/") || in.Field(next) != nil) {
			break
		}
		key, tail = key+"."+next, after
	}
	out.Path = x.Path + "." + key
	out.Default = x.by.DefaultOf(out.Path)
	return out, tail
}

// Fields explains what stands below a field, under NAME where it is a map and
// under [] where it is a list.
func (x Explanation) Fields() []Explanation {
	if x.typ == nil || x.typ.Kind == KubeKind {
		return x.kubeFields()
	}
	path, s := inner(x.Path, x.typ)
	var out []Explanation
	for _, f := range s.Fields {
		out = append(out, x.by.Field(path, f))
	}
	if s.More != nil {
		out = append(out, x.by.Field(path, *s.More))
	}
	return out
}

// Name is the last key of the path.
func (x Explanation) Name() string { return x.name }

func (x Explanation) fieldNames() []string {
	var names []string
	for _, f := range x.Fields() {
		names = append(names, f.name)
	}
	return names
}

func (x Explanation) field(name string) (Explanation, bool) {
	for _, f := range x.Fields() {
		if f.name == name {
			return f, true
		}
	}
	if path, s := inner(x.Path, x.typ); s.More != nil {
		return x.by.Field(path, *s.More), true
	}
	return Explanation{}, false
}

// Field explains a field that is below a path.
func (e *Explainer) Field(in string, f Field) Explanation {
	x := Explanation{
		Path: f.Name, Doc: f.Doc, OneLine: plainText(f.Type.oneLine()), Full: plainText(f.Type.full()),
		Where: e.Where(in, f), Example: f.Example, by: e, name: f.Name, typ: f.Type,
	}
	if in != "" {
		x.Path = in + "." + f.Name
	}
	x.Default = e.DefaultOf(x.Path)
	if f.Type.Kind == KubeKind {
		x.kube, _ = types.Named(f.Type.Of)
	}
	return x
}

// plainText takes Markdown's marks away.
func plainText(s string) string { return strings.ReplaceAll(s, "`", "") }

// oneLine says what short form a type has, "" for none.
func (s *Type) oneLine() string {
	var forms []string
	if s.ShorthandKey != "" {
		forms = append(forms, s.Field(s.ShorthandKey).Type.full())
	}
	if s.Shorthand != nil {
		forms = append(forms, s.Shorthand.takes())
	}
	if s.AllowBool {
		forms = append(forms, "true or false")
	}
	return strings.Join(forms, "; ")
}

// full says what a type's full form is.
func (s *Type) full() string {
	switch {
	case len(s.Enum) > 0:
		return "`" + strings.Join(s.Enum, "`, `") + "`"
	case s.Kind == IntegerKind && s.Max > 0 && s.Max < 1<<31-1:
		return fmt.Sprintf("%s, %d to %d", s.What, s.Min, s.Max)
	case s.Kind == ObjectKind:
		return "a map of fields"
	case s.Kind == KubeKind:
		if elem, ok := strings.CutPrefix(s.Of, "[]"); ok {
			return "a list of Kubernetes' own `" + elem + "`"
		}
		return "Kubernetes' own `" + s.Of + "`"
	case s.Elem != nil && s.Elem.oneLine() != "":
		return s.What + ", each " + s.Elem.takes()
	}
	return s.What
}

// takes says what a type takes, in all forms.
func (s *Type) takes() string {
	line := s.oneLine()
	if line == "" {
		return s.full()
	}
	return line + "; or " + s.full()
}
