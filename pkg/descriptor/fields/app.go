package fields

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// appFields are the fields of the top level and, but for Head, of an
// environment.
var appFields = []schema.Field{
	{Name: "apiVersion", Scope: Head, Required: true, JSON: schema.JSON{{Key: "const", Value: APIVersion}},
		Doc: "The version of this format: unfold.dev/v1alpha1.", Type: &schema.AnyText,
		Example: "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: orders\nimage: ghcr.io/example/orders:v1.4.2"},
	{Name: "kind", Scope: Head, Required: true,
		Doc:  "App; or the kind of the app's only workload: ", // newTable adds them
		Type: &schema.AnyText, Example: "kind: App"},
	{Name: "name", Scope: Head, Required: true, Doc: "The app's name, which its objects get.",
		Type:    &schema.Type{Kind: schema.TextKind, What: "an app's name", Check: &schema.Label1035},
		Example: "name: orders"},
	{Name: "namePrefix", Scope: App, Doc: "What the names of all objects begin with, but for those of sealed Secrets.",
		Type:    &schema.Type{Kind: schema.TextKind, What: "a prefix of names", Check: &schema.Check{Problem: namePrefix}},
		Example: "namePrefix: blue-"},
	{Name: "nameSuffix", Scope: App, Doc: "What the names of all objects end with, but for those of sealed Secrets.",
		Type:    &schema.Type{Kind: schema.TextKind, What: "a suffix of names", Check: &schema.Check{Problem: nameSuffix}},
		Example: "nameSuffix: -canary"},
	{Name: "namespace", Scope: App, Doc: "Where the app runs (default: APP-ENV).", Type: namespaceType,
		Example: "namespace: {name: shop, create: true, labels: {example.com/team: shop}}"},
	{Name: "defaults", Scope: App, Doc: "none switches off every default that unfold adds, and its labels and annotations.",
		Type: &schema.Type{Kind: schema.TextKind, What: "a set of defaults", Enum: []string{"none"},
			Otherwise: func(*value.Value) string {
				return "write the fields at the top level, which holds for every environment, or defaults: none"
			}},
		Example: "defaults: none"},
	{Name: "accept", Scope: App, Doc: "Findings of rules that are all right here: the rule's name and the reason, or a reason for " +
		"each thing that it finds something in, by its name. The operator may forbid it.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of rules",
			Keys: schema.KeyRule{What: "a rule", Check: &schema.Check{Problem: ruleName}}, Elem: acceptType},
		Example: "config: {DEMO_TOKEN: demo-only}\naccept:\n  no-probes: the load balancer has its own\n" +
			"  plain-credential: {DEMO_TOKEN: everybody may use it}"},
	{Name: "manifests", Scope: App, Doc: "Kubernetes objects that are added as they are: files in the app's folder, or objects in " +
		"place. By names, environments add to them.", Type: &schema.Type{Kind: schema.ListKind, What: "a list of files and objects",
		Elem:  manifestType,
		Named: true, Keys: entryName},
		Example: "manifests:\n  - apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n    metadata: {name: deny-all}\n" +
			"    spec: {podSelector: {}, policyTypes: [Ingress]}"},
	{Name: "commonLabels", Scope: App, Doc: "Labels of all objects, manifests and components included: in their metadata, their " +
		"pods and the selectors of their own pods, as by kustomize's field of this name. A running workload's selector can't be " +
		"changed: this is for new apps, and for those that have the labels already.",
		Type: LabelMap, Example: "commonLabels: {team: sales}"},
	{Name: "components", Scope: App, Doc: "Folders in the app's folder that hold kustomize components.",
		Type:    &schema.Type{Kind: schema.ListKind, What: "a list of folders", Elem: fileName, Named: true, Keys: entryName},
		Example: "components: [components/debug]"},
	{Name: "patches", Scope: App, Doc: "Changes to the objects in kustomize's own syntax, applied last.",
		Type: &schema.Type{Kind: schema.ListKind, What: "a list of patches", Elem: patchType, Named: true, Keys: entryName},
		Example: "patches:\n  - target: {kind: Deployment, name: app}\n    patch: |\n      - op: add\n" +
			"        path: /spec/minReadySeconds\n        value: 10"},
}

// entryName is the rule for the names of entries in a list.
var entryName = schema.KeyRule{What: "an entry", Check: &schema.Label}

// AcceptAll stands for all that a rule finds, among the names of what it finds
// something in.
const AcceptAll = "*"

// acceptType holds reasons by what they are about: an object as messages call it,
// such as deployment/shop, or what is said in the message. A reason alone is one
// for all.
var acceptType = &schema.Type{
	Kind: schema.MapKind, What: "a map of reasons", Elem: &schema.Type{Kind: schema.TextKind, What: "a reason",
		Check: &schema.Check{Problem: reason}},
	Shorthand: &schema.Type{Kind: schema.TextKind, What: "a reason"},
	Expand: func(v *value.Value) *value.Value {
		if !v.IsScalar() {
			return nil
		}
		return value.NewMap(v.Pos).Set(AcceptAll, v)
	},
}

