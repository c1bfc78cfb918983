package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

type crd struct {
	Spec struct {
		Group    string
		Scope    string
		Names    struct{ Kind string }
		Versions []struct {
			Name   string
			Served bool
			Schema struct{ OpenAPIV3Schema *definition }
		}
	}
}

// addCRD adds the kind that a CustomResourceDefinition defines, in all versions
// that are served.
func (t *table) addCRD(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var any map[string]any
	if err := yaml.Unmarshal(content, &any); err != nil {
		return err
	}
	js, err := json.Marshal(any)
	if err != nil {
		return err
	}
	var c crd
	if err := json.Unmarshal(js, &c); err != nil {
		return err
	}
	for _, v := range c.Spec.Versions {
		if !v.Served {
			continue
		}
		r := crdReader{table: t, group: c.Spec.Group + "/" + v.Name, kind: c.Spec.Names.Kind}
		root := v.Schema.OpenAPIV3Schema
		root.Properties["metadata"] = &definition{}
		root.Required = slices.DeleteFunc(root.Required, func(s string) bool { return s == "metadata" })
		if root.Properties["status"] != nil {
			root.Properties["status"] = &definition{}
		}
		x := r.object(root, r.kind)
		x.fields["metadata"] = "@meta/v1.ObjectMeta"
		x.scope = c.Spec.Scope[:1]
		t.types[r.group+"."+r.kind] = x
	}
	return nil
}

type crdReader struct {
	*table
	group, kind string
}

func (r *crdReader) object(d *definition, hint string) *typ {
	x := &typ{open: d.Preserve, fields: map[string]string{}, required: map[string]bool{}}
	for _, field := range slices.Sorted(maps.Keys(d.Properties)) {
		p := d.Properties[field]
		x.fields[field] = r.expr(p, hint, field)
		x.required[field] = slices.Contains(d.Required, field) && p.Default == nil
	}
	return x
}

// named puts a type into the table, under the name of its field, or finds the
// same type there.
func (r *crdReader) named(x *typ, hint, field string) string {
	base := strings.ToUpper(field[:1]) + field[1:]
	if hint == r.kind {
		base = r.kind + base
	}
	for n := 1; ; n++ {
		name := r.group + "." + base
		if n > 1 {
			name += fmt.Sprint(n)
		}
		old := r.types[name]
		if old == nil {
			r.types[name] = x
		} else if old.body() != x.body() {
			continue
		}
		return reference(r.group, name)
	}
}

// quantityPattern begins the pattern of each quantity in generated definitions.
const quantityPattern = `^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)`

func (r *crdReader) expr(d *definition, hint, field string) string {
	null := ""
	if d.Nullable {
		null = "?"
	}
	switch {
	case strings.HasPrefix(d.Pattern, quantityPattern):
		return "q" + null
	case d.IntOrString:
		return "x" + null
	case d.Embedded:
		return "a"
	case d.Type == "array":
		list := "[" + null + limits(d.MinItems, d.MaxItems)
		if d.ListType == "set" || d.ListType == "map" {
			list += "=" + strings.Join(d.ListKeys, ",") + ";"
		}
		return list + r.expr(d.Items, "", field)
	case d.Type == "object" && d.Properties == nil:
		if e := d.elem(); e != nil {
			return "{" + null + r.expr(e, "", field)
		}
		if d.Preserve || string(d.Additional) == "true" {
			return "{" + null + "a"
		}
		fallthrough
	case d.Type == "object":
		return r.named(r.object(d, ""), hint, field) + null
	}
	letter := scalar(d)
	var values []string
	for _, v := range d.Enum {
		values = append(values, fmt.Sprint(v))
	}
	low, high := d.Minimum, d.Maximum
	if letter == "s" {
		low, high = d.MinLength, d.MaxLength
	}
	expr := letter + null + limits(low, high) + enumOf(values)
	if d.Pattern != "" {
		expr += "~" + escape(d.Pattern)
	}
	return expr
}
