// Package fields is the table of the fields of app.yaml: what the parser takes, what the layers merge by, and what the
// reference and the JSON Schema are made of. Each topic has a file; newTable joins them.
package fields

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
	// LabelMap takes every label; which ones unfold sets itself, depends on the defaults. OwnLabelMap takes those alone that it
	// never sets.
	LabelMap = &schema.Type{Kind: schema.MapKind, What: "a map of labels",
		Keys: schema.KeyRule{What: "a label", Check: &schema.QualifiedName},
		Elem: &schema.Type{Kind: schema.TextKind, What: "a label's value", Check: &schema.LabelValue}}
	OwnLabelMap = &schema.Type{Kind: schema.MapKind, What: "a map of labels", Keys: schema.KeyRule{What: "a label", Check: OwnLabel},
		Elem: LabelMap.Elem}
	// SelectorMap holds the labels by which something finds pods or Services.
	SelectorMap = &schema.Type{Kind: schema.MapKind, What: "a map of labels",
		Keys: schema.KeyRule{What: "a label", Check: &schema.QualifiedName}, Elem: LabelMap.Elem}
	AnnotationMap = &schema.Type{Kind: schema.MapKind, What: "a map of annotations",
		Keys: schema.KeyRule{What: "an annotation", Check: &schema.QualifiedName}, Elem: &schema.AnyText}
)

// table holds the types that are made of the rows.
type table struct {
	document, environment, workload, hook, job *schema.Type
	// app are the rows of the app. Workloads is the row that holds workloads, environments that of environments,
	// kind that of a workload's kind, and main that of the workload with the app's name.
	app                                 []schema.Field
	workloads, environments, kind, main schema.Field
	// topics hold the fields of a workload, in the order of the reference.
	topics []schema.Topic
	// workloadFields are the fields of a workload, which also stand at the top level
	// and in environments.
	workloadFields []schema.Field
	// podFields are those that pods have unchanged, ownContainerFields and containerFields those that the workload's own
	// container and further ones have.
	podFields, ownContainerFields, containerFields []schema.Passed
}

const (
	// APIVersion is the only version of the format that this program knows.
	APIVersion = "unfold.dev/v1alpha1"
	// KindApp is the kind of a descriptor; the kind of the app's only workload may stand in its place.
	KindApp = "App"
)

var fieldTable = sync.OnceValue(newTable)

func newTable() *table {
	t := &table{}
	t.hook, t.job, t.kind = newHookType(t.notBeside), newJobType(t.notBeside), kindField()
	t.app = slices.Concat(appFields, objectFields())
	for i := range t.app {
		if f := &t.app[i]; f.Name == "kind" {
			f.Doc += kindNames() + "."
			f.JSON = (&schema.Check{Enum: append([]string{KindApp}, kinds.Chosen()...)}).JSONSchema()
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
		jobsTopic(t.job),
		hooksTopic(t.hook),
		{Title: "Names, labels and annotations", Prose: metadataProse,
			Fields: append([]schema.Field{namesField(), metadataField()}, metadataFields...)},
	}
	count := 2
	for _, x := range t.topics {
		count += len(x.Fields)
	}
	all := append(make([]schema.Field, 0, count), t.kind, EnabledField)
	for _, x := range t.topics {
		all = append(all, x.Fields...)
	}
	t.workloadFields = all[2:]
	t.workload = t.appType("a workload", "workload", all)
	t.workload.Deferred = true
	t.podFields, t.ownContainerFields = t.workload.Passed("pod"), t.workload.Passed("container")
	t.containerFields = containerType.Passed("container")
	t.workload.Field("kind").Definition = "field.workload-kind"
	t.workloads, t.main = workloadsField(t.workload), mainField()
	shared := make([]schema.Field, 0, len(t.app)+3+len(t.workloadFields)+1) // and environments
	shared = append(append(append(shared, t.app...), EnabledField, t.workloads, t.main), t.workloadFields...)
	t.environment = t.appType("an environment", "environment", slices.DeleteFunc(slices.Clone(shared),
		func(f schema.Field) bool { return f.Scope == Head }))
	t.environments = environmentsField(t.environment)
	t.document = t.appType("an app", "", append(shared, t.environments))
	return t
}

// appType returns a type of the app's fields, which have sections of their own in
// the reference and definitions in the JSON Schema.
func (t *table) appType(what, definition string, fields []schema.Field) *schema.Type {
	for i, f := range fields {
		if f.Scope != Head {
			fields[i].Definition = "field." + f.Name
		}
	}
	return &schema.Type{Kind: schema.ObjectKind, What: what, Definition: definition, OwnSections: true, Fields: fields,
		After: FoldShorthands, Elsewhere: t.elsewhere}
}

// elsewhere returns the hint for a key that is a field of the top level, but not
// where it stands.
func (t *table) elsewhere(key string) (hint string) {
	switch f := t.document.Field(key); {
	case key == "kind":
		return "set the kind of the app's only workload at the top level, in place of App"
	case f != nil && f.Scope == Head:
		return key + " is a field of the top level only"
	case f != nil:
		return key + " is a field of the top level or directly below an environment"
	}
	return ""
}

// notBeside is elsewhere for a hook or a job, which have their own place: a field of workloads that they don't take is of no
// use to them anywhere.
func (t *table) notBeside(what, key string) (hint string) {
	f := t.document.Field(key)
	if f == nil || f.Scope != Own && f.Scope != Inherited || key == "kind" {
		return t.elsewhere(key)
	}
	switch key {
	case "lifecycle", "port", "ports", "probes", "spread": // which a pod of a Job can have
		return what + " has no " + key + ": remove it, or add it to the finished object by patches"
	}
	return what + " has no " + key + ": remove it"
}

// Document is the type of the whole file, Environment that of an
// environment, Workload that of a workload, Hook that of a hook and Job that of a job.
func Document() *schema.Type    { return fieldTable().document }
func Environment() *schema.Type { return fieldTable().environment }
func Workload() *schema.Type    { return fieldTable().workload }
func Hook() *schema.Type        { return fieldTable().hook }
func Job() *schema.Type         { return fieldTable().job }

func environmentsField(environment *schema.Type) schema.Field {
	return schema.Field{
		Name: "environments", Scope: Head, Doc: "What differs in an environment: the same fields, by its name.",
		Example: "environments:\n  dev: {tag: main}\n  prod: {tag: v1.4.2, replicas: 5}",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of environments", Otherwise: environmentsOtherwise,
			Keys: schema.KeyRule{What: "an environment", Check: &schema.Label}, Elem: environment},
	}
}

