package descriptor_test

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
)

const head = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/team/shop:v1\n"

func seeds() []string {
	return []string{
		"", "a: b", "runtime: go", head,
		head + "port: 80\nprobes: /health\nservice: false\nreplicas: 3\n",
		head + "ports: {http: 80, admin: {port: 9090, expose: false}}\nservice: {headless: true}\nprobes: {liveness: {grpc: {}}}\n",
		head + "env: {A: $(B), B: {secret: a/b}, C: {configMap: {name: a, key: b}}, D: {field: status.podIP}, E: {resource: limits.cpu}}\n",
		head + "config: {A: b}\nfiles: {/a: b, /c: {from: d, mode: 0400}}\n",
		head + "workloads: {web: {port: 80, env: {A: null}}, worker: {command: [a], image: x}}\nenv: {A: b}\n",
		head + "environments: {dev: , prod: {tag: v2, config: {A: null}, port: null, workloads: {web: null}}}\n",
		head + "security: {level: none, pod: {runAsUser: 1}}\ndisruption: false\nnamespace: {name: a, create: true}\ndefaults: none\n",
		head + "manifests: [a.yaml, {apiVersion: v1, kind: X, metadata: {name: x}}]\npatches: [{path: a}, {patch: b}]\ncomponents: [c]\n",
		head + "environments: {dev: {defaults: null, resources: {limits: {cpu: 1}}}, prod: {workloads: {}}}\ndefaults: none\n",
	}
}

func builtin(t testing.TB) descriptor.Defaults {
	t.Helper()
	defaults, diags := descriptor.Builtin()
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return defaults
}

// placed wants each mistake to have a place in the file or in what is over it.
func placed(t *testing.T, diags diag.List) {
	t.Helper()
	for _, d := range diags {
		if d.Pos.File == "" || d.Pos.File == "app.yaml" && (d.Pos.Line < 1 || d.Pos.Col < 1) {
			t.Errorf("%q has no place", d)
		}
		if d.Code == "" || d.Message == "" {
			t.Errorf("%+v says nothing", d)
		}
	}
}

// FuzzParse reads anything as a descriptor, and as defaults below one.
func FuzzParse(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, diags := descriptor.Parse("app.yaml", src)
		placed(t, diags)
		if doc == nil && !diags.HasErrors() {
			t.Error("neither a descriptor nor a reason why")
		}
		if doc != nil && !descriptor.IsDescriptor(src) {
			t.Error("a descriptor that is not discovered")
		}
		_, diags = descriptor.ReadDefaults("app.yaml", src)
		placed(t, diags)
	})
}

// FuzzLayer takes a descriptor to all environments, with overrides over it.
func FuzzLayer(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s), "", "", "", "", "")
		f.Add([]byte(s), "web=v2", "x:1@sha256:0", "3", "ns", "KEY")
	}
	f.Fuzz(func(t *testing.T, src []byte, tag, image, replicas, namespace, key string) {
		doc, _ := descriptor.Parse("app.yaml", src)
		if doc == nil {
			return
		}
		given := func(name, text string) descriptor.Override {
			return descriptor.Override{Name: name, Text: text, Pos: diag.Pos{File: name}}
		}
		o := descriptor.Options{Defaults: builtin(t), ArgoCDNamespace: namespace}
		o.Overrides = descriptor.Overrides{given("tag", tag), given("image", image), given("replicas", replicas),
			given("namespace", namespace)}
		if key != "" {
			config := given("config", key)
			config.Key = key
			o.Overrides = append(o.Overrides, config)
		}
		doc.Base(o)
		for _, env := range doc.Environments(o.Defaults) {
			app, diags := doc.Effective(env, o)
			placed(t, diags)
			if app == nil {
				t.Errorf("no app in %q, which is listed", env)
			}
		}
	})
}
