package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// JSONSchema returns the table of fields as JSON Schema, draft 2020-12, for
// editors. It takes every descriptor that is right. Of those that are wrong it
// takes only what can't be seen without knowing Kubernetes, the layers or other
// files.
func JSONSchema() ([]byte, error) {
	x := schema.Document{
		Title: "unfold's app.yaml, " + APIVersion, Description: "One app in all its environments.",
		Type: fields.Document(), Definitions: []*schema.Type{fields.Environment(), fields.Workload()}, Rules: several(),
		DefaultOf: DefaultOf,
	}
	return x.JSONSchema()
}

// several says which fields stand where in an app of several workloads, and in one
// of one.
func several() schema.JSON {
	own := schema.JSON{}
	for _, f := range fields.WorkloadFields() {
		if f.Scope == fields.Own {
			own = append(own, schema.Member{Key: f.Name, Value: false})
		}
	}
	inEnvironments := func(fields schema.JSON) schema.Member {
		return schema.Member{Key: "environments",
			Value: schema.JSON{{Key: "additionalProperties", Value: schema.JSON{{Key: "properties", Value: fields}}}}}
	}
	then := append(schema.JSON{{Key: "kind", Value: schema.JSON{{Key: "const", Value: Kind}}},
		{Key: "workloads", Value: schema.JSON{{Key: "minProperties", Value: 1}}}}, own...)
	return schema.JSON{
		{Key: "if", Value: schema.JSON{{Key: "required", Value: []any{"workloads"}},
			{Key: "properties", Value: schema.JSON{{Key: "workloads", Value: schema.JSON{{Key: "type", Value: "object"}}}}}}},
		{Key: "then", Value: schema.JSON{{Key: "properties", Value: append(then, inEnvironments(own))}}},
		{Key: "else", Value: schema.JSON{{Key: "properties",
			Value: schema.JSON{{Key: "main", Value: false}, inEnvironments(schema.JSON{{Key: "workloads", Value: false}})}}}},
	}
}
