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
				"deleted, or has Replace=true,Force=true in its sync options; write the old labels under selector to keep it",
				"-     spec.selector.matchLabels.a: b",
				"+     spec.selector.matchLabels.a: c"}},
		{"a claim template", "kind: StatefulSet\nmetadata: {name: a}\nspec: {replicas: 1, volumeClaimTemplates: [{s: 1}]}\n",
			"kind: StatefulSet\nmetadata: {name: a}\nspec: {replicas: 2, volumeClaimTemplates: [{s: 2}]}\n", false,
			[]string{"  statefulset/a", "! spec.volumeClaimTemplates of statefulset/a can't be changed: Argo CD's sync will fail until " +
				"the object is deleted, or has Replace=true,Force=true in its sync options; keep the old value to avoid that",
				"-     spec.replicas: 1", "+     spec.replicas: 2", "-     spec.volumeClaimTemplates[0].s: 1",
				"+     spec.volumeClaimTemplates[0].s: 2"}},
		{"a Job that Argo CD replaces", "kind: Job\nmetadata: {name: a, annotations: {argocd.argoproj.io/sync-options: " +
			"\"Force=true,Replace=true\"}}\nspec: {template: {a: 1}}\n",
			"kind: Job\nmetadata: {name: a, annotations: {argocd.argoproj.io/sync-options: \"Force=true,Replace=true\"}}\n" +
				"spec: {template: {a: 2}}\n", false,
			[]string{"  job/a", "! job/a is deleted and made anew, and runs again: write it under hooks if it is to run with each sync",
				"-     spec.template.a: 1", "+     spec.template.a: 2"}},
		{"another kind", "kind: Deployment\nmetadata: {name: a}\n", "kind: StatefulSet\nmetadata: {name: a}\n", false,
			[]string{"- deployment/a", "! deployment/a turns into a StatefulSet: its pods are deleted before the new ones run, " +
				"unless it stays a Deployment",
				"+ statefulset/a"}},
		{"a claim that goes", "kind: PersistentVolumeClaim\nmetadata: {name: a}\n---\n" + configMap, configMap, false,
			[]string{"- persistentvolumeclaim/a", "! persistentvolumeclaim/a goes, and its data with it, unless Prune=false keeps it"}},
		{"marked immutable, another namespace", "kind: ConfigMap\nimmutable: true\nmetadata: {name: a, namespace: x}\ndata: {A: b}\n",
			"kind: ConfigMap\nimmutable: true\nmetadata: {name: a, namespace: y}\ndata: {A: c}\n", false,
			[]string{"  configmap/a", "! data of configmap/a can't be changed: the object is marked immutable; give the new one another " +
				"name",
				"! configmap/a moves to another namespace: it is deleted and made anew, unless namespace stays what it was",
				"-     data.A: b", "+     data.A: c", "-     metadata.namespace: x", "+     metadata.namespace: y"}},
	} {
		got := diff.Lines(diff.Comparison{Places: x.places}.Objects(read(t, x.a), read(t, x.b)))
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, d)
		}
	}
}

// TestRecreated holds which objects are said to be deleted and made anew, and how that is avoided.
func TestRecreated(t *testing.T) {
	const (
		shop = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop, labels: {app: shop}}\nspec: {replicas: 3, selector: " +
			"{matchLabels: {app: shop}}, template: {spec: {containers: [{name: shop, image: i, ports: [{containerPort: 80}]}]}}}\n"
		config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop-config-fhk8t6h5tc}\ndata: {A: b}\n"
		claim  = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: shop-data}\nspec: {size: 1}\n"
		job    = "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: shop-nightly}\nspec: {schedule: a}\n"
		hook   = "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: shop-migrate, annotations: {argocd.argoproj.io/hook: Sync}}\n"
	)
	to := func(name string, text string) string { return strings.ReplaceAll(text, "shop", name) }
	for _, x := range []struct {
		name, a, b string
		grown      []string
		want       []string
		recreated  []string
	}{
		{"an app that grows", shop + claim, to("shop-web", shop+claim), []string{"worker", "web"},
			[]string{"deployment/shop is deleted and made anew as deployment/shop-web: write main: web at the top level to keep the " +
				"names of the first workload",
				"persistentvolumeclaim/shop-data goes, and its data with it, unless Prune=false keeps it",
				"persistentvolumeclaim/shop-data is deleted and made anew as persistentvolumeclaim/shop-web-data: write main: web at " +
					"the top level to keep the names of the first workload"},
			[]string{"deployment/shop", "persistentvolumeclaim/shop-data"}},
		{"another name", shop, to("store", shop), []string{"web"},
			[]string{"deployment/shop is deleted and made anew as deployment/store: write the old name under names, and the old labels " +
				"under selector, to keep it"}, []string{"deployment/shop"}},
		{"something quite different", shop, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: db}\nspec: {replicas: 1}\n", nil,
			[]string{"deployment/shop goes, and its pods with it: write replicas: 0 to keep it without pods"}, nil},
		{"generated objects and hooks", shop + config + hook, shop + to("store", config+hook), nil, nil, nil},
		{"a job that goes", shop + job, shop, nil, nil, nil},
		{"a job of another name", shop + job, shop + to("store", job), nil,
			[]string{"cronjob/shop-nightly is deleted and made anew as cronjob/store-nightly: write the old name under names " +
				"to keep it"}, []string{"cronjob/shop-nightly"}},
		{"another kind", shop, strings.ReplaceAll(shop, "Deployment", "StatefulSet"), nil,
			[]string{"deployment/shop turns into a StatefulSet: its pods are deleted before the new ones run, unless it stays a " +
				"Deployment"},
			[]string{"deployment/shop"}},
		{"sync options", shop, strings.NewReplacer("labels:",
			"annotations: {argocd.argoproj.io/sync-options: \"Replace=true,Force=true\"}, "+
				"labels:", "replicas: 3", "replicas: 4").Replace(shop), nil,
			[]string{"deployment/shop is deleted and made anew: remove Replace=true,Force=true from its sync options to change it in " +
				"place"},
			[]string{"deployment/shop"}},
		{"one of two takes the place", shop + "---\n" + to("other", shop), to("shop-2", shop), nil,
			[]string{"deployment/other goes, and its pods with it: write replicas: 0 to keep it without pods",
				"deployment/shop is deleted and made anew as deployment/shop-2: write the old name under names, and the old " +
					"labels under selector, to keep it"}, []string{"deployment/shop"}},
	} {
		var warnings, recreated []string
		for _, o := range (diff.Comparison{Grown: x.grown}).Objects(read(t, x.a), read(t, x.b)) {
			if warnings = append(warnings, o.Warnings...); o.Recreated {
				recreated = append(recreated, o.String())
			}
		}
		if d := cmp.Diff(x.want, warnings); d != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, d)
		}
		if d := cmp.Diff(x.recreated, recreated); d != "" {
			t.Errorf("%s: made anew (-want +got):\n%s", x.name, d)
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
