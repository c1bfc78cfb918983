package fold_test

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/fold"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestHashes holds that pods refer to a hashed ConfigMap by its plain name where a field
// makes it, and by the whole name where it is kept as it is.
func TestHashes(t *testing.T) {
	config := value.MapOf(diag.Pos{}, "apiVersion", "v1", "kind", "ConfigMap", "metadata", value.MapOf(diag.Pos{}, "name", "x"),
		"data", value.MapOf(diag.Pos{}, "a", "b"))
	hashed := "x-" + object.Hash(config)
	config.Set("metadata", value.MapOf(diag.Pos{}, "name", hashed))
	pods, diags := value.Read("", []byte(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a},
spec: {template: {spec: {containers: [
{name: a, image: i, envFrom: [{configMapRef: {name: `+hashed+`}}]}]}}}}`))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	for _, raw := range []bool{false, true} {
		o := fold.Options{Name: "a", Raw: func(_ string, id object.ID) bool { return raw && id.Kind == "ConfigMap" }}
		d := fold.App(o, []fold.Environment{{Name: "prod", Objects: []*value.Value{config, pods}}}).Descriptor
		want := map[bool]string{false: "x", true: hashed}[raw]
		if got := d.Get("envFrom").AllItems(); len(got) != 1 || got[0].StringAt("configMap") != want {
			t.Errorf("kept as it is: %v: envFrom is %s, want the ConfigMap %q", raw, d.Get("envFrom").Flow(), want)
		}
	}
}
