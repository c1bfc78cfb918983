package fold_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/fold"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// environment reads objects, one in a line.
func environment(t *testing.T, name, objects string) fold.Environment {
	t.Helper()
	out := fold.Environment{Name: name}
	for line := range strings.Lines(objects) {
		v, diags := value.Read("", []byte(line))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		out.Objects = append(out.Objects, v)
	}
	return out
}

// told returns the objects of groups, each as ENVIRONMENT KIND/NAME….
func told(groups [][]fold.Environment) [][]string {
	var out [][]string
	for _, g := range groups {
		var list []string
		for _, e := range g {
			text := e.Name
			for _, v := range e.Objects {
				text += " " + object.Object{Value: v}.ID().String()
			}
			list = append(list, text)
		}
		out = append(out, list)
	}
	return out
}

// TestByNamespace holds which namespaces of different environments belong together.
func TestByNamespace(t *testing.T) {
	const config = "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME, namespace: NS}}\n"
	of := func(name, ns string) string { return strings.NewReplacer("NAME", name, "NS", ns).Replace(config) }
	binding := "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, " +
		"subjects: [{kind: ServiceAccount, name: x, namespace: jobs}]}\n"
	namespace := "{apiVersion: v1, kind: Namespace, metadata: {name: jobs}}\n"
	for name, tt := range map[string]struct {
		dev, prod string
		want      [][]string
	}{
		"one in each": {of("a", "dev"), of("a", "prod"), [][]string{{"dev configmap/a", "prod configmap/a"}}},
		"the same names": {of("a", "web") + of("b", "jobs"), of("c", "jobs") + of("d", "web"),
			[][]string{{"dev configmap/a", "prod configmap/d"}, {"dev configmap/b", "prod configmap/c"}}},
		"the same objects": {of("a", "web-dev") + of("b", "jobs-dev"), of("b", "jobs-prod") + of("a", "web-prod"),
			[][]string{{"dev configmap/a", "prod configmap/a"}, {"dev configmap/b", "prod configmap/b"}}},
		"one of them more": {of("a", "web"), of("a", "web") + of("b", "jobs") + namespace,
			[][]string{{"dev configmap/a", "prod configmap/a"}, {"prod configmap/b namespace/jobs"}}},
		"without a namespace": {of("a", "web") + of("c", "web") + of("b", "jobs") + binding, of("a", "web"),
			[][]string{{"dev configmap/a configmap/c", "prod configmap/a"}, {"dev configmap/b clusterrolebinding/b"}}},
	} {
		got := told(fold.ByNamespace([]fold.Environment{environment(t, "dev", tt.dev), environment(t, "prod", tt.prod)}))
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestByWorkload holds what belongs to a workload, and what keeps workloads together.
func TestByWorkload(t *testing.T) {
	run := func(name, spec string) string {
		return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: " + name + "}, spec: {template: {metadata: {labels: {app: " +
			name +
			"}}, spec: {" + spec + "}}}}\n"
	}
	web, api := run("web", "serviceAccountName: web"), run("api", "")
	service := "{apiVersion: v1, kind: Service, metadata: {name: front, labels: {x: y}}, spec: {selector: {app: web}}}\n"
	for name, tt := range map[string]struct {
		objects string
		want    [][]string
	}{
		"selectors and references": {web + api + service +
			"{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {rules: [{http: {paths: [{backend: {service: " +
			"{name: front}}}]}}]}}\n" +
			"{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: m}, spec: {selector: {matchLabels: {x: y}}}}\n" +
			"{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {scaleTargetRef: {kind: Deployment, " +
			"name: api}}}\n" +
			"{apiVersion: v1, kind: ServiceAccount, metadata: {name: web}}\n" +
			"{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: rb}, roleRef: {kind: Role, name: r}, " +
			"subjects: " +
			"[{kind: ServiceAccount, name: web}]}\n" +
			"{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}}\n" +
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: of-none}}\n",
			[][]string{
				{"prod deployment/web service/front ingress/i servicemonitor/m serviceaccount/web rolebinding/rb role/r"},
				{"prod deployment/api horizontalpodautoscaler/h"},
				{"prod configmap/of-none"},
			}},
		"what they share": {run("web", "volumes: [{configMap: {name: c}}]") + run("api", "volumes: [{configMap: {name: c}}]") +
			run("db", "") +
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n",
			[][]string{{"prod deployment/web deployment/api configmap/c"}, {"prod deployment/db"}}},
		"a name in a variable binds nothing": {run("web", "containers: [{env: [{name: A, value: api}]}]") + api,
			[][]string{{"prod deployment/web"}, {"prod deployment/api"}}},
	} {
		got := told(fold.ByWorkload([]fold.Environment{environment(t, "prod", tt.objects)}))
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
