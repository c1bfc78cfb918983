package descriptor

import (
	"slices"
	"sync"
)

// The table of all fields: what the parser takes, what the layers merge by and
// what the reference is made of. The variables are never changed; they are
// literals without calls, so that they cost nothing at start-up. Each topic has a
// file fields_TOPIC.go; workloadTopics joins them.

var (
	anyText    = &schema{kind: textKind, what: "text"}
	boolean    = &schema{kind: booleanKind, what: "true or false"}
	textList   = &schema{kind: listKind, what: "a list of texts", elem: anyText}
	natural    = &schema{kind: integerKind, what: "a whole number", max: 1<<31 - 1}
	positive   = &schema{kind: integerKind, what: "a whole number", min: 1, max: 1<<31 - 1}
	portNumber = &schema{kind: integerKind, what: "a port number", min: 1, max: 65535}
	portRef    = &schema{kind: intOrNameKind, what: "a port's number or name"}
	amount     = &schema{kind: quantityKind, what: "a quantity"}
	share      = &schema{kind: intOrPercentKind, what: "a number or a percentage"}
	fileName   = &schema{kind: textKind, what: "the path of a file in the app's folder", check: filePath}
)

var (
	labelMap      = &schema{kind: mapKind, what: "a map of labels", keys: keyRule{"a label", ownLabel}, elem: &schema{kind: textKind, what: "a label's value", check: labelValue}}
	annotationMap = &schema{kind: mapKind, what: "a map of annotations", keys: keyRule{"an annotation", qualifiedName}, elem: anyText}
)

// topic is a part of the table, which makes a section of the reference.
type topic struct {
	title  string
	prose  string // Markdown
	fields []field
}

// workloadTopics hold the fields of a workload. The order is that of the
// reference.
func workloadTopics() []topic {
	return []topic{
		{"Kinds", kindProse, kindFields},
		{"Container", containerProse, containerFields},
		{"Pods", podProse, podFields},
		{"Further containers", containersProse, containersFields},
		{"Configuration", configProse, configFields},
		{"Volumes", volumesProse, volumeFields},
		{"Network", networkProse, networkFields},
		{"Identity", identityProse, identityFields},
		{"Secrets", secretProse, secretFields},
		{"Scale", scaleProse, scaleFields},
		{"Observability", observeProse, observeFields},
		{"Hooks", hooksProse, hookFields()},
		{"Labels and annotations", metadataProse, metadataFields},
	}
}

// workloadFields are the fields of a workload, which also stand at the top
// level and in environments.
var workloadFields = sync.OnceValue(func() []field {
	var fields []field
	for _, t := range workloadTopics() {
		fields = append(fields, t.fields...)
	}
	return fields
})

// documentType is the schema of the whole file, environmentType that of an
// environment and workloadType that of a workload.
var documentType = sync.OnceValue(func() *schema {
	environments := field{
		name: "environments", scope: headScope, doc: "What differs in an environment: the same fields, by its name.",
		example: "environments:\n  dev: {tag: main}\n  prod: {tag: v1.4.2, replicas: 5}",
		typ:     &schema{kind: mapKind, what: "a map of environments", keys: keyRule{"an environment", dnsLabel1123}, elem: environmentType()},
	}
	return &schema{kind: objectKind, what: "an app", after: foldShort,
		fields: slices.Concat(appFields, []field{enabledField, workloadsField()}, workloadFields(), []field{environments})}
})

var environmentType = sync.OnceValue(func() *schema {
	fields := slices.Concat(appFields, []field{enabledField, workloadsField()}, workloadFields())
	return &schema{kind: objectKind, what: "an environment", after: foldShort,
		fields: slices.DeleteFunc(fields, func(f field) bool { return f.scope == headScope })}
})

var workloadType = sync.OnceValue(func() *schema {
	return &schema{kind: objectKind, what: "a workload", after: foldShort, fields: slices.Concat([]field{kindField, enabledField}, workloadFields())}
})

var workloadsField = sync.OnceValue(func() field {
	return field{name: "workloads", scope: appScope, doc: "The workloads by name, of an app with several; the top level then holds what they share.",
		example: "image: ghcr.io/example/shop:v1.4.2\nworkloads:\n  web: {port: 8080, probes: /healthz}\n  worker: {command: [shop, work]}\nenvironments:\n  dev: {workloads: {worker: null}}\n  prod: {workloads: {worker: {replicas: 6}}}",
		typ:     &schema{kind: mapKind, what: "a map of workloads", keys: keyRule{"a workload", dnsLabel}, elem: workloadType()}}
})

// topField gives the row of a field of the top level, or nil.
func topField(name string) *field {
	return documentType().field(name)
}
