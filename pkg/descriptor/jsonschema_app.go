package descriptor

// JSONSchema returns the table of fields as JSON Schema, draft 2020-12, for
// editors. It takes every descriptor that is right. Of those that are wrong it
// takes only what can't be seen without knowing Kubernetes, the layers or other
// files.
func JSONSchema() ([]byte, error) {
	x := jsonDocument{
		title: "unfold's app.yaml, " + APIVersion, description: "One app in all its environments.",
		typ: documentType(), definitions: []*schema{environmentType(), workloadType()}, rules: several(), defaultOf: DefaultOf,
	}
	return x.jsonSchema()
}

// several says which fields stand where in an app of several workloads, and in one
// of one.
func several() jsonObject {
	own := jsonObject{}
	for _, f := range fieldTable().workloadFields {
		if f.scope == ownScope {
			own = append(own, jsonMember{f.name, false})
		}
	}
	inEnvironments := func(fields jsonObject) jsonMember {
		return jsonMember{"environments", jsonObject{{"additionalProperties", jsonObject{{"properties", fields}}}}}
	}
	then := append(jsonObject{{"kind", jsonObject{{"const", Kind}}}, {"workloads", jsonObject{{"minProperties", 1}}}}, own...)
	return jsonObject{
		{"if", jsonObject{{"required", []any{"workloads"}}, {"properties", jsonObject{{"workloads", jsonObject{{"type", "object"}}}}}}},
		{"then", jsonObject{{"properties", append(then, inEnvironments(own))}}},
		{"else", jsonObject{{"properties", jsonObject{inEnvironments(jsonObject{{"workloads", false}})}}}},
	}
}
