package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/value"
)

const appProse = "The head of the file, where the app runs, and what kustomize adds. `manifests` adds objects as they are. `patches` and\n" +
	"`components` are kustomize's own and come last; they see names without the hash of a ConfigMap. Nothing outside of the\n" +
	"app's folder is read, and nothing is fetched.\n\n" +
	"`namePrefix` and `nameSuffix` stand around the names of all objects, those of `manifests` and `components` too, and in the references among\n" +
	"them, as kustomize does it. Patches see names without them. The label `app.kubernetes.io/name` has them too, and with it every selector: one\n" +
	"instance never selects the pods of another in its namespace. In `manifests` that label is followed as well, unless they look into other\n" +
	"namespaces. An explicit `selector` stays as it is: see to it that no other instance has its labels. A strict sealed Secret keeps its name, since it\n" +
	"can be opened under that alone. Texts, such as a URL in `config`, are never changed. The names of a Service's pods and so on have to fit: an error\n" +
	"says where the whole name is too long."

// appFields are the fields of the top level and, but for headScope, of an
// environment.
var appFields = []field{
	{name: "apiVersion", scope: headScope, required: true, json: jsonObject{{"const", APIVersion}}, doc: "The version of this format: unfold.dev/v1alpha1.", typ: anyText,
		example: "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: orders\nimage: ghcr.io/example/orders:v1.4.2"},
	{name: "kind", scope: headScope, required: true, doc: "App; or the kind of the app's only workload: Deployment, StatefulSet, DaemonSet, Job or CronJob.", typ: anyText,
		example: "kind: App"},
	{name: "name", scope: headScope, required: true, doc: "The app's name, which its objects get.", typ: &schema{kind: textKind, what: "an app's name", check: dnsLabel},
		example: "name: orders"},
	{name: "namePrefix", scope: appScope, doc: "What the names of all objects begin with, but for those of sealed Secrets.", typ: &schema{kind: textKind, what: "a prefix of names", check: &check{problem: namePrefix}},
		example: "namePrefix: blue-"},
	{name: "nameSuffix", scope: appScope, doc: "What the names of all objects end with, but for those of sealed Secrets.", typ: &schema{kind: textKind, what: "a suffix of names", check: &check{problem: nameSuffix}},
		example: "nameSuffix: -canary"},
	{name: "namespace", scope: appScope, doc: "Where the app runs; APP-ENV unless given.", typ: namespaceType,
		example: "namespace: {name: shop, create: true, labels: {example.com/team: shop}}"},
	{name: "defaults", scope: appScope, doc: "none switches off every default that unfold adds.", typ: &schema{kind: textKind, what: "a set of defaults", enum: []string{"none"},
		otherwise: "write the fields at the top level, which holds for every environment, or defaults: none"},
		example: "defaults: none"},
	{name: "accept", scope: appScope, doc: "Findings of rules that are all right here: the rule's name and the reason, or a reason for each thing that it finds something in, by its name. The operator may forbid it.", typ: &schema{kind: mapKind, what: "a map of rules", keys: keyRule{"a rule", &check{problem: ruleName}}, elem: acceptType},
		example: "config: {DEMO_TOKEN: demo-only}\naccept:\n  no-probes: the load balancer has its own\n  plain-credential: {DEMO_TOKEN: everybody may use it}"},
	{name: "manifests", scope: appScope, doc: "Kubernetes objects that are added as they are: files in the app's folder, or objects in place.", typ: &schema{kind: listKind, what: "a list of files and objects", elem: manifestType},
		example: "manifests:\n  - apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n    metadata: {name: deny-all}\n    spec: {podSelector: {}, policyTypes: [Ingress]}"},
	{name: "components", scope: appScope, doc: "Folders in the app's folder that hold kustomize components.", typ: &schema{kind: listKind, what: "a list of folders", elem: fileName},
		example: "components: [components/debug]"},
	{name: "patches", scope: appScope, doc: "Changes to the objects in kustomize's own syntax, applied last.", typ: &schema{kind: listKind, what: "a list of patches", elem: patchType},
		example: "patches:\n  - target: {kind: Deployment, name: app}\n    patch: |\n      - op: add\n        path: /spec/minReadySeconds\n        value: 10"},
}

// AcceptAll stands for all that a rule finds, among the names of what it finds
// something in.
const AcceptAll = "*"

// acceptType holds reasons by what they are about: an object as messages call it,
// such as deployment/shop, or what is said in the message. A reason alone is one
// for all.
var acceptType = &schema{
	kind: mapKind, what: "a map of reasons", elem: &schema{kind: textKind, what: "a reason", check: &check{problem: reason}},
	line: &schema{kind: textKind, what: "a reason"},
	short: func(v *value.Value) *value.Value {
		if !v.IsScalar() {
			return nil
		}
		return value.NewMap(v.Pos).Set(AcceptAll, v)
	},
}