// manifestType is a file, or a Kubernetes object as far as JSON Schema can know it.
var manifestType = &schema.Type{
	Kind: schema.AnyKind, What: "a file or an object", After: checkManifest,
	JSON: schema.JSON{{Key: "anyOf", Value: []any{
		schema.JSON{{Key: "title", Value: "file"}, {Key: "type", Value: "string"}, {Key: "pattern", Value: filePattern},
			{Key: "not", Value: schema.JSON{{Key: "pattern", Value: notFilePattern}}}},
		schema.JSON{{Key: "title", Value: "object"}, {Key: "type", Value: "object"},
			{Key: "required", Value: []any{"apiVersion", "kind", "metadata"}},
			{Key: "properties", Value: schema.JSON{
				{Key: "apiVersion", Value: schema.JSON{{Key: "type", Value: "string"}}},
				{Key: "kind", Value: schema.JSON{{Key: "type", Value: "string"}}},
				{Key: "metadata", Value: schema.JSON{{Key: "type", Value: "object"}, {Key: "required", Value: []any{"name"}}}}}}},
	}}},
}

var namespaceType = &schema.Type{
	Kind: schema.ObjectKind, What: "a namespace", ShorthandKey: "name",
	Fields: []schema.Field{
		{Name: "name", Doc: "The namespace's name (default: APP-ENV).",
			Type: &schema.Type{Kind: schema.TextKind, What: "a namespace", Check: schema.Label.OrPlaceholder()}},
		{Name: "create", Doc: "true adds the Namespace object, which Argo CD then never prunes.", Type: &schema.Boolean},
		{Name: "labels", Doc: "Labels of the Namespace object.", Type: LabelMap},
		{Name: "annotations", Doc: "Annotations of the Namespace object.", Type: AnnotationMap},
	},
}

var patchType = &schema.Type{
	Kind: schema.ObjectKind, What: "a patch", After: checkPatch,
	JSON: schema.JSON{{Key: "oneOf", Value: []any{schema.JSON{{Key: "required", Value: []any{"patch"}}},
		schema.JSON{{Key: "required", Value: []any{"path"}}}}}},
	Fields: []schema.Field{
		{Name: "patch", Doc: "The patch itself, as text: a strategic merge patch or JSON 6902 operations.", Type: &schema.AnyText},
		{Name: "path", Doc: "A file in the app's folder that holds the patch.", Type: fileName},
		{Name: "target", Doc: "The objects that it changes.", Type: &schema.Type{Kind: schema.ObjectKind, What: "a patch target",
			Fields: []schema.Field{
				{Name: "group", Doc: "API group.", Type: &schema.AnyText}, {Name: "version", Doc: "API version.", Type: &schema.AnyText},
				{Name: "kind", Doc: "Kind.", Type: &schema.AnyText}, {Name: "name", Doc: "Name, a regular expression.",
					Type: &schema.AnyText},
				{Name: "namespace", Doc: "Namespace, a regular expression.", Type: &schema.AnyText},
				{Name: "labelSelector", Doc: "Label selector.", Type: &schema.AnyText},
				{Name: "annotationSelector", Doc: "Annotation selector.", Type: &schema.AnyText},
			}}},
		{Name: "options", Doc: "kustomize's own: allowNameChange, allowKindChange.",
			NoEffect: "an object keeps its name and kind whatever a patch says",
			Type: &schema.Type{Kind: schema.MapKind, What: "patch options",
				Keys: schema.KeyRule{What: "a patch option", Check: patchOption}, Elem: &schema.Boolean}},
	},
}

func ruleName(s string) string {
	if s == "" || !schema.Only(s, schema.LowerCase+schema.Digits+"-.") {
		return `is not the name of a rule: lower-case letters, digits, "-" and "."`
	}
	return ""
}

func reason(s string) string {
	if strings.TrimSpace(s) == "" {
		return "gives no reason"
	}
	return ""
}

// patchOption is one of kustomize's options of a patch.
var patchOption = &schema.Check{Problem: patchOptionProblem, Enum: []string{"allowNameChange", "allowKindChange"}}

func patchOptionProblem(s string) string {
	switch s {
	case "allowNameChange", "allowKindChange":
		return ""
	}
	return "is not known: allowNameChange, allowKindChange"
}

func checkPatch(n *schema.Normaliser, v *value.Value) *value.Value {
	text, file := v.Get("patch"), v.Get("path")
	switch {
	case text == nil && file == nil && !n.Whole:
		return nil
	case text == nil && file == nil:
		n.Diags.Errorh(v.Pos, "missing-patch", "give the patch under patch, or its file under path", "%s has no patch", n.Where())
		return nil
	case text != nil && file != nil:
		n.Diags.Errorh(v.Pos, "one-of", "keep one of them", `%s has "patch" and "path", which exclude one another`, n.Where())
		return nil
	}
	return v
}

// checkManifest takes a path, or an object that Kubernetes could know.
func checkManifest(n *schema.Normaliser, v *value.Value) *value.Value {
	switch {
	case v.Is(value.String):
		if problem := filePath.Problem(v.Text); problem != "" {
			n.Diags.Errorf(v.Pos, "bad-value", "%s can't be %q: it %s", n.Where(), v.Text, problem)
			return nil
		}
		return v
	case !v.Is(value.Map):
		n.Diags.Errorf(v.Pos, "wrong-type", "%s must be a file or a Kubernetes object, not %s", n.Where(), v.Describe())
		return nil
	}
	ok := true
	for _, field := range [][]string{{"apiVersion"}, {"kind"}, {"metadata", "name"}} {
		if x := v.Get(field...); !x.Is(value.String) || x.Text == "" {
			n.Diags.Errorf(v.Pos, "missing-field", "%s is no Kubernetes object: it has no %s", n.Where(), strings.Join(field, "."))
			ok = false
		}
	}
	if !ok {
		return nil
	}
	return v
}
