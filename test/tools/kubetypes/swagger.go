package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
)

type gvk struct{ Group, Version, Kind string }

// definition is what of a schema is needed, of the OpenAPI document as well as
// of a custom resource.
type definition struct {
	Ref         string `json:"$ref"`
	Type        string
	Format      string
	Enum        []any
	Properties  map[string]*definition
	Required    []string
	Items       *definition
	Pattern     string
	Nullable    bool
	Default     any
	Minimum     *float64
	Maximum     *float64
	MinLength   *float64
	MaxLength   *float64
	MinItems    *float64
	MaxItems    *float64
	Additional  json.RawMessage `json:"additionalProperties"`
	GVKs        []gvk           `json:"x-kubernetes-group-version-kind"`
	IntOrString bool            `json:"x-kubernetes-int-or-string"`
	Preserve    bool            `json:"x-kubernetes-preserve-unknown-fields"`
	Embedded    bool            `json:"x-kubernetes-embedded-resource"`
	ListType    string          `json:"x-kubernetes-list-type"`
	ListKeys    []string        `json:"x-kubernetes-list-map-keys"`
}

// elem returns the schema of a map's values, or nil.
func (d *definition) elem() *definition {
	var e definition
	if json.Unmarshal(d.Additional, &e) != nil {
		return nil
	}
	return &e
}

type swagger struct {
	Definitions map[string]*definition
	Paths       map[string]map[string]json.RawMessage
}

// scalarTypes are the types that are written as a scalar or as anything.
var scalarTypes = map[string]string{
	"io.k8s.apimachinery.pkg.api.resource.Quantity":                                            "q",
	"io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1":                                            "a",
	"io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime":                                           "t",
	"io.k8s.apimachinery.pkg.apis.meta.v1.Time":                                                "t",
	"io.k8s.apimachinery.pkg.runtime.RawExtension":                                             "a",
	"io.k8s.apimachinery.pkg.util.intstr.IntOrString":                                          "x",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON":                            "a",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray":          "a",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool":           "a",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray":    "a",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus": "a",
}

var stable = regexp.MustCompile(`^v\d+$`)

// addSwagger adds Kubernetes' own types.
func (t *table) addSwagger(file string, enums *enumReader) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var doc swagger
	if err := json.Unmarshal(content, &doc); err != nil {
		return err
	}
	t.resources = doc.resources()
	s := swaggerReader{table: t, doc: doc, enums: enums, groups: map[string]string{}}
	s.readGroups()
	scopes, err := s.scopes()
	if err != nil {
		return err
	}
	for name, d := range doc.Definitions {
		if scalarTypes[name] == "" && d.Ref == "" {
			s.add(name, d, scopes)
		}
	}
	return enums.err
}

type swaggerReader struct {
	*table
	doc   swagger
	enums *enumReader
	// groups maps the package of a definition to its API group and version.
	groups map[string]string
}

// split takes a definition's name apart into package and type.
func split(name string) (pkg, typ string) {
	i := strings.LastIndexByte(name, '.')
	return name[:i], name[i+1:]
}

func (s *swaggerReader) readGroups() {
	for name, d := range s.doc.Definitions {
		pkg, _ := split(name)
		if len(d.GVKs) == 1 && !strings.Contains(pkg, ".apis.meta.") {
			s.groups[pkg] = groupVersion(d.GVKs[0])
		}
	}
}

func groupVersion(x gvk) string {
	if x.Group == "" {
		return "core/" + x.Version
	}
	return x.Group + "/" + x.Version
}

// name returns a definition's name in the table.
func (s *swaggerReader) name(definition string) string {
	pkg, typ := split(definition)
	group, ok := s.groups[pkg]
	if !ok {
		parts := strings.Split(pkg, ".")
		group = strings.Join(parts[len(parts)-2:], "/")
	}
	return group + "." + typ
}

// scopes returns the kinds that can be created, and whether in a namespace.
func (s *swaggerReader) scopes() (map[gvk]string, error) {
	out := map[gvk]string{}
	for path, item := range s.doc.Paths {
		post, ok := item["post"]
		if !ok || strings.HasSuffix(path, "}") || strings.Contains(path, "/{name}/") {
			continue
		}
		var operation struct {
			GVK gvk `json:"x-kubernetes-group-version-kind"`
		}
		if err := json.Unmarshal(post, &operation); err != nil {
			return nil, err
		}
		scope := "C"
		if strings.Contains(path, "/{namespace}/") {
			scope = "N"
		}
		out[operation.GVK] = scope
	}
	return out, nil
}

func (s *swaggerReader) add(definition string, d *definition, scopes map[gvk]string) {
	name := s.name(definition)
	x := &typ{fields: map[string]string{}, required: map[string]bool{}, pointer: map[string]bool{}}
	if len(d.GVKs) == 1 && stable.MatchString(d.GVKs[0].Version) && !strings.HasSuffix(d.GVKs[0].Kind, "Review") {
		x.scope = scopes[d.GVKs[0]]
	}
	for field, p := range d.Properties {
		required := slices.Contains(d.Required, field)
		x.required[field], x.pointer[field] = required, s.enums.pointer(definition, field)
		if x.scope != "" && field == "status" {
			x.fields[field], x.required[field] = "a", false
			continue
		}
		if name == "meta/v1.ObjectMeta" && field == "managedFields" {
			x.fields[field] = "a"
			continue
		}
		expr := s.expr(home(name), p)
		if values := s.enums.of(definition, field); len(values) > 0 {
			if !required {
				values = append(values, "") // which is the same as a missing field
			}
			expr = strings.Replace(expr, "s", "s"+enumOf(values), 1)
		}
		x.fields[field] = expr
	}
	s.types[name] = x
}

func (s *swaggerReader) expr(group string, d *definition) string {
	if d.Ref != "" {
		ref := strings.TrimPrefix(d.Ref, "#/definitions/")
		if scalar := scalarTypes[ref]; scalar != "" {
			return scalar
		}
		return reference(group, s.name(ref))
	}
	switch d.Type {
	case "array":
		return "[" + s.expr(group, d.Items)
	case "object":
		if e := d.elem(); e != nil {
			return "{" + s.expr(group, e)
		}
		return "{a"
	}
	return scalar(d)
}

// scalar returns the letter of a scalar type.
func scalar(d *definition) string {
	switch {
	case d.Type == "boolean":
		return "b"
	case d.Type == "number":
		return "n"
	case d.Type == "integer" && d.Format == "int32":
		return "i"
	case d.Type == "integer":
		return "l"
	case d.Type == "string" && d.Format == "byte":
		return "y"
	case d.Type == "string" && d.Format == "date-time":
		return "t"
	case d.Type == "string":
		return "s"
	}
	return "a"
}
