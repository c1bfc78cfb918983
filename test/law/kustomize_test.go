package law_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// accept takes what random manifests and references can't be right about, and
// some of what only warns.
func (g *generator) accept() *yaml.Node {
	out := newObject()
	for _, rule := range []string{"missing-key", "missing-target", "missing-port", "selects-nothing", "double-control", "tiny-amount",
		"unused-certificate", "host-twice", "path-pattern", "selector-overlap", "unknown-resource", "port-collision",
		"patch-matches-nothing"} {
		out.set(rule, plain("a random app"))
	}
	for _, rule := range []string{"plain-secret", "plain-credential"} {
		reasons := newObject()
		reasons.set("*", plain("a random app"))
		if g.chance(30) {
			reasons.set(pick(g, "PASSWORD", "deployment/"+g.name), g.text("it is all right here"))
		}
		out.set(rule, reasons.Node)
	}
	if g.chance(40) {
		out.set(pick(g, "no-probes", "image-not-pinned", "no-resources", "yaml-1.1", "random-value"), g.text("it is all right here"))
	}
	g.shuffle(out)
	return out.Node
}

// passedOn adds what is handed to kustomize as it is.
func (g *generator) passedOn(o object) {
	if g.top[0].kind != "Deployment" { // which the templates change and refer to
		return
	}
	if g.chance(45) {
		o.set("manifests", g.manifests())
	}
	if g.rollouts {
		return
	}
	if g.chance(35) {
		o.set("patches", g.patches())
	}
	if g.chance(20) {
		o.set("components", g.components())
	}
	if g.chance(15) {
		o.set("commonLabels", fields("example.com/common", g.label(), pick(g, "a", "b"), g.label()))
	}
}

// target returns the name of a Deployment that every environment has, and of its
// container.
func (g *generator) target() (deployment, container string) {
	w := g.top[0]
	if w.key == "" || g.main {
		return w.object, g.name
	}
	return w.object, w.key
}

// expand fills in a template of this file: NAME is unique, APP, TARGET and
// CONTAINER are the app's, REPO and IMAGE are images, ODD is a scalar that YAML
// 1.1 reads in its own way and TEXT is awkward.
func (g *generator) expand(template string) string {
	deployment, container := g.target()
	for _, x := range []struct {
		mark string
		text func() string
	}{
		{"NAME", func() string { return fmt.Sprintf("%s-%d", pick(g, "extra", "x", g.name), g.next()) }},
		{"APP", func() string { return g.name }},
		{"TARGET", func() string { return deployment }},
		{"CONTAINER", func() string { return container }},
		{"REPO", g.repository},
		{"IMAGE", func() string { return g.reference() }},
		{"ODD", func() string {
			return pick(g, `"y"`, "0777", "1.0", "1.10", "'2001-12-14'", "0x1F", "1_000", "12:30:45", "'on'", "~", "True", ".5", "0o17",
				"08", "1e3", `"y"`, "'0777'", "text", "-1", "null")
		}},
		{"TEXT", func() string { return inJSON(g.value()) }},
	} {
		for strings.Contains(template, x.mark) {
			template = strings.Replace(template, x.mark, x.text(), 1)
		}
	}
	return template
}

// inJSON returns a text in quotes that JSON and YAML read alike.
func inJSON(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		panic(err)
	}
	// Inside of a text, a byte order mark is not allowed as such.
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\ufeff", `\ufeff`)
}

// objects are templates of manifests of all sorts: with images, with references
// to what unfold makes, without a namespace, of kinds that kustomize does not
// know.
func objects() []string {
	return []string{`
apiVersion: batch/v1
kind: CronJob
metadata: {name: NAME}
spec:
  schedule: "*/5 * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          initContainers: [{name: init, image: "IMAGE"}]
          containers:
            - name: job
              image: IMAGE
              envFrom: [{configMapRef: {name: APP-config}}]
              env: [{name: A, value: TEXT}, {name: B, valueFrom: {configMapKeyRef: {name: APP-config, key: A}}}]
          volumes: [{name: v, configMap: {name: APP-files}}, {name: p, projected: {sources: [{configMap: {name: APP-files}}]}}]
`, `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: NAME}
spec: {podSelector: {}, policyTypes: [Ingress]}
`, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, labels: {app: other}}
spec:
  replicas: 7
  selector: {matchLabels: {app: other}}
  template:
    metadata: {labels: {app: other}}
    spec: {containers: [{name: other, image: "IMAGE"}]}
`, `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: TARGET}
spec:
  replicas: 2
  serviceName: TARGET
  selector: {matchLabels: {app: state}}
  template:
    metadata: {labels: {app: state}}
    spec: {containers: [{name: state, image: "REPO:1.10"}]}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
