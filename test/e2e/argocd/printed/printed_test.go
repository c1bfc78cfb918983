// Package printed holds what unfold prints to the code by which Argo CD reads it.
package printed

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// TestPrintedIsWhatArgoCDReads takes every golden through Argo CD's SplitYAML and
// its expansion of lists: the same objects come out.
func TestPrintedIsWhatArgoCDReads(t *testing.T) {
	files, err := filepath.Glob("../../../golden/testdata/golden/*/manifests/*.yaml")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		printed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := asArgoCD(printed)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		want := map[string]string{}
		for doc := range strings.SplitSeq("\n"+string(printed), "\n---\n") {
			content, err := yaml.YAMLToJSON([]byte(doc))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			var u unstructured.Unstructured
			if err := u.UnmarshalJSON(content); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			add(t, want, &u)
		}
		set := map[string]string{}
		for _, u := range got {
			add(t, set, u)
		}
		if len(got) != len(want) || !maps.Equal(set, want) {
			t.Errorf("%s: Argo CD reads %d objects, %v, but %v are printed", file, len(got), slices.Sorted(maps.Keys(set)),
				slices.Sorted(maps.Keys(want)))
		}
	}
}

// TestItemsBecomeObjects holds that the test above can fail: Argo CD does take the
// items of anything for objects.
func TestItemsBecomeObjects(t *testing.T) {
	const thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nitems:\n" +
		"- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: kube-system}}\n"
	got, err := asArgoCD([]byte(thing))
	if err != nil || len(got) != 1 || got[0].GetKind() != "Pod" {
		t.Errorf("got %v, %v", got, err)
	}
}

// asArgoCD reads what a plugin prints as the repo-server does
// (reposerver/repository/repository.go, GenerateManifests).
func asArgoCD(printed []byte) ([]*unstructured.Unstructured, error) {
	objects, err := kube.SplitYAML(printed)
	if err != nil {
		return nil, err
	}
	var out []*unstructured.Unstructured
	for _, o := range objects {
		if !o.IsList() {
			out = append(out, o)
			continue
		}
		err := o.EachListItem(func(item runtime.Object) error {
			u, ok := item.(*unstructured.Unstructured)
			if !ok {
				return errors.New("resource list item has unexpected type")
			}
			out = append(out, u)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// add puts an object into a set, by what it is known by.
func add(t *testing.T, set map[string]string, u *unstructured.Unstructured) {
	t.Helper()
	content, err := json.Marshal(u.Object)
	if err != nil {
		t.Fatal(err)
	}
	key := u.GetAPIVersion() + " " + u.GetKind() + " " + u.GetNamespace() + "/" + u.GetName()
	if _, twice := set[key]; twice {
		t.Errorf("%s is there twice", key)
	}
	set[key] = string(content)
}
