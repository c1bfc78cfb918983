package diff_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func TestObjects(t *testing.T) {
	const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a-config-fhk8t6h5tc}\n"
	for _, x := range []struct {
		name, a, b string
		places     bool
		want       []string
	}{
		{"nothing", configMap, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a-config-fhk8t6h5tc\n", false, nil},
		{"added and removed", configMap + "data: {A: b}\n", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n", false,
			[]string{"- configmap/a-config-fhk8t6h5tc", "+ service/a"}},
		{"another hash", configMap + "data: {A: b}\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a-config-gf5mgkc464}\ndata: {A: c, D: \"\"}\n", false,
			[]string{"  configmap/a-config", "-     data.A: b", "+     data.A: c", `+     data.D: ""`}},
		{"lists by name", "kind: Deployment\nmetadata: {name: a}\nspec: {c: [{name: x, image: i}, {name: y}]}\n",
			"kind: Deployment\nmetadata: {name: a}\nspec: {c: [{name: y}, {name: z}, {name: x, image: j}]}\n", false,
			[]string{"  deployment/a", "-     spec.c[x].image: i", "+     spec.c[x].image: j", "      spec.c[z]:", "+       name: z"}},
		{"order", "kind: A\nmetadata: {name: a}\nspec: {c: [{name: x}, {name: y}]}\n",
			"kind: A\nmetadata: {name: a}\nspec: {c: [{name: y}, {name: x}]}\n", false,
			[]string{"  a/a", "      spec.c:", "-       - name: x", `        - name: "y"`, "+       - name: x"}},
		{"lists of texts, keys with dots", "kind: A\nmetadata: {name: a, annotations: {x.y/z: \"1\"}}\nspec: {c: [a, b]}\n",
			"kind: A\nmetadata: {name: a, annotations: {x.y/z: \"2\"}}\nspec: {c: [a, c]}\n", false,
			[]string{"  a/a", "-     metadata.annotations[x.y/z]: 1", "+     metadata.annotations[x.y/z]: 2", "      spec.c:",
				"        - a", "-       - b", "+       - c"}},
		{"text of several lines", configMap + "data: {f: \"a\\nb\\nc\\n\"}\n", configMap + "data: {f: \"a\\nx\\nc\\n\"}\n", false,
			[]string{"  configmap/a-config", "      data.f:", "        a", "-       b", "+       x", "        c"}},
		{"secrets", "kind: Secret\nmetadata: {name: a}\ndata: {A: xyzzy, B: plugh}\n",
			"kind: Secret\nmetadata: {name: a}\ndata: {A: xyzzy, B: frotz}\nstringData: {C: plover}\n", false,
			[]string{"  secret/a", "-     data.B: *** (before)", "+     data.B: *** (after)", "      stringData:", "+       C: '***'"}},
		{"sealed secrets", "kind: SealedSecret\nmetadata: {name: a}\nspec: {encryptedData: {A: xyzzy}}\n",
			"kind: SealedSecret\nmetadata: {name: a}\nspec: {encryptedData: {A: frotz}}\n", false,
			[]string{"  sealedsecret/a", "-     spec.encryptedData.A: *** (before)", "+     spec.encryptedData.A: *** (after)"}},
		{"environments", "kind: A\nmetadata: {name: a, namespace: x}\nref: c-fhk8t6h5tc\n---\n" +
			strings.ReplaceAll(configMap, "a-config", "c"), "kind: A\nmetadata: {name: a, namespace: y}\nref: c-gf5mgkc464\n---\n" +
			strings.ReplaceAll(configMap, "a-config-fhk8t6h5tc", "c-gf5mgkc464"), true, nil},
		{"a selector", "kind: Deployment\nmetadata: {name: a}\nspec: {selector: {matchLabels: {a: b}}}\n",
			"kind: Deployment\nmetadata: {name: a}\nspec: {selector: {matchLabels: {a: c}}}\n", false,
			[]string{"  deployment/a", "! spec.selector of deployment/a can't be changed: Argo CD's sync will fail until the object is " +
				"deleted, or has Replace=true,Force=true in its sync options", "-     spec.selector.matchLabels.a: b",
				"+     spec.selector.matchLabels.a: c"}},
		{"a claim template", "kind: StatefulSet\nmetadata: {name: a}\nspec: {replicas: 1, volumeClaimTemplates: [{s: 1}]}\n",
			"kind: StatefulSet\nmetadata: {name: a}\nspec: {replicas: 2, volumeClaimTemplates: [{s: 2}]}\n", false,
			[]string{"  statefulset/a", "! spec.volumeClaimTemplates of statefulset/a can't be changed: Argo CD's sync will fail until " +
				"the object is deleted, or has Replace=true,Force=true in its sync options",
				"-     spec.replicas: 1", "+     spec.replicas: 2", "-     spec.volumeClaimTemplates[0].s: 1",
				"+     spec.volumeClaimTemplates[0].s: 2"}},
		{"a Job that Argo CD replaces", "kind: Job\nmetadata: {name: a, annotations: {argocd.argoproj.io/sync-options: " +
			"\"Force=true,Replace=true\"}}\nspec: {template: {a: 1}}\n",
			"kind: Job\nmetadata: {name: a, annotations: {argocd.argoproj.io/sync-options: \"Force=true,Replace=true\"}}\n" +
				"spec: {template: {a: 2}}\n", false,
			[]string{"  job/a", "-     spec.template.a: 1", "+     spec.template.a: 2"}},
		{"another kind", "kind: Deployment\nmetadata: {name: a}\n", "kind: StatefulSet\nmetadata: {name: a}\n", false,
			[]string{"- deployment/a", "! deployment/a turns into a StatefulSet: its pods are deleted before the new ones run",
				"+ statefulset/a"}},
		{"a claim that goes", "kind: PersistentVolumeClaim\nmetadata: {name: a}\n---\n" + configMap, configMap, false,
			[]string{"- persistentvolumeclaim/a", "! persistentvolumeclaim/a goes, and its data with it, unless Prune=false keeps it"}},
		{"marked immutable, another namespace", "kind: ConfigMap\nimmutable: true\nmetadata: {name: a, namespace: x}\ndata: {A: b}\n",
			"kind: ConfigMap\nimmutable: true\nmetadata: {name: a, namespace: y}\ndata: {A: c}\n", false,
			[]string{"  configmap/a", "! data of configmap/a can't be changed: the object is marked immutable",
				"! configmap/a moves to another namespace: it is deleted and made anew",
				"-     data.A: b", "+     data.A: c", "-     metadata.namespace: x", "+     metadata.namespace: y"}},
	} {
		got := diff.Lines(diff.Comparison{Places: x.places}.Objects(read(t, x.a), read(t, x.b)))
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, d)
		}
	}
}

func read(t *testing.T, manifests string) []*value.Value {
	t.Helper()
	docs, diags := value.ReadAll("", []byte(manifests))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return docs
}
