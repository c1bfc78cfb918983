package descriptor

import (
	"slices"
	"sync"
)

// The table of all fields: what the parser takes, what the layers merge by and
// what the reference is made of. The variables are never changed; they are
// literals without calls, so that they cost nothing at start-up. Each topic has a
// file fields_TOPIC.go; newTable joins them.

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

// table holds the types that are made of the rows.
type table struct {
	document, environment, workload, hook *schema
	// workloads is the row that holds workloads, environments that of environments.
	workloads, environments field
	// topics hold the fields of a workload, in the order of the reference.
	topics []topic
	// workloadFields are the fields of a workload, which also stand at the top level
	// and in environments.
	workloadFields []field
}

var fieldTable = sync.OnceValue(newTable)

func newTable() *table {
	t := &table{}
	t.hook = newHookType(t.elsewhere)
	t.topics = []topic{
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
		{"Hooks", hooksProse, []field{hooksField(t.hook)}},
		{"Labels and annotations", metadataProse, metadataFields},
	}
	for _, x := range t.topics {
		t.workloadFields = append(t.workloadFields, x.fields...)
	}
	t.workload = t.appType("a workload", "workload", slices.Concat([]field{kindField, enabledField}, t.workloadFields))
	t.workload.deferred = true
	t.workload.field("kind").definition = "field.workload-kind"
	t.workloads = workloadsField(t.workload)
	shared := slices.Concat(appFields, []field{enabledField, t.workloads}, t.workloadFields)
	t.environment = t.appType("an environment", "environment", slices.DeleteFunc(slices.Clone(shared), func(f field) bool { return f.scope == headScope }))
	t.environments = environmentsField(t.environment)
	t.document = t.appType("an app", "", append(shared, t.environments))
	t.document.field("kind").json = jsonObject{{"enum", texts(append([]string{Kind}, kinds...))}}
	return t
}

// appType returns a type of the app's fields, which have sections of their own in
// the reference and definitions in the JSON Schema.
func (t *table) appType(what, definition string, fields []field) *schema {
	for i, f := range fields {
		if f.scope != headScope {
			fields[i].definition = "field." + f.name
		}
	}
	return &schema{kind: objectKind, what: what, definition: definition, ownSections: true, fields: fields, after: foldShort, foreign: t.elsewhere}
}

// elsewhere returns the hint for a key that is a field of the top level, but not
// where it stands.
func (t *table) elsewhere(key string) (hint string) {
	switch f := t.document.field(key); {
	case key == "kind":
		return "set the kind of the app's only workload at the top level, in place of App"
	case f != nil && f.scope == headScope:
		return key + " stands at the top level only"
	case f != nil:
		return key + " stands at the top level or directly below an environment"
	}
	return ""
}

// documentType is the type of the whole file, environmentType that of an
// environment, workloadType that of a workload and hookType that of a hook.
func documentType() *schema    { return fieldTable().document }
func environmentType() *schema { return fieldTable().environment }
func workloadType() *schema    { return fieldTable().workload }
func hookType() *schema        { return fieldTable().hook }

func environmentsField(environment *schema) field {
	return field{
		name: "environments", scope: headScope, doc: "What differs in an environment: the same fields, by its name.",
		example: "environments:\n  dev: {tag: main}\n  prod: {tag: v1.4.2, replicas: 5}",
		typ:     &schema{kind: mapKind, what: "a map of environments", keys: keyRule{"an environment", dnsLabel1123}, elem: environment},
	}
}

func workloadsField(workload *schema) field {
	return field{name: "workloads", scope: appScope, doc: "The workloads by name, of an app with several; the top level then holds what they share.",
		example: "image: ghcr.io/example/shop:v1.4.2\nworkloads:\n  web: {port: 8080, probes: /healthz}\n  worker: {command: [shop, work]}\nenvironments:\n  dev: {workloads: {worker: null}}\n  prod: {workloads: {worker: {replicas: 6}}}",
		typ:     &schema{kind: mapKind, what: "a map of workloads", keys: keyRule{"a workload", dnsLabel}, elem: workload}}
}

// topField returns the row of a field of the top level, or nil.
func topField(name string) *field { return documentType().field(name) }

// workloadField returns the row of a field of a workload, or nil.
func workloadField(name string) *field { return workloadType().field(name) }
