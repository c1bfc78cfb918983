package kinds_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
)

// TestTypes holds each row to the kind's published type: where its template is, and
// which fields of the spec it has.
func TestTypes(t *testing.T) {
	for _, k := range kinds.All() {
		typ, ok := types.Lookup(k.APIVersion, k.Name)
		if !ok {
			t.Errorf("there is no %s %s", k.APIVersion, k.Name)
			continue
		}
		template := typ
		for _, key := range k.Template {
			template = template.Below(key)
		}
		// A custom resource has a type of its own for it.
		if name := template.Below("spec").Name(); name != "core/v1.PodSpec" && !template.Below("spec").Below("containers").IsList() {
			t.Errorf("%s has no pods at %s: %s", k.Name, strings.Join(k.Template, "."), name)
		}
		spec := typ.Below("spec")
		for field, has := range map[string]bool{"replicas": k.Replicas, "serviceName": k.Ordinal, "schedule": k.Scheduled,
			"volumeClaimTemplates": k.Ordinal, "updateStrategy": k.Strategy == "updateStrategy", "strategy": k.Strategy == "strategy"} {
			if there := spec.Below(field) != (types.Type{}); there != has {
				t.Errorf("%s has spec.%s: %t, but its row says %t", k.Name, field, there, has)
			}
		}
		for _, path := range slices.Concat(k.Fixed, k.Free) {
			below := typ
			for key := range strings.SplitSeq(path, ".") {
				below = below.Below(key)
			}
			if below == (types.Type{}) {
				t.Errorf("%s has no %s, which its row calls fixed or free", k.Name, path)
			}
		}
	}
}

// TestRows holds what others of the program take for granted.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range kinds.All() {
		if seen[k.Name] {
			t.Errorf("%s has two rows", k.Name)
		}
		seen[k.Name] = true
		if k.Written && (k.NameLimit == 0 || k.NameUse == "" || k.PodSuffix == "" || len(k.Template) == 0) {
			t.Errorf("%s is written, and its row does not say all that this needs", k.Name)
		}
		if k.Written && !k.Completes && (k.Ready == "" || k.Wanted == "") {
			t.Errorf("the pods of %s are there for ever, and its row does not say by which metrics they are counted", k.Name)
		}
		if (k.Strategy == "") != (len(k.Strategies) == 0) {
			t.Errorf("%s has %q for its strategy, and the types %q", k.Name, k.Strategy, k.Strategies)
		}
		if k.Chosen && !k.Written {
			t.Errorf("%s can be asked for, and is not written", k.Name)
		}
		if _, ok := kinds.Find(k.Replaces); k.Replaces != "" && !ok {
			t.Errorf("%s replaces %s, which has no row", k.Name, k.Replaces)
		}
		if _, err := regexp.Compile(k.PodSuffix + k.JobSuffix); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
	}
}

func TestIs(t *testing.T) {
	rollout, _ := kinds.Find("Rollout")
	pod, _ := kinds.Find("Pod")
	for _, tt := range []struct {
		kind             kinds.Kind
		apiVersion, name string
		want             bool
	}{
		{rollout, "argoproj.io/v1alpha1", "Rollout", true},
		{rollout, "argoproj.io/v1", "Rollout", true},
		{rollout, "example.com/v1", "Rollout", false},
		{rollout, "", "Rollout", false},
		{pod, "v1", "Pod", true},
		{pod, "apps/v1", "Pod", false},
		{kinds.Kind{}, "", "", false},
	} {
		if got := tt.kind.Is(tt.apiVersion, tt.name); got != tt.want {
			t.Errorf("%s is %s %s: %t", tt.kind.Name, tt.apiVersion, tt.name, got)
		}
	}
}
