package schema

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
)

// kubeFields explains what stands below a field that is Kubernetes' own.
func (x Explanation) kubeFields() []Explanation {
	t, path := x.kube, x.Path
	for t.IsList() || t.IsMap() {
		if t.IsList() {
			path += "[]"
		} else {
			path += ".NAME"
		}
		t = t.Elem()
	}
	if !t.IsObject() {
		return nil
	}
	var out []Explanation
	for _, f := range t.Fields() {
		below := Explanation{by: x.by, Path: path + "." + f.Name, Full: kubeTakes(f.Type), name: f.Name, kube: f.Type}
		if f.Required {
			below.Doc = "Required."
		}
		out = append(out, below)
	}
	return out
}

// kubeElement is element for what is Kubernetes' own.
func (x Explanation) kubeElement(rest string) (Explanation, string) {
	out := Explanation{by: x.by, kube: x.kube.Elem(), Full: kubeTakes(x.kube.Elem())}
	key, tail, _ := strings.Cut(rest, ".")
	switch {
	case x.kube.IsMap() && !out.kube.IsObject():
		out.Path, tail = x.Path+"."+rest, "" // a key can hold dots
	case x.kube.IsMap():
		out.Path = x.Path + "." + key
	case !Only(key, Digits):
		out.Path, tail = x.Path+"[]", rest
	default:
		out.Path = x.Path + "[]"
	}
	return out, tail
}

// kubeTakes says what a type of Kubernetes' own takes.
func kubeTakes(t types.Type) string {
	switch {
	case t.IsList():
		return "list of " + kubeTakes(t.Elem())
	case t.IsMap():
		return "map of " + kubeTakes(t.Elem())
	case t.IsObject():
		return t.Name()
	case len(t.Enum()) > 0:
		return strings.Join(t.Enum(), ", ")
	}
	switch kind := t.Kind(); kind {
	case "string":
		return "text"
	case "boolean":
		return "true or false"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "quantity":
		return "a quantity"
	case "int-or-string":
		return "a number or text"
	case "date-time":
		return "a time"
	case "byte":
		return "base64"
	default:
		return kind
	}
}

// Type names the type of what is Kubernetes' own and has fields, "" for others.
func (x Explanation) Type() string {
	t := x.kube
	for t.IsList() || t.IsMap() {
		t = t.Elem()
	}
	return t.Name()
}
