package descriptor

import (
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
	visit("app", documentType())
	if found == 0 {
		t.Error("found no type of Kubernetes")
	}
}
