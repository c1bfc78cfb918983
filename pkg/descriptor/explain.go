package descriptor

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube"
)

// Explanation is what there is to say of a field of app.yaml.
type Explanation struct {
	Path, Doc string
	// OneLine says what stands in place of the full form, "" where nothing does.
	OneLine, Full string
	// Where says where the field can stand, Default what it is unless given.
	Where, Default string
	Example        string // YAML

	by   *explainer
	name string
	typ  *schema
	kube kube.Type // of what is Kubernetes' own
}

// explainer explains the fields of a file.
type explainer struct {
	typ *schema
	// defaultOf returns the default of what is at a path, "" for none.
	defaultOf func(path string) string
	// where says where a field can stand that is below a path.
	where func(path string, f field) string
}

// explain explains the field at a path such as probes.liveness. What is under a
// name that the user chooses is found under any name.
func (e *explainer) explain(path string) (Explanation, diag.List) {
	x, missing, named := e.resolve(path)
	if missing == "" {
		return x, nil
	}
	in := ""
	if x.Path != "" {
		in = " in " + x.Path
	}
	hint := diag.Hint(missing, "the fields here are", x.fieldNames())
	if _, missing, _ := e.resolve(named); named != "" && missing == "" {
		hint = "write " + named
	}
	return Explanation{}, diag.List{{Rule: "no-such-field", Message: "there is no field " + strconv.Quote(missing) + in, Hint: hint}}
}

// resolve follows a path as far as it leads: missing is the key that is not
// there. named is the path if the last of the names that users choose was left
// out.
func (e *explainer) resolve(path string) (x Explanation, missing, named string) {
	x = Explanation{by: e, typ: e.typ}
	for rest := path; rest != ""; {
		switch {
		case x.typ != nil && x.typ.elem != nil:
			if x.typ.kind == mapKind {
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
	out := x.by.field("", field{doc: x.Doc, typ: x.typ.elem})
	out.Where = ""
	key, tail, _ := strings.Cut(rest, ".")
	if x.typ.kind == listKind {
		out.Path = x.Path + "[]"
		if only(key, digit) {
			rest = tail
		}
		return out, rest
	}
	_, in := inner("", x.typ.elem)
	for tail != "" {
		next, after, _ := strings.Cut(tail, ".")
		if len(in.fields) > 0 && (!strings.Contains(key, "/") || in.field(next) != nil) {
			break
		}
		key, tail = key+"."+next, after
	}
	out.Path = x.Path + "." + key
	out.Default = x.by.defaultOf(out.Path)
	return out, tail
}

// Fields explains what stands below a field, under NAME where it is a map and
// under [] where it is a list.
func (x Explanation) Fields() []Explanation {
	if x.typ == nil || x.typ.kind == kubeKind {
		return x.kubeFields()
	}
	path, s := inner(x.Path, x.typ)
	var out []Explanation
	for _, f := range s.fields {
		out = append(out, x.by.field(path, f))
	}
	if s.more != nil {
		out = append(out, x.by.field(path, *s.more))
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
	if path, s := inner(x.Path, x.typ); s.more != nil {
		return x.by.field(path, *s.more), true
	}
	return Explanation{}, false
}

// field explains a field that is below a path.
func (e *explainer) field(in string, f field) Explanation {
	x := Explanation{
		by: e, Where: e.where(in, f), Path: f.name, Doc: f.doc, OneLine: plainText(f.typ.oneLine()), Full: plainText(f.typ.full()), Example: f.example,
		name: f.name, typ: f.typ,
	}
	if in != "" {
		x.Path = in + "." + f.name
	}
	x.Default = e.defaultOf(x.Path)
	if f.typ.kind == kubeKind {
		x.kube, _ = kube.Named(f.typ.of)
	}
	return x
}

// plainText takes Markdown's marks away.
func plainText(s string) string { return strings.ReplaceAll(s, "`", "") }

// oneLine says what short form a type has, "" for none.
func (s *schema) oneLine() string {
	var forms []string
	if s.shortKey != "" {
		forms = append(forms, s.field(s.shortKey).typ.full())
	}
	if s.line != nil {
		forms = append(forms, s.line.takes())
	}
	if s.orFalse {
		forms = append(forms, "true or false")
	}
	return strings.Join(forms, "; ")
}

// full says what a type's full form is.
func (s *schema) full() string {
	switch {
	case len(s.enum) > 0:
		return "`" + strings.Join(s.enum, "`, `") + "`"
	case s.kind == integerKind && s.max > 0 && s.max < 1<<31-1:
		return fmt.Sprintf("%s, %d to %d", s.what, s.min, s.max)
	case s.kind == objectKind:
		return "a map of fields"
	case s.kind == kubeKind:
		if elem, ok := strings.CutPrefix(s.of, "[]"); ok {
			return "a list of Kubernetes' own `" + elem + "`"
		}
		return "Kubernetes' own `" + s.of + "`"
	case s.elem != nil && s.elem.oneLine() != "":
		return s.what + ", each " + s.elem.takes()
	}
	return s.what
}

// takes says what a type takes, in all forms.
func (s *schema) takes() string {
	line := s.oneLine()
	if line == "" {
		return s.full()
	}
	return line + "; or " + s.full()
}
