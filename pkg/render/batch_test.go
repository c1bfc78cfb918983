package render_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/render"
)

// repository writes n apps, of which every seventh goes through kustomize.
func repository(t *testing.T, n int) string {
	t.Helper()
	root := t.TempDir()
	for i := range n {
		text := fmt.Sprintf("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: app-%d\nimage: reg.io/app:v%d\nport: 80\n", i, i)
		if i%7 == 0 {
			text += "patches:\n  - patch: |\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: {name: app-" +
				fmt.Sprint(i) + "}\n      spec: {minReadySeconds: 5}\n"
		}
		path := filepath.Join(root, fmt.Sprintf("app-%03d", i), "app.yaml")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestEach runs eight workers, whatever the machine has: the results are those
// of one, in the same order.
func TestEach(t *testing.T) {
	root := repository(t, 60)
	folders, err := render.Find([]string{root})
	if err != nil {
		t.Fatal(err)
	}
	all := func(workers int) []string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
		var out []string
		do := func(f render.Folder) (render.Rendered, error) { return render.RenderApp(f, nil, "", render.Options{}) }
		err := render.Each(t.Context(), folders, do, func(f render.Folder, r render.Rendered) error {
			for _, x := range r.Results {
				out = append(out, filepath.Base(f.Dir)+"/"+x.Env+"\n"+string(x.Manifests))
			}
			return r.Diags.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	one, eight := all(1), all(8)
	if len(one) != 180 {
		t.Errorf("%d environments, want 180", len(one))
	}
	if diff := cmp.Diff(one, eight); diff != "" {
		t.Errorf("eight workers give something else (-one +eight):\n%s", diff)
	}
}

// TestEachStops holds that a batch ends at the first failure, and when it is
// told to.
func TestEachStops(t *testing.T) {
	folders := make([]render.Folder, 1000)
	for i := range folders {
		folders[i].Dir = fmt.Sprint(i)
	}
	failure := errors.New("failure")
	taken := 0
	err := render.Each(t.Context(), folders, func(f render.Folder) (string, error) { return f.Dir, nil },
		func(f render.Folder, x string) error {
			if x != fmt.Sprint(taken) || f.Dir != x {
				t.Errorf("%d: took %q of %q", taken, x, f.Dir)
			}
			if taken++; taken == 10 {
				return failure
			}
			return nil
		})
	if !errors.Is(err, failure) || taken != 10 {
		t.Errorf("%v after %d", err, taken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	taken = 0
	err = render.Each(ctx, folders, func(render.Folder) (int, error) { return 0, nil }, func(render.Folder, int) error {
		if taken++; taken == 5 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || taken == len(folders) {
		t.Errorf("%v after %d", err, taken)
	}
}
