package descriptor

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube"
)

// kubernetes is a type of Kubernetes' own. What it requires may stand in another
// layer.
func (d *drawing) kubernetes(of string) jsonObject {
	t, ok := kube.Named(of)
	if !ok {
		return jsonObject{}
	}
	return d.kubeType(t)
}

func (d *drawing) kubeType(t kube.Type) jsonObject {
	switch t.Kind() {
	case "any":
		return jsonObject{}
	case "quantity":
		return append(jsonObject{{"type", []any{"string", "number"}}}, quantity.jsonSchema()...)
	case "int-or-string":
		return jsonObject{{"type", []any{"string", "integer"}}}
	case "array":
		return jsonObject{{"type", "array"}, {"items", d.kubeType(t.Elem())}}
	case "boolean":
		return jsonObject{{"type", "boolean"}}
	case "integer", "number":
		out := jsonObject{{"type", t.Kind()}}
		low, high := t.Limits()
		for _, l := range []jsonMember{{"minimum", low}, {"maximum", high}} {
			if n, err := strconv.ParseFloat(l.value.(string), 64); err == nil {
				out = append(out, jsonMember{l.key, n})
			}
		}
		return out
	case "object":
		if t.IsMap() {
			return jsonObject{{"type", "object"}, {"additionalProperties", orNull(d.kubeType(t.Elem()))}}
		}
		return d.kubeObject(t)
	}
	if values := t.Enum(); values != nil {
		return jsonObject{{"enum", texts(values)}}
	}
	return jsonObject{{"type", "string"}}
}

// kubeObject refers to the definition of a type with fields.
func (d *drawing) kubeObject(t kube.Type) jsonObject {
	name := "kubernetes." + strings.ReplaceAll(t.Name(), "/", ".")
	if !d.taken[name] {
		d.taken[name] = true // before its fields, which may hold it
		properties := jsonObject{}
		for _, f := range t.Fields() {
			properties = append(properties, jsonMember{f.Name, orNull(d.kubeType(f.Type))})
		}
		x := jsonObject{{"type", "object"}, {"properties", properties}}
		if !t.Open() {
			x = append(x, jsonMember{"additionalProperties", false})
		}
		d.define(name, x)
	}
	return reference(name)
}
