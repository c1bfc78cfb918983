package library_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	k8sfake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/rbac"
)

// printed returns the AppProjects that test/script holds `unfold argocd` to.
func printed(t *testing.T) []*v1alpha1.AppProject {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("..", "..", "script", "testdata", "script", "argocd.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var out []*v1alpha1.AppProject
	for _, file := range strings.Split(string(script), "\n-- ") {
		_, content, _ := strings.Cut(file, " --\n")
		for _, document := range strings.Split(content, "\n---\n") {
			if !strings.HasPrefix(document, "apiVersion: argoproj.io/") || !strings.Contains(document, "\nkind: AppProject\n") {
				continue
			}
			var p v1alpha1.AppProject
			if err := yaml.UnmarshalStrict([]byte(document), &p); err != nil {
				t.Fatal(err)
			}
			out = append(out, &p)
		}
	}
	if len(out) != 2 {
		t.Fatalf("%d AppProjects, want 2", len(out))
	}
	return out
}

// TestProjects holds that Argo CD's API server takes the AppProjects, and that their groups may do what the platform file
// says, and nothing else.
func TestProjects(t *testing.T) {
	projects := printed(t)
	for _, p := range projects {
		if err := p.ValidateProject(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	static, sets := projects[0], projects[1]
	for _, c := range []struct {
		project                         *v1alpha1.AppProject
		group, resource, action, object string
		want                            bool
	}{
		{static, "shop-developers", "applications", "sync", "shop/shop-dev", true},
		{static, "shop-developers", "applications", "get", "shop/shop-dev", true},
		{static, "shop-developers", "applications", "sync", "shop/shop-prod", false},
		{static, "shop-developers", "applications", "delete", "shop/shop-dev", false},
		{static, "shop-developers", "applications", "sync", "other/other-dev", false},
		{static, "everybody", "applications", "get", "shop/shop-prod", true},
		{static, "everybody", "applications", "sync", "shop/shop-prod", false},
		{static, "everybody", "applications", "action/apps/Deployment/restart", "shop/shop-prod", true},
		{static, "everybody", "logs", "get", "shop/shop-prod", true},
		{static, "strangers", "applications", "get", "shop/shop-dev", false},
		{sets, "shop-developers", "applications", "sync", "shop/shop-prod-eu", true},
		{sets, "shop-developers", "applications", "sync", "shop/shop-dev", false},
	} {
		enforcer := rbac.NewEnforcer(k8sfake.NewClientset(), "argocd", "argocd-rbac-cm", nil)
		if got := enforcer.EnforceRuntimePolicy(c.project.Name, c.project.ProjectPoliciesString(), c.group, c.resource, c.action,
			c.object); got != c.want {
			t.Errorf("%s may %s %s %s: %v, want %v", c.group, c.action, c.resource, c.object, got, c.want)
		}
	}
}
