package descriptor

import (
	"slices"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// The table of all fields: what the parser takes, what the layers merge by and
// what the reference is made of. The variables are never changed; they are
// literals without calls, so that they cost nothing at start-up. Each topic has a
// file fields_TOPIC.go; newTable joins them.

var fileName = &schema.Type{Kind: schema.TextKind, What: "the path of a file in the app's folder", Check: filePath}

var (
	labelMap = &schema.Type{Kind: schema.MapKind, What: "a map of labels", Keys: schema.KeyRule{What: "a label", Check: ownLabel},
		Elem: &schema.Type{Kind: schema.TextKind, What: "a label's value", Check: &schema.LabelValue}}
	annotationMap = &schema.Type{Kind: schema.MapKind, What: "a map of annotations",
		Keys: schema.KeyRule{What: "an annotation", Check: &schema.QualifiedName}, Elem: &schema.AnyText}
)

// table holds the types that are made of the rows.
type table struct {
	document, environment, workload, hook *schema.Type
	// app are the rows of the app. Workloads is the row that holds workloads, environments that of environments, and
	// kind that of a workload's kind.
	app                           []schema.Field
	workloads, environments, kind schema.Field
	// topics hold the fields of a workload, in the order of the reference.
	topics []schema.Topic
	// workloadFields are the fields of a workload, which also stand at the top level
	// and in environments.
	workloadFields []schema.Field
	// podFields are those that pods have unchanged, ownContainerFields and containerFields those that the workload's own
	// container and further ones have.
	podFields, ownContainerFields, containerFields []schema.Passed
}

var fieldTable = sync.OnceValue(newTable)

func newTable() *table {
	t := &table{}
	t.hook, t.kind = newHookType(t.elsewhere), kindField()
	t.app = slices.Clone(appFields)
	for i := range t.app {
		if f := &t.app[i]; f.Name == "kind" {
			f.Doc += kindNames() + "."
			f.JSON = (&schema.Check{Enum: append([]string{Kind}, kinds.Chosen()...)}).JSONSchema()
		}
	}
	t.topics = []schema.Topic{
		{Title: "Kinds", Prose: kindProse, Fields: kindFields},
		{Title: "Container", Prose: containerProse, Fields: containerFields},
		{Title: "Pods", Prose: podProse, Fields: podFields},
		{Title: "Further containers", Prose: containersProse, Fields: containersFields},
		{Title: "Configuration", Prose: configProse, Fields: configFields},
		{Title: "Volumes", Prose: volumesProse, Fields: volumeFields},
		{Title: "Network", Prose: networkProse, Fields: networkFields},
		{Title: "Identity", Prose: identityProse, Fields: identityFields},
		{Title: "Secrets", Prose: secretProse, Fields: secretFields},
		{Title: "Scale", Prose: scaleProse, Fields: scaleFields},
		{Title: "Observability", Prose: observeProse, Fields: observeFields},
		hooksTopic(t.hook),
		{Title: "Labels and annotations", Prose: metadataProse, Fields: metadataFields},
	}
	for _, x := range t.topics {
		t.workloadFields = append(t.workloadFields, x.Fields...)
	}
	t.workload = t.appType("a workload", "workload", slices.Concat([]schema.Field{t.kind, enabledField}, t.workloadFields))
	t.workload.Deferred = true
	t.podFields, t.ownContainerFields = t.workload.Passed("pod"), t.workload.Passed("container")
	t.containerFields = containerType.Passed("container")
	t.workload.Field("kind").Definition = "field.workload-kind"
	t.workloads = workloadsField(t.workload)
	shared := slices.Concat(t.app, []schema.Field{enabledField, t.workloads}, t.workloadFields)
	t.environment = t.appType("an environment", "environment", slices.DeleteFunc(slices.Clone(shared),
		func(f schema.Field) bool { return f.Scope == headScope }))
	t.environments = environmentsField(t.environment)
	t.document = t.appType("an app", "", append(shared, t.environments))
	return t
}

// appType returns a type of the app's fields, which have sections of their own in
// the reference and definitions in the JSON Schema.
func (t *table) appType(what, definition string, fields []schema.Field) *schema.Type {
	for i, f := range fields {
		if f.Scope != headScope {
			fields[i].Definition = "field." + f.Name
		}
	}
	return &schema.Type{Kind: schema.ObjectKind, What: what, Definition: definition, OwnSections: true, Fields: fields,
		After: foldShorthands, Elsewhere: t.elsewhere}
}

// elsewhere returns the hint for a key that is a field of the top level, but not
// where it stands.
func (t *table) elsewhere(key string) (hint string) {
	switch f := t.document.Field(key); {
	case key == "kind":
		return "set the kind of the app's only workload at the top level, in place of App"
	case f != nil && f.Scope == headScope:
		return key + " stands at the top level only"
	case f != nil:
		return key + " stands at the top level or directly below an environment"
	}
	return ""
}

// documentType is the type of the whole file, environmentType that of an
// environment, workloadType that of a workload and hookType that of a hook.
func documentType() *schema.Type    { return fieldTable().document }
func environmentType() *schema.Type { return fieldTable().environment }
func workloadType() *schema.Type    { return fieldTable().workload }
func hookType() *schema.Type        { return fieldTable().hook }

func environmentsField(environment *schema.Type) schema.Field {
	return schema.Field{
		Name: "environments", Scope: headScope, Doc: "What differs in an environment: the same fields, by its name.",
		Example: "environments:\n  dev: {tag: main}\n  prod: {tag: v1.4.2, replicas: 5}",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of environments",
			Keys: schema.KeyRule{What: "an environment", Check: &schema.Label}, Elem: environment},
	}
}

func workloadsField(workload *schema.Type) schema.Field {
	return schema.Field{Name: "workloads", Scope: appScope,
		Doc: "The workloads by name, of an app with several; the top level then holds what they share.",
		Example: "image: ghcr.io/example/shop:v1.4.2\nworkloads:\n  web: {port: 8080, probes: /healthz}\n" +
			"  worker: {command: [shop, work]}\nenvironments:\n  dev: {workloads: {worker: null}}\n" +
			"  prod: {workloads: {worker: {replicas: 6}}}",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of workloads",
			Keys: schema.KeyRule{What: "a workload", Check: &schema.Label1035}, Elem: workload}}
}

// topField returns the row of a field of the top level, or nil.
func topField(name string) *schema.Field { return documentType().Field(name) }

// workloadField returns the row of a field of a workload, or nil.
func workloadField(name string) *schema.Field { return workloadType().Field(name) }
