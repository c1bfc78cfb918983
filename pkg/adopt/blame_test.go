package adopt

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/fold"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestBlame holds which objects a mistake in a field keeps as they are.
func TestBlame(t *testing.T) {
	const src = `name: shop
workloads:
  web:
    image: x
    ingress: {host: a, paths: {/: 80}}
  api: {image: y}
environments:
  dev:
    workloads: {web: {ingress: b}}
`
	d, _ := value.Read("app.yaml", []byte(src))
	for name, tt := range map[string]struct {
		line, col int
		want      string
	}{
		"the object of the field": {5, 21, "dev/ingress/web prod/ingress/web"},
		"in one environment":      {9, 31, "dev/ingress/web"},
		"what runs the pods":      {4, 12, "dev/deployment/web prod/deployment/web"},
		"of one workload":         {6, 17, "dev/deployment/api prod/deployment/api"},
		"of any":                  {1, 7, "dev/deployment/api dev/deployment/web prod/deployment/api prod/deployment/web"},
	} {
		a := &attempt{raw: map[string]map[object.ID]bool{}, accepted: map[string]bool{}}
		b := blame{attempt: a, written: d, keys: map[string]map[object.ID]string{}, fields: map[string]map[object.ID]bool{}}
		for _, env := range []string{"dev", "prod"} {
			a.envs = append(a.envs, fold.Environment{Name: env})
			a.raw[env], b.fields[env], b.keys[env] = map[object.ID]bool{}, map[object.ID]bool{}, map[object.ID]string{}
			for _, id := range []object.ID{{Kind: "Deployment", Name: "web"}, {Kind: "Ingress", Name: "web"},
				{Kind: "Deployment", Name: "api"}} {
				b.fields[env][id], b.keys[env][id] = true, id.Name
			}
		}
		mistake := diag.List{{Pos: diag.Pos{File: "app.yaml", Line: tt.line, Col: tt.col}}}
		if !b.all("dev", mistake) {
			t.Errorf("%s: nothing is marked", name)
		}
		var got []string
		for env, ids := range a.raw {
			for id := range ids {
				got = append(got, env+"/"+id.String())
			}
		}
		set := map[string]bool{}
		for _, x := range got {
			set[x] = true
		}
		if d := cmp.Diff(tt.want, strings.Join(slices.Sorted(maps.Keys(set)), " ")); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	a := &attempt{accepted: map[string]bool{}}
	b := blame{attempt: a}
	finding := diag.List{{Rule: true, Code: "invalid-image"}, {Severity: diag.Warning, Rule: true, Code: "other"}}
	if !b.all("dev", finding) || b.all("dev", finding) || !a.accepted["invalid-image"] || a.accepted["other"] {
		t.Errorf("accepted are %v", a.accepted)
	}
}

// TestAppNames holds what apps are called.
func TestAppNames(t *testing.T) {
	group := func(ns, name string) []fold.Environment {
		v, _ := value.Read("", []byte("{apiVersion: apps/v1, kind: Deployment, metadata: {name: "+name+", namespace: "+ns+"}}"))
		return []fold.Environment{{Name: "prod", Objects: []*value.Value{v}}}
	}
	sources := []Source{{Env: "prod", Path: "/x/My--Shop/k8s/overlays/prod"}}
	for name, tt := range map[string]struct {
		groups [][]fold.Environment
		given  string
		want   string
	}{
		"the only workload":        {[][]fold.Environment{group("a", "web")}, "", "web"},
		"the given name":           {[][]fold.Environment{group("a", "web")}, "shop", "shop"},
		"namespaces":               {[][]fold.Environment{group("a", "web"), group("b", "web")}, "", "a b"},
		"below the given name":     {[][]fold.Environment{group("shop-a", "web"), group("b", "web")}, "shop", "shop-a shop-b"},
		"workloads of a namespace": {[][]fold.Environment{group("a", "web"), group("a", "api"), {{Name: "prod"}}}, "", "web api my-shop"},
		"each another":             {[][]fold.Environment{group("a", "web"), group("a", "web")}, "", "web web-2"},
	} {
		if got := strings.Join(appNames(tt.groups, sources, Options{Name: tt.given}), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
