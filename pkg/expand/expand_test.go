package expand_test

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// sealed has the shape of a sealed value; no key opens it.
func sealed() string {
	return base64.StdEncoding.EncodeToString(append([]byte{1, 0}, make([]byte, 300)...))
}

// objectsOf returns the objects of an app in the environment prod.
func objectsOf(t *testing.T, src string) []object.Object {
	t.Helper()
	head := "apiVersion: unfold.dev/v1alpha1\n"
	if !strings.HasPrefix(src, "kind:") {
		head += "kind: App\n"
	}
	d, diags := descriptor.Parse("app.yaml", []byte(head+"name: shop\nimage: reg.io/shop:v1\nenvironments: {prod: {}}\n"+
		strings.ReplaceAll(src, "SEALED", sealed())))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	app, diags := d.Effective("prod", descriptor.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	objects, diags := expand.Objects(app, tree.Tree{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return objects
}

// names lists the objects as KIND/NAME, in the order in which they are made.
func names(objects []object.Object) string {
	var out []string
	for _, o := range objects {
		out = append(out, o.ID().String())
	}
	return strings.Join(out, " ")
}

// find returns what stands below a path, whose first two keys are KIND and NAME; a
// number is an index.
func find(t *testing.T, objects []object.Object, path string) *value.Value {
	t.Helper()
	keys := strings.Split(path, " ")
	i := slices.IndexFunc(objects, func(o object.Object) bool { return o.ID().String() == keys[0] })
	if i < 0 {
		t.Fatalf("there is no %s among %s", keys[0], names(objects))
	}
	v := objects[i].Value
	for _, key := range keys[1:] {
		if v.Is(value.List) {
			n, err := strconv.Atoi(key)
			if err != nil || n >= len(v.Items) {
				t.Fatalf("%s: there is no item %q", path, key)
			}
			v = v.Items[n]
			continue
		}
		v = v.Get(key)
	}
	return v
}

// yaml prints a value in the order in which YAML is printed, for comparing.
func yaml(t *testing.T, v *value.Value) string {
	t.Helper()
	if v == nil {
		return ""
	}
	text, err := value.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// look holds what stands at each path of an app's objects to YAML; "" is nothing.
func look(t *testing.T, src string, at map[string]string) {
	t.Helper()
	objects := objectsOf(t, src)
	for path, want := range at {
		if path == "objects" {
			if diff := cmp.Diff(want, names(objects)); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			continue
		}
		var expected *value.Value
		if want != "" {
			v, diags := value.Read("want", []byte(want))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			expected = v
		}
		if diff := cmp.Diff(yaml(t, expected), yaml(t, find(t, objects, path))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}
