package law_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v2"

	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/test/internal/oracle"
)

const example = "../../examples/example-app"

// TestLawCanFail breaks each part of the law and wants it to be seen.
func TestLawCanFail(t *testing.T) {
	kustomize := oracle.Stock(t)
	const overlay = "overlays/prod/kustomization.yaml"
	replace := func(t *testing.T, in []byte, from, to string) []byte {
		t.Helper()
		if !bytes.Contains(in, []byte(from)) {
			t.Fatalf("nothing to break: no %q in\n%s", from, in)
		}
		return bytes.Replace(in, []byte(from), []byte(to), 1)
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, u *oracle.Unfolded)
		want   oracle.Law
	}{
		{"nothing", func(*testing.T, *oracle.Unfolded) {}, ""},
		{"one byte of generate", func(t *testing.T, u *oracle.Unfolded) {
			u.Manifests["prod"] = replace(t, u.Manifests["prod"], "v1.0.0", "v1.0.1")
		}, oracle.TwoWays},
		{"the last byte of both ways", func(_ *testing.T, u *oracle.Unfolded) {
			for _, m := range []map[string][]byte{u.Manifests, u.Alone} {
				m["prod"] = bytes.TrimSuffix(m["prod"], []byte("\n"))
			}
		}, oracle.Ejected},
		{"a tag in the tree", func(t *testing.T, u *oracle.Unfolded) {
			u.Tree[overlay] = replace(t, u.Tree[overlay], "v1.0.0", "v1.0.1")
		}, oracle.Ejected},
		{"a file that the tree lacks", func(_ *testing.T, u *oracle.Unfolded) { delete(u.Tree, "base/service.yaml") }, oracle.Failed},
		{"a deprecated field", func(t *testing.T, u *oracle.Unfolded) {
			u.Tree[overlay] = replace(t, u.Tree[overlay], "resources:", "bases:")
		}, oracle.Warned},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := oracle.Unfold(example, render.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c.change(t, u)
			err = kustomize.Hold(u, filepath.Join(t.TempDir(), "tree"))
			var got oracle.Law
			var breach *oracle.Breach
			if errors.As(err, &breach) {
				got = breach.Law
			}
			if got != c.want {
				t.Errorf("broke %q, want %q: %v", got, c.want, err)
			}
		})
	}
}

// TestLawRefused holds that a descriptor which unfold does not take is a breach.
func TestLawRefused(t *testing.T) {
	dir := t.TempDir()
	if err := tree.Write(t.Context(), dir, tree.Tree{"app.yaml": []byte("kind: App\n")}, false); err != nil {
		t.Fatal(err)
	}
	_, err := oracle.Unfold(dir, render.Options{})
	var breach *oracle.Breach
	if !errors.As(err, &breach) || breach.Law != oracle.Refused {
		t.Errorf("got %v", err)
	}
}

// TestLawTextsArrive holds that each awkward text reaches the cluster as it was
// written: the law alone would not see a text that both ways change.
func TestLawTextsArrive(t *testing.T) {
	config, env, annotations, files := newObject(), newObject(), newObject(), newObject()
	want := map[string]string{}
	for i, text := range awkward() {
		key := fmt.Sprintf("K%03d", i)
		want[key] = text
		config.set(key, quoted(text))
		env.set(key, quoted(strings.ReplaceAll(text, "$(", "$$(")))
		annotations.set(key, quoted(text))
		files.set("/"+key, quoted(text))
	}
	a := app{doc: fields("apiVersion", plain("unfold.dev/v1alpha1"), "kind", plain("App"), "name", plain("a"), "image", plain("i"),
		"defaults", plain("none"), "config", config.Node, "env", env.Node, "annotations", annotations.Node, "files", files.Node,
		"environments", fields("e", fields())), files: tree.Tree{}}
	got, err := manifests(a.write(t), render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for doc := range strings.SplitSeq(got["e"], "\n---\n") {
		var o struct {
			Kind     string
			Metadata struct {
				Name        string
				Annotations map[string]string
			}
			Data map[string]string
			Spec struct {
				Template struct {
					Spec struct {
						Containers []struct {
							Env []struct{ Name, Value string }
						}
					}
				}
			}
		}
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, o.Metadata.Annotations); diff != "" {
			t.Errorf("annotations of %s (-want +got):\n%s", o.Metadata.Name, diff)
		}
		if o.Kind == "ConfigMap" {
			if diff := cmp.Diff(want, o.Data); diff != "" {
				t.Errorf("data of %s (-want +got):\n%s", o.Metadata.Name, diff)
			}
			continue
		}
		values := map[string]string{}
		for _, e := range o.Spec.Template.Spec.Containers[0].Env {
			values[e.Name] = strings.ReplaceAll(e.Value, "$$(", "$(")
		}
		if diff := cmp.Diff(want, values); diff != "" {
			t.Errorf("env (-want +got):\n%s", diff)
		}
	}
}
