package fields

import (
	"slices"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// TestKubernetesTypes holds that each type of Kubernetes which the table of
// fields names is known.
func TestKubernetesTypes(t *testing.T) {
	seen, found := map[*schema.Type]bool{}, 0
	var visit func(path string, s *schema.Type)
	visit = func(path string, s *schema.Type) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if s.Kind == schema.KubeKind {
			found++
			if _, ok := types.Named(s.Of); !ok {
				t.Errorf("%s is of %q, which pkg/kube/types doesn't know", path, s.Of)
			}
		} else if s.Of != "" {
			t.Errorf("%s names %q, but is not of Kubernetes' kind", path, s.Of)
		}
		visit(path+".*", s.Elem)
		for _, f := range s.Fields {
			visit(path+"."+f.Name, f.Type)
		}
		if s.More != nil {
			visit(path+"."+s.More.Name, s.More.Type)
		}
	}
	visit("app", Document())
	if found == 0 {
		t.Error("found no type of Kubernetes")
	}
}

// TestPassed holds that each field which goes unchanged to a pod or a container goes to
// one that Kubernetes has there.
func TestPassed(t *testing.T) {
	for of, fields := range map[string][][]schema.Passed{"core/v1.PodSpec": {OfPod()},
		"core/v1.Container": {OfOwnContainer(), OfContainer()}} {
		in, _ := types.Named(of)
		found := 0
		for _, f := range slices.Concat(fields...) {
			found++
			if in.Below(f.Key) == (types.Type{}) {
				t.Errorf("%s goes to %s, which %s does not have", f.Field, f.Key, of)
			}
		}
		if found == 0 {
			t.Errorf("nothing goes to %s", of)
		}
	}
}

// TestTraits holds that hooks and jobs go by no field that they can't have.
func TestTraits(t *testing.T) {
	found := 0
	for _, f := range WorkloadFields() {
		if f.Traits&inherited == 0 {
			continue
		}
		found++
		if Hook().Field(f.Name) == nil && Job().Field(f.Name) == nil || f.Scope == Own {
			t.Errorf("hooks and jobs go by %s, which they can't have, or which belongs to one workload", f.Name)
		}
		if Hook().Field(f.Name) != nil && Job().Field(f.Name) == nil {
			t.Errorf("hooks have %s, and jobs don't", f.Name)
		}
	}
	if found == 0 {
		t.Error("hooks and jobs go by nothing")
	}
}