// manifestType is a file, or a Kubernetes object as far as JSON Schema can know it.
var manifestType = &schema{
	kind: anyKind, what: "a file or an object", after: checkManifest,
	json: jsonObject{{"anyOf", []any{
		jsonObject{{"title", "file"}, {"type", "string"}, {"pattern", filePattern}, {"not", jsonObject{{"pattern", notFilePattern}}}},
		jsonObject{{"title", "object"}, {"type", "object"}, {"required", []any{"apiVersion", "kind", "metadata"}},
			{"properties", jsonObject{
				{"apiVersion", jsonObject{{"type", "string"}}}, {"kind", jsonObject{{"type", "string"}}},
				{"metadata", jsonObject{{"type", "object"}, {"required", []any{"name"}}}}}}},
	}}},
}

var namespaceType = &schema{
	kind: objectKind, what: "a namespace", shortKey: "name",
	fields: []field{
		{name: "name", doc: "The namespace's name; APP-ENV unless given.", typ: &schema{kind: textKind, what: "a namespace", check: dnsLabel1123}},
		{name: "create", doc: "true adds the Namespace object, which Argo CD then never prunes.", typ: boolean},
		{name: "labels", doc: "Labels of the Namespace object.", typ: labelMap},
		{name: "annotations", doc: "Annotations of the Namespace object.", typ: annotationMap},
	},
}

var patchType = &schema{
	kind: objectKind, what: "a patch", after: checkPatch,
	json: jsonObject{{"oneOf", []any{jsonObject{{"required", []any{"patch"}}}, jsonObject{{"required", []any{"path"}}}}}},
	fields: []field{
		{name: "patch", doc: "The patch itself, as text: a strategic merge patch or JSON 6902 operations.", typ: anyText},
		{name: "path", doc: "A file in the app's folder that holds the patch.", typ: fileName},
		{name: "target", doc: "The objects that it changes.", typ: &schema{kind: objectKind, what: "a patch target", fields: []field{
			{name: "group", doc: "API group.", typ: anyText}, {name: "version", doc: "API version.", typ: anyText},
			{name: "kind", doc: "Kind.", typ: anyText}, {name: "name", doc: "Name, a regular expression.", typ: anyText},
			{name: "namespace", doc: "Namespace, a regular expression.", typ: anyText},
			{name: "labelSelector", doc: "Label selector.", typ: anyText}, {name: "annotationSelector", doc: "Annotation selector.", typ: anyText},
		}}},
		{name: "options", doc: "kustomize's own: allowNameChange, allowKindChange.", typ: &schema{kind: mapKind, what: "patch options",
			keys: keyRule{"a patch option", patchOption}, elem: boolean}},
	},
}

func ruleName(s string) string {
	if s == "" || !only(s, func(c byte) bool { return c == '-' || c == '.' || digit(c) || c >= 'a' && c <= 'z' }) {
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
var patchOption = &check{problem: patchOptionProblem, enum: []string{"allowNameChange", "allowKindChange"}}

func patchOptionProblem(s string) string {
	switch s {
	case "allowNameChange", "allowKindChange":
		return ""
	}
	return "is not known: allowNameChange, allowKindChange"
}

func checkPatch(n *normaliser, v *value.Value) *value.Value {
	text, file := v.Get("patch"), v.Get("path")
	switch {
	case text == nil && file == nil && !n.whole:
		return nil
	case text == nil && file == nil:
		n.diags.Errorh(v.Pos, "missing-patch", "give the patch under patch, or its file under path", "%s has no patch", n.where())
		return nil
	case text != nil && file != nil:
		n.diags.Errorh(v.Pos, "one-of", "keep one of them", `%s has "patch" and "path", which exclude one another`, n.where())
		return nil
	}
	return v
}

// checkManifest takes a path, or an object that Kubernetes could know.
func checkManifest(n *normaliser, v *value.Value) *value.Value {
	switch {
	case v.Is(value.String):
		if problem := filePath.problem(v.Text); problem != "" {
			n.diags.Errorf(v.Pos, "bad-value", "%s can't be %q: it %s", n.where(), v.Text, problem)
			return nil
		}
		return v
	case !v.Is(value.Map):
		n.diags.Errorf(v.Pos, "wrong-type", "%s must be a file or a Kubernetes object, not %s", n.where(), v.Describe())
		return nil
	}
	ok := true
	for _, field := range [][]string{{"apiVersion"}, {"kind"}, {"metadata", "name"}} {
		if x := v.Get(field...); !x.Is(value.String) || x.Text == "" {
			n.diags.Errorf(v.Pos, "missing-field", "%s is no Kubernetes object: it has no %s", n.where(), strings.Join(field, "."))
			ok = false
		}
	}
	if !ok {
		return nil
	}
	return v
}
