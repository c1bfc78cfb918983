package descriptor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// effective returns an app without a mistake.
func effective(t *testing.T, src, env string, o descriptor.Options) *descriptor.App {
	t.Helper()
	doc, diags := descriptor.Parse("app.yaml", []byte(src))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	app, diags := doc.Effective(env, o)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return app
}

// summary returns what tests about layers look at: of each workload its image,
// count, ports, variables and limits.
func summary(t *testing.T, app *descriptor.App) string {
	t.Helper()
	var b strings.Builder
	if app.Config != nil {
		fmt.Fprintf(&b, "config%s ", flat(t, app.Config))
	}
	for _, w := range app.Workloads {
		if w.Key != "" {
			fmt.Fprintf(&b, "%s: ", w.Key)
		}
		b.WriteString(w.Image.Text)
		if w.Replicas != nil {
			b.WriteString(" x" + w.Replicas.Text)
		}
		for _, p := range w.Ports {
			fmt.Fprintf(&b, " %s=%d>%d", p.Name, p.Port, p.Target)
		}
		for _, v := range w.Env {
			fmt.Fprintf(&b, " %s%s", v.Name, flat(t, v.Source))
		}
		for _, x := range []*value.Value{w.Resources, w.Command, w.Probes, w.Config, w.Labels} {
			if x != nil {
				b.WriteString(" " + flat(t, x))
			}
		}
		b.WriteString("; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// flat returns a value on one line.
func flat(t *testing.T, v *value.Value) string {
	t.Helper()
	switch {
	case v.Is(value.Map):
		var parts []string
		for _, e := range v.Entries {
			parts = append(parts, e.Key+":"+flat(t, e.Value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case v.Is(value.List):
		var parts []string
		for _, item := range v.Items {
			parts = append(parts, flat(t, item))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return v.Text
}

// TestLayers holds each rule by which layers and forms combine.
func TestLayers(t *testing.T) {
	const bare = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\n"
	for _, tt := range []struct{ name, top, prod, want string }{
		{"a map merges key by key", "image: a\nenv: {A: 1, B: 2}", "env: {B: 3, C: 4}", "a A{value:1} B{value:3} C{value:4}"},
		{"a list is replaced", "image: a\ncommand: [a, b]", "command: [c]", "a [c]"},
		{"a scalar is replaced", "image: a\nreplicas: 1", "replicas: 2", "a x2"},
		{"null deletes a scalar", "image: a\nreplicas: 1", "replicas: null", "a"},
		{"null deletes a key", "image: a\nenv: {A: 1, B: 2}", "env: {A: null}", "a B{value:2}"},
		{"null deletes a map", "image: a\nresources: {limits: {cpu: 1}, requests: {cpu: 1}}", "resources: {limits: null}",
			"a {requests:{cpu:1}}"},
		{"source text stays", "image: a\ntag: 1.10\nconfig: {PORT: 0x1F, A: 1_000}", "", "config{PORT:0x1F A:1_000} a:1.10"},
		{"the order is that written", "image: a\nenv: {Z: 1, A: 2}", "env: {M: 3, Z: 4}", "a Z{value:4} A{value:2} M{value:3}"},
		{"what is referred to comes first", "image: a\nenv: {A: $(B)$$(C), C: 1, B: $(C)}", "",
			"a C{value:1} B{value:$(C)} A{value:$(B)$$(C)}"},
		{"forms are completed before they merge", "image: a:v1\nports: {http: 80}",
			"image: {pullPolicy: Always}\nports: {http: {target: 8080}}", "a:v1 http=80>8080"},
		{"the short form is of its own layer", "image: a\nport: 80", "ports: {http: {target: 8080}}", "a http=80>8080"},
		{"a variable's source is replaced whole", "image: a\nenv: {A: text}", "env: {A: {secret: db/a}}", "a A{secret:{name:db key:a}}"},
		{"and so back", "image: a\nenv: {A: {secret: db/a}}", "env: {A: text}", "a A{value:text}"},
		{"the same source merges", "image: a\nenv: {A: {secret: db/a}}", "env: {A: {secret: {key: b, optional: true}}}",
			"a A{secret:{name:db key:b optional:true}}"},
		{"a probe's handler is replaced whole", "image: a\nport: 80\nprobes: {liveness: {httpGet: {path: /a}, periodSeconds: 5}}",
			"probes: {liveness: {exec: {command: [b]}}}",
			"a http=80>80 {liveness:{periodSeconds:5 exec:{command:[b]}}}"},
		{"an image with a tag resets tag and digest", "image: a:v1@sha256:" + zeros, "image: b:v2", "b:v2"},
		{"an image with a digest resets both", "image: a:v1", "image: b@sha256:" + zeros, "b@sha256:" + zeros},
		{"an image with neither keeps them", "image: a:v1", "image: b", "b:v1"},
		{"a tag drops the digest below", "image: a@sha256:" + zeros, "tag: v2", "a:v2"},
		{"false takes away", "image: a\nport: 80\nprobes: /health", "probes: false", "a http=80>80"},
		{"true brings back defaults", "image: a\ndisruption: false", "disruption: true", "a"},
		{"workloads inherit", "image: a\nreplicas: 2\nworkloads: {web: {port: 80}, job: {replicas: 1}}", "",
			"web: a x2 http=80>80; job: a x1"},
		{"a workload deletes what it inherits", "image: a\nenv: {A: 1, B: 2}\nworkloads: {web: {env: {A: null}}, job: {}}", "",
			"web: a B{value:2}; job: a A{value:1} B{value:2}"},
		{"an environment changes what all inherit", "image: a\nworkloads: {web: {}, job: {image: b}}", "tag: v2", "web: a:v2; job: b:v2"},
		{"an environment changes one workload", "image: a:v1\nworkloads: {web: {}, job: {}}", "workloads: {web: {tag: v2}}",
			"web: a:v2; job: a:v1"},
		{"an environment takes a workload away", "image: a\nworkloads: {web: {}, job: {}}", "workloads: {job: null}", "web: a"},
		{"and adds one", "image: a\nworkloads: {web: {}}", "workloads: {job: {command: [b]}}", "web: a; job: a [b]"},
		{"config at the top is shared, a workload's its own", "image: a\nconfig: {A: 1}\nworkloads: {web: {config: {B: 2}}, job: {}}",
			"config: {A: 3}", "config{A:3} web: a {B:2}; job: a"},
		{"an empty environment", "image: a", "", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := bare + tt.top + "\nenvironments:\n  prod:\n"
			for line := range strings.Lines(tt.prod) {
				src += "    " + line
			}
			app := effective(t, src+"\n", "prod", descriptor.Options{})
			if diff := cmp.Diff(tt.want, summary(t, app)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// TestDefaults holds the order of the layers below a descriptor and above it.
func TestDefaults(t *testing.T) {
	defaults, diags := descriptor.ReadDefaults("platform.yaml",
		[]byte("replicas: 1\nconfig: {A: all, B: all, C: all, D: all}\nenvironments:\n  prod: {config: {B: env, C: env, D: env}}\n"+
			"  dev: {}\n"))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	config := func(key, text string) descriptor.Override {
		return descriptor.Override{Name: "config", Key: key, Text: text, Pos: diag.Pos{File: "x"}}
	}
	o := descriptor.Options{Defaults: defaults, Overrides: descriptor.Overrides{config("E", "param")}}
	for _, tt := range []struct{ name, src, want string }{
		{"none of its own", head, "config{A:all B:env C:env D:env E:param} ghcr.io/team/shop:v1 x1"},
		{"over each other", head + "config: {C: top, D: top, E: top}\nenvironments: {prod: {config: {D: own}}}\n",
			"config{A:all B:env C:top D:own E:param} ghcr.io/team/shop:v1 x1"},
		{"none at all", head + "defaults: none\n", "config{E:param} ghcr.io/team/shop:v1"},
		{"none in another environment", head + "environments: {prod: {}, dev: {defaults: none}}\n",
			"config{A:all B:env C:env D:env E:param} ghcr.io/team/shop:v1 x1"},
		{"none at the top, all in this one", head + "defaults: none\nenvironments: {prod: {defaults: null}}\n",
			"config{A:all B:env C:env D:env E:param} ghcr.io/team/shop:v1 x1"},
		{"a null deletes a default", head + "replicas: null\nconfig: {A: null}\n",
			"config{B:env C:env D:env E:param} ghcr.io/team/shop:v1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, summary(t, effective(t, tt.src, "prod", o))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEnvironments(t *testing.T) {
	defaults := builtin(t)
	for src, want := range map[string]string{
		head:                                  "dev staging prod",
		head + "environments: {b: {}, a: }\n": "b a",
		head + "environments: {}\n":           "dev staging prod",
	} {
		doc, diags := descriptor.Parse("app.yaml", []byte(src))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		if got := strings.Join(doc.Environments(defaults), " "); got != want {
			t.Errorf("%q: got %s, want %s", src, got, want)
		}
	}
}

// TestOverrides holds what lies over a descriptor.
func TestOverrides(t *testing.T) {
	const several = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: a:v1\nenvironments: {prod: {}}\n" +
		"workloads: {web: {replicas: 2}, job: {}}\n"
	given := func(name, text string) descriptor.Override {
		return descriptor.Override{Name: name, Text: text, Pos: diag.Pos{File: "x"}}
	}
	for _, tt := range []struct {
		name, src string
		over      descriptor.Overrides
		want      string
	}{
		{"tag", head, descriptor.Overrides{given("tag", "v2")}, "ghcr.io/team/shop:v2"},
		{"image", head, descriptor.Overrides{given("image", "b@sha256:"+zeros)}, "b@sha256:" + zeros},
		{"image and tag", head, descriptor.Overrides{given("image", "b:v2"), given("tag", "v3")}, "b:v3"},
		{"image without a tag", head, descriptor.Overrides{given("image", "b/b")}, "b/b:v1"},
		{"replicas", head, descriptor.Overrides{given("replicas", "7")}, "ghcr.io/team/shop:v1 x7"},
		{"no replicas", head, descriptor.Overrides{given("replicas", "0")}, "ghcr.io/team/shop:v1 x0"},
		{"a tag for all", several, descriptor.Overrides{given("tag", "v2")}, "web: a:v2 x2; job: a:v2"},
		{"a tag for one", several, descriptor.Overrides{given("tag", "job=v2")}, "web: a:v1 x2; job: a:v2"},
		{"for each its own", several, descriptor.Overrides{given("tag", "job=v2, web=v3"), given("replicas", "job=4")},
			"web: a:v3 x2; job: a:v2 x4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := tt.src
			if src == head {
				src += "environments: {prod: {}}\n"
			}
			if diff := cmp.Diff(tt.want, summary(t, effective(t, src, "prod", descriptor.Options{Overrides: tt.over}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamespace(t *testing.T) {
	const src = head + "environments: {prod: {}}\n"
	for _, tt := range []struct{ src, argocd, want string }{
		{src, "", "shop-prod"}, {src, "team", "team"}, {src + "namespace: own\n", "", "own"}, {src + "namespace: own\n", "own", "own"},
	} {
		if got := effective(t, tt.src, "prod", descriptor.Options{ArgoCDNamespace: tt.argocd}).Namespace.Name; got != tt.want {
			t.Errorf("%q in %q: got %s, want %s", tt.src, tt.argocd, got, tt.want)
		}
	}
}

// TestMultiDependsOnTheTopLevel holds names apart from how many workloads are
// left in an environment.
func TestMultiDependsOnTheTopLevel(t *testing.T) {
	app := effective(t, head+"workloads: {web: {}, job: {}}\nenvironments: {prod: {workloads: {job: null}}}\n", "prod",
		descriptor.Options{})
	if len(app.Workloads) != 1 || app.Workloads[0].Name != "shop-web" || !app.Multi {
		t.Errorf("got %d workloads, named %q", len(app.Workloads), app.Workloads[0].Name)
	}
}
