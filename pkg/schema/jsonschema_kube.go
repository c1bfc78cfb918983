package schema

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
)

// kubernetes is a type of Kubernetes' own. What it requires may stand in another
// layer.
func (d *jsonBuilder) kubernetes(of string) JSON {
	t, ok := types.Named(of)
	if !ok {
		return JSON{}
	}
	return d.kubeType(t)
}

func (d *jsonBuilder) kubeType(t types.Type) JSON {
	switch t.Kind() {
	case "any":
		return JSON{}
	case "quantity":
		return append(JSON{{"type", []any{"string", "number"}}}, Quantity.JSONSchema()...)
	case "int-or-string":
		return JSON{{"type", []any{"string", "integer"}}}
	case "array":
		return JSON{{"type", "array"}, {"items", d.kubeType(t.Elem())}}
	case "boolean":
		return JSON{{"type", "boolean"}}
	case "integer", "number":
		out := JSON{{"type", t.Kind()}}
		low, high := t.Limits()
		for _, l := range []Member{{"minimum", low}, {"maximum", high}} {
			if n, err := strconv.ParseFloat(l.Value.(string), 64); err == nil {
				out = append(out, Member{l.Key, n})
			}
		}
		return out
	case "object":
		if t.IsMap() {
			return JSON{{"type", "object"}, {"additionalProperties", orNull(d.kubeType(t.Elem()))}}
		}
		return d.kubeObject(t)
	}
	if values := t.Enum(); values != nil {
		return JSON{{"enum", texts(values)}}
	}
	return JSON{{"type", "string"}}
}

// kubeObject refers to the definition of a type with fields.
func (d *jsonBuilder) kubeObject(t types.Type) JSON {
	name := "kubernetes." + strings.ReplaceAll(t.Name(), "/", ".")
	if !d.taken[name] {
		d.taken[name] = true // before its fields, which may hold it
		properties := JSON{}
		for _, f := range t.Fields() {
			properties = append(properties, Member{f.Name, orNull(d.kubeType(f.Type))})
		}
		x := JSON{{"type", "object"}, {"properties", properties}}
		if !t.Open() {
			x = append(x, Member{"additionalProperties", false})
		}
		d.define(name, x)
	}
	return reference(name)
}
