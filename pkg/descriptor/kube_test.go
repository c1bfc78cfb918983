package descriptor

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/kube"
)

// TestKubernetesTypes holds that each type of Kubernetes which the table of
// fields names is known.
func TestKubernetesTypes(t *testing.T) {
	seen, found := map[*schema]bool{}, 0
	var visit func(path string, s *schema)
	visit = func(path string, s *schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if s.kind == kubeKind {
			found++
			if _, ok := kube.Named(s.of); !ok {
				t.Errorf("%s is of %q, which pkg/kube doesn't know", path, s.of)
			}
		} else if s.of != "" {
			t.Errorf("%s names %q, but is not of Kubernetes' kind", path, s.of)
		}
		visit(path+".*", s.elem)
		for _, f := range s.fields {
			visit(path+"."+f.name, f.typ)
		}
		if s.more != nil {
			visit(path+"."+s.more.name, s.more.typ)
		}
	}
	visit("app", documentType())
	if found == 0 {
		t.Error("found no type of Kubernetes")
	}
}
