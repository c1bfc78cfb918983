package tree_test

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/tree"
)

func TestPlainName(t *testing.T) {
	for p, want := range map[string]string{
		"a.yaml": "a.yaml", "k8s/deep/m1.yml": "k8s/deep/m1.yml", "./x/../b.yaml": "b.yaml",
		"foo.example.com-crd.yaml": "foo.example.com-crd.yaml",
		"github.com/org/repo.yaml": "github-com/org/repo.yaml", "https:/example.com": "https-/example.com",
		"git@host:a/b.git": "git-host-a/b.git",
		"a b.yaml":         "a-b.yaml", ".hidden": "filehidden", "../up.yaml": "_-/up.yaml",
		"sub/kustomization.yaml": "sub/file-kustomization.yaml",
		"Kustomization":          "file-Kustomization", "-o": "_o", "é": "_", "a..b": "a.b",
	} {
		if got := tree.PlainName(p); got != want {
			t.Errorf("%s: got %q, want %q", p, got, want)
		}
	}
	for p, want := range map[string]string{"p.json": "p.yaml", "a.yml": "a.yml", "text": "text.yaml",
		"kustomization.json": "file-kustomization.yaml"} {
		if got := tree.PlainYAML(p); got != want {
			t.Errorf("%s: got %q, want %q", p, got, want)
		}
	}
}