`, `
apiVersion: v1
kind: ConfigMap
metadata: {name: NAME, annotations: {note: TEXT}}
data: {a: TEXT, b: TEXT, c.d: "1"}
`, `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: NAME}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
`, `
apiVersion: v1
kind: ServiceAccount
metadata: {name: APP-sa}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: NAME}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: APP-sa}]
`, `
apiVersion: example.com/v1
kind: Widget
metadata: {name: NAME}
spec: {a: ODD, b: [ODD, ODD], c: {d: ODD, e: TEXT}, containers: [{name: c, image: "REPO:v1"}],
  empty: {}, none: [], f: 1.50, big: 12345678901234567890}
`, `
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Secret, metadata: {name: NAME}, stringData: {a: TEXT}}
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: NAME}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`, `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: NAME}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: TARGET}, minReplicas: 1, maxReplicas: 5}
`, `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: NAME}
spec: {defaultBackend: {service: {name: TARGET, port: {name: http}}}}
`, `
# a comment
apiVersion: example.com/v1 # another
kind: Rollout
metadata:
    name: NAME
spec:
    template: {spec: {containers: [{name: r, image: "REPO", envFrom: [{configMapRef: {name: APP-config}}]}]}}
    text: |
        several lines
          and more
`, `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: NAME}
spec:
  replicas: 2
  selector: {matchLabels: {run: r}}
  strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}
  template:
    metadata: {labels: {run: r}}
    spec:
      initContainers:
      - {name: i, image: "REPO:v1", env: [{name: A, valueFrom: {configMapKeyRef: {name: APP-config, key: A, optional: true}}}]}
      containers:
      - {name: r, image: "REPO", envFrom: [{configMapRef: {name: APP-config, optional: true}}], volumeMounts: [{name: v, mountPath: /v}]}
      volumes: [{name: v, projected: {sources: [{configMap: {name: APP-files, optional: true}}]}}]
`}
}

func (g *generator) manifests() *yaml.Node {
	all := objects()
	if g.named { // where environments add, so that no two can have one name
		all = slices.DeleteFunc(all, func(text string) bool {
			return strings.Contains(text, "metadata: {name: TARGET") || strings.Contains(text, "metadata: {name: APP-sa")
		})
	}
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	out := list()
	for _, template := range all[:1+g.IntN(6)] {
		text := g.expand(template)
		if !strings.Contains(text, "\n---\n") && !strings.Contains(text, "kind: List") && g.chance(40) {
			out.Content = append(out.Content, parsed(text))
			continue
		}
		name := g.file(pick(g, "manifests/m#.yaml", "m#.yml", "k8s/deep/m#.yaml"), text)
		out.Content = append(out.Content, plain(name))
	}
	return g.byName(out, func(int) string { return fmt.Sprintf("m-%d", g.next()) })
}

// byName gives names to the entries of a list where the app has them by names, or those of its environments.
func (g *generator) byName(entries *yaml.Node, name func(i int) string) *yaml.Node {
	if !g.named || !g.inEnvironment && g.chance(30) {
		return entries
	}
	o := newObject()
	for i, x := range entries.Content {
		o.set(name(i), x)
	}
	return o.Node
}

// patch is a template of a patch with its target, if it needs one.
type patch struct{ target, text string }

func patches() []patch {
	return []patch{
		{"{kind: Deployment}", "- op: add\n  path: /spec/minReadySeconds\n  value: 10\n"},
		{"{kind: Deployment, name: TARGET}", "- {op: replace, path: /spec/template/spec/containers/0/image, value: \"IMAGE\"}\n" +
			"- {op: add, path: /spec/paused, value: false}\n- {op: remove, path: /spec/paused}\n"},
		{"{group: apps, version: v1, kind: Deployment, name: \"APP.*\"}",
			`[{"op": "add", "path": "/metadata/annotations", "value": {"patched": TEXT}}]`},
		{"{labelSelector: app.kubernetes.io/name=APP, kind: Deployment}",
			"- op: copy\n  from: /metadata/labels\n  path: /spec/template/metadata/labels\n"},
		{"{kind: ConfigMap, name: APP-config}", "- op: add\n  path: /data/PATCHED\n  value: TEXT\n"},
		{"{kind: Widget}", "- op: add\n  path: /spec/a\n  value: ODD\n"},
		{"{annotationSelector: note, namespace: \".*\"}", "- op: add\n  path: /metadata/annotations/note\n  value: TEXT\n"},
		{"", `
apiVersion: apps/v1
kind: Deployment
metadata: {name: TARGET}
spec:
  template:
    spec:
      containers:
        - name: CONTAINER
          env: [{name: PATCHED, value: TEXT}, {name: A, $patch: delete}]
          securityContext: null
        - {name: sidecar, image: "IMAGE"}
      terminationGracePeriodSeconds: 50