func workloadsField(workload *schema.Type) schema.Field {
	return schema.Field{Name: "workloads", Scope: App,
		Doc: "The workloads by name, of an app with several; the top level then holds what they share.",
		Example: "image: ghcr.io/example/shop:v1.4.2\nworkloads:\n  web: {port: 8080, probes: /healthz}\n" +
			"  worker: {command: [shop, work]}\nenvironments:\n  dev: {workloads: {worker: null}}\n" +
			"  prod: {workloads: {worker: {replicas: 6}}}",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of workloads",
			Keys: schema.KeyRule{What: "a workload", Check: &schema.Label1035}, Elem: workload}}
}

// mainField is the row of the workload that has the app's own name.
func mainField() schema.Field {
	return schema.Field{Name: "main", Scope: Head,
		Doc: "The workload whose objects have the app's own name and labels, as in an app of one workload: the first one of an app " +
			"that grows to several.",
		Type:    &schema.Type{Kind: schema.TextKind, What: "a workload", Check: &schema.Label1035},
		Example: "main: web\nworkloads:\n  web: {port: 8080, probes: /healthz}\n  worker: {command: [shop, work]}"}
}

// Top returns the row of a field of the top level, or nil.
func Top(name string) *schema.Field { return Document().Field(name) }

// OfWorkload returns the row of a field of a workload, or nil.
func OfWorkload(name string) *schema.Field { return Workload().Field(name) }

// Topics are the sections of the reference: all fields, each once.
func Topics() []schema.Topic {
	t := fieldTable()
	kind := t.kind
	kind.Name = "workloads.NAME.kind"
	several := schema.Topic{Title: "Workloads and environments", Prose: severalProse,
		Fields: []schema.Field{t.workloads, kind, t.main, EnabledField, t.environments}}
	return append([]schema.Topic{{Title: "The app", Prose: appProse, Fields: t.app}, several}, t.topics...)
}

// WorkloadFields returns the rows of a workload, which also stand at the top level and in environments.
func WorkloadFields() []schema.Field { return fieldTable().workloadFields }

// OfPod returns the fields of a workload that its pods have unchanged.
func OfPod() []schema.Passed { return fieldTable().podFields }

// OfOwnContainer returns the fields of a workload that its own container has unchanged.
func OfOwnContainer() []schema.Passed { return fieldTable().ownContainerFields }

// OfContainer returns the fields of a further container that it has unchanged.
func OfContainer() []schema.Passed { return fieldTable().containerFields }
