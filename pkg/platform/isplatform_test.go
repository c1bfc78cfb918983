package platform_test

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/platform"
)

// TestIsPlatform has files that are meant to be platform files, with slips in their heads, and
// those of others.
func TestIsPlatform(t *testing.T) {
	for src, want := range map[string]bool{
		"apiVersion: unfold.dev/v1alpha1\nkind: Platform\n":                 true,
		"apiVersion: unfold.dev/v1alpha1\nkind: platform\n":                 true,
		"apiVersion: unfold.dev/v1alpha1\nenvironments: {live: {}}\n":       true,
		"apiVersion: unfold.dev/v1alpha1\nkind: Policy\n":                   true,
		"apiVersion: unflod.dev/v1alpha1\nkind: Platform\n":                 true,
		"apiVersion: Unfold.dev/v1alpha1\nkind: Platform\n":                 true,
		"apiVersion: v1alpha1\nkind: Platform\n":                            true,
		"apiversion: unfold.dev/v1alpha1\nkind: Platform\n":                 true,
		"kind: Platform\nenvironments: {live: {}}\n":                        true,
		"apiVersion: unfold.dev/v1alpha1\nkind: App\nteams: {}\n":           true,
		"apiVersion: unfold.dev/v1alpha1\nkind: Deployment\n":               true,
		"apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\n":          false,
		"apiVersion: unfold.dev/v1alpha1\nkind: Deployment\nname: shop\n":   false,
		"apiVersion: unfold.dev/v1alpha1\nkind: Ap\nname: shop\n":           false,
		"apiVersion: example.com/v1\nkind: Platform\nmetadata: {name: a}\n": false,
		"apiVersion: v1\nkind: ConfigMap\n":                                 false,
		"a: b\n":                                                            false,
	} {
		if got := platform.IsPlatform([]byte(src)); got != want {
			t.Errorf("%q: %v, want %v", src, got, want)
		}
	}
}
