package kustomize

import (
	"reflect"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// typ is one of the types that kustomize decodes kustomizations into.
type typ = reflect.Type

func typeOf(x any) typ { return reflect.TypeOf(x) }

// known returns v as kustomize would decode it into a type: with the fields of
// the type alone, under their own names. It takes names in any case, as
// encoding/json does. Fields that are null are left out, and what is wrong is
// reported. What names v in messages.
func (c *reader) known(v *value.Value, t typ, what string) *value.Value {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	want, out := value.Map, v.Copy()
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
	case reflect.Slice:
		want = value.List
	case reflect.String:
		want = value.String
	case reflect.Bool:
		want = value.Bool
	case reflect.Int, reflect.Int64:
		want = value.Int
	default:
		return v
	}
	if !v.Is(want) {
		wanted, hint := "a "+want.String(), ""
		if want == value.String {
			wanted = want.String()
			if v.IsScalar() {
				hint = "put it in quotes"
			}
		}
		c.diags.Errorh(v.At(), "wrong-type", hint, "%s must be %s, not %s", inKustomization(what), wanted, v.Describe())
		return nil
	}
	if want == value.List {
		out.Items = out.Items[:0]
		for _, item := range v.Items {
			if x := c.known(item, t.Elem(), what); x != nil {
				out.Items = append(out.Items, x)
			}
		}
	}
	if want != value.Map {
		return out
	}
	out.Entries = out.Entries[:0]
	places := map[string]diag.Pos{}
	for _, e := range v.Entries {
		var in typ
		var at string
		if t.Kind() == reflect.Map {
			in, at = t.Elem(), what+"."+e.Key
		} else if f, ok := fieldOf(t, e.Key); ok {
			e.Key, in, at = f.name, f.of, f.name
		} else {
			names := fieldsOf(t)
			all := make([]string, len(names))
			for i, n := range names {
				all[i] = n.name
			}
			c.diags.Errorh(e.KeyPos, "kustomize-field", diag.Hint(e.Key, "fields", all), "kustomize has no field %q in %s", e.Key,
				inKustomization(what))
			continue
		}
		if first, ok := places[e.Key]; ok {
			c.diags.Errorh(e.KeyPos, "duplicate-key", "remove one of the two",
				"kustomize takes the key for %q, which is in line %d already", e.Key, first.Line)
			continue
		}
		places[e.Key] = e.KeyPos
		if e.Value.Kind == value.Null {
			continue
		}
		if what == "" && !allowed(e.Key) { // which is reported as such
			out.Entries = append(out.Entries, e)
			continue
		}
		if e.Value = c.known(e.Value, in, at); e.Value != nil {
			out.Entries = append(out.Entries, e)
		}
	}
	return out
}

// jsonField is a field that encoding/json knows of a struct.
type jsonField struct {
	name string
	of   typ
}

func fieldOf(t typ, key string) (jsonField, bool) {
	for _, f := range fieldsOf(t) {
		if strings.EqualFold(f.name, key) {
			return f, true
		}
	}
	return jsonField{}, false
}

// fieldsOf returns the fields of a struct, those of embedded structs among them.
func fieldsOf(t typ) []jsonField {
	var out []jsonField
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case f.Anonymous && name == "":
			out = append(out, fieldsOf(f.Type)...)
		case name == "":
			out = append(out, jsonField{f.Name, f.Type})
		default:
			out = append(out, jsonField{name, f.Type})
		}
	}
	return out
}

// inKustomization names a field, or the whole, in messages.
func inKustomization(field string) string {
	if field == "" {
		return "a kustomization"
	}
	return field + " of a kustomization"
}