`},
		{"", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: TARGET\n  annotations: {a: TEXT}\n" +
			"spec: {replicas: 9, strategy: {type: Recreate, $patch: replace}}\n"},
		{"{kind: Deployment}", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: any}\nspec:\n  template:\n    spec:\n" +
			"      volumes: [{name: patched, emptyDir: {}}]\n      tolerations: [{key: a, operator: Exists}]\n"},
		{"{kind: PodDisruptionBudget}", "$patch: delete\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: any}\n"},
		{"{kind: Service}", "apiVersion: v1\nkind: Service\nmetadata: {name: any, labels: {patched: x}}\n" +
			"spec: {sessionAffinity: ClientIP}\n"},
	}
}

func (g *generator) patches() *yaml.Node {
	all := slices.DeleteFunc(patches(), func(p patch) bool { return g.renamed && strings.Contains(p.text, "CONTAINER") })
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	out := list()
	chosen := all[:1+g.IntN(3)]
	for _, p := range chosen {
		o := newObject()
		text := strings.TrimPrefix(g.expand(p.text), "\n")
		if g.chance(50) {
			o.set("patch", g.text(text))
		} else {
			o.set("path", plain(g.file(pick(g, "patches/p#.yaml", "p#.json", "deployment#.yaml"), text)))
		}
		if p.target != "" {
			o.set("target", parsed(g.expand(p.target)))
		}
		if g.chance(15) {
			// Never true for names: a patch of several objects would name them alike.
			o.set("options", fields("allowNameChange", parsed("false"), "allowKindChange", g.boolean()))
		}
		out.Content = append(out.Content, o.Node)
	}
	return g.byName(out, func(i int) string { return fmt.Sprintf("p-%d", slices.Index(patches(), chosen[i])) })
}

// components are templates of what a component's kustomization holds.
func components() []string {
	return []string{
		"resources: [object.yaml]\n",
		"patches:\n  - path: patch.yaml\n    target: {kind: Deployment}\n",
		"patches:\n  - patch: |-\n      - op: add\n        path: /spec/revisionHistoryLimit\n        value: 3\n" +
			"    target: {kind: Deployment, name: TARGET}\n",
		"configMapGenerator:\n  - {name: NAME, literals: [a=1, 'b=\"TWO\"'], files: [data/text.txt]}\n",
		"secretGenerator:\n  - {name: NAME, literals: [token=secret], options: {disableNameSuffixHash: true}}\n",
		"images:\n  - {name: REPO, newTag: component}\n  - {name: REPO, newName: reg.io/other}\n",
		"replicas:\n  - {name: TARGET, count: 4}\n",
		"labels:\n  - {pairs: {from: component}, includeTemplates: true}\n",
		"commonAnnotations: {component: \"1.10\"}\n",
		"commonLabels: {common: component}\n",
		"patchesStrategicMerge:\n  - |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: TARGET}\n    spec: " +
			"{progressDeadlineSeconds: 1000}\n",
		"components: [nested]\n",
		"replacements:\n  - source: {kind: Deployment, name: TARGET, fieldPath: metadata.name}\n    targets:\n" +
			"      - select: {kind: Deployment, name: TARGET}\n        fieldPaths: [\"metadata.annotations.[example.com/name]\"]\n" +
			"        options: {create: true}\n",
	}
}

func (g *generator) components() *yaml.Node {
	out := list()
	for range 1 + g.IntN(2) {
		dir := fmt.Sprintf(pick(g, "components/c%d", "c%d", "deep/er/c-%d"), g.next())
		put := func(name, content string) { g.files[dir+"/"+name] = []byte(content) }
		const head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
		all := components()
		g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		kustomization := head
		for _, part := range all[:1+g.IntN(4)] {
			if field, _, _ := strings.Cut(part, ":"); !strings.Contains(kustomization, "\n"+field+":") {
				kustomization += part
			}
		}
		put("kustomization.yaml", g.expand(kustomization))
		put("object.yaml", g.expand(pick(g, objects()[4], objects()[7], objects()[0])))
		put("patch.yaml", g.expand("- {op: add, path: /spec/paused, value: true}\n"))
		put("data/text.txt", g.value())
		put("nested/kustomization.yaml", head+"resources: [object.yaml]\n")
		put("nested/object.yaml", g.expand(objects()[1]))
		out.Content = append(out.Content, plain(pick(g, dir, "./"+dir, dir+"/")))
	}
	return g.byName(out, func(int) string { return fmt.Sprintf("c-%d", g.next()) })
}
