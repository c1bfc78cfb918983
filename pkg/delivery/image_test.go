package delivery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
)

const digest = "@sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

// TestPlace shows where an image is set, for each form and layer that can say
// what it is.
func TestPlace(t *testing.T) {
	const top = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: app\ndefaults: none\n"
	const web = "workloads: {web: {}, job: {}}\nimage: reg/app:v0\n"
	for _, x := range []struct{ src, image, want string }{
		{"image: reg/app\nenvironments: {e: {tag: v1}}", "reg/app:v2", "image: reg/app\nenvironments: {e: {tag: v2}}"},
		{"image: reg/app\nenvironments: {e: {tag: v1}}", "reg/app:v2" + digest,
			"image: reg/app\nenvironments: {e: {image: reg/app:v2" + digest + "}}"},
		{"image: reg/app\nenvironments: {e: {tag: v1}}", "reg/other:v2", "image: reg/app\nenvironments: {e: {image: reg/other:v2}}"},
		{"image: reg/app\nenvironments: {e: {tag: v1}}", "reg/other", "image: reg/app\nenvironments: {e: {image: reg/other:v1}}"},
		{"image: reg/app\nenvironments: {e: {image: 'reg/app:v1'}}", "reg/app:v2",
			"image: reg/app\nenvironments: {e: {image: 'reg/app:v2'}}"},
		{"image: reg/app\nenvironments: {e: {image: reg/app" + digest + "}}", "reg/app:v2",
			"image: reg/app\nenvironments: {e: {image: reg/app:v2}}"},
		{"image: reg/app\nenvironments: {e: {image: reg/b, tag: v1}}", "reg/c:v2",
			"image: reg/app\nenvironments: {e: {image: reg/c, tag: v2}}"},
		{"image: reg/app\nenvironments: {e: {image: {tag: v1, pullPolicy: Always}}}", "reg/app:v2",
			"image: reg/app\nenvironments: {e: {image: {tag: v2, pullPolicy: Always}}}"},
		{"image: reg/app\nenvironments: {e: {image: {pullPolicy: Always}, tag: v1}}", "reg/app:v2",
			"image: reg/app\nenvironments: {e: {image: {pullPolicy: Always}, tag: v2}}"},
		{"image: reg/app\nenvironments: {e: {image: {digest: 'sha256:" + strings.Repeat("a", 64) + "', tag: v1}}}", "reg/b:v2",
			"image: reg/app\nenvironments: {e: {image: {tag: v2, repository: reg/b}}}"},
		{"image: reg/app:v0" + digest + "\nenvironments: {e: {}, f: {}}", "reg/app:v2",
			"image: reg/app:v0" + digest + "\nenvironments: {e: {tag: v2}, f: {}}"},
		{"image: {repository: reg/app, digest: 'sha256:" + strings.Repeat("a", 64) + "'}\nenvironments:\n  e:", "reg/app:v2",
			"image: {repository: reg/app, digest: 'sha256:" + strings.Repeat("a", 64) + "'}\nenvironments:\n  e:\n    tag: v2"},
		{web + "environments: {e: {tag: v1}}", "reg/app:v2", web + "environments: {e: {tag: v2}}"},
		{web + "environments: {e: {tag: v1}}", "web=reg/app:v2", web + "environments: {e: {tag: v1, workloads: {web: {tag: v2}}}}"},
		{web + "environments: {e: {workloads: {web: {tag: v1}}}}", "reg/app:v2",
			web + "environments: {e: {workloads: {web: {tag: v2}}, tag: v2}}"},
		{web + "environments: {e: {workloads: {web: {image: reg/b:v1}}}}", "reg/b:v2",
			web + "environments: {e: {workloads: {web: {image: reg/b:v2}}}}"},
		{"image: reg/app\nworkloads: {web: {tag: v0}, job: {tag: v0}}\nenvironments: {e: {}}", "reg/app:v2",
			"image: reg/app\nworkloads: {web: {tag: v0}, job: {tag: v0}}\n" +
				"environments: {e: {workloads: {job: {tag: v2}, web: {tag: v2}}}}"},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "app.yaml")
		if err := os.WriteFile(file, []byte(top+x.src+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		image, problem := ParseImage(x.image)
		if problem != "" {
			t.Fatal(problem)
		}
		_, err := SetImage(context.Background(), dir, ImageChange{Envs: []string{"e"}, Images: []Image{image}, Repository: true}, Options{})
		got, _ := os.ReadFile(file)
		if want := top + x.want + "\n"; err != nil || string(got) != want {
			t.Errorf("%s in\n%s\n%v\ngot\n%s\nwant\n%s", x.image, x.src, err, strings.TrimPrefix(string(got), top), x.want)
		}
	}
}

// TestRandomImages sets images in random descriptors: the one wanted comes out,
// and every other one of every environment is what it was.
func TestRandomImages(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	one := func(from ...string) string { return from[random.IntN(len(from))] }
	layer := func() string {
		return one("{}", "{tag: v1}", "{image: reg/a:v1}", "{image: reg/b}", "{image: {tag: v1}}",
			"{image: {repository: reg/c, tag: '1.10'}}",
			"{image: reg/a:v1"+digest+"}", "{image: reg/b, tag: v3}", "{replicas: 2}", "{image: {pullPolicy: Always}, tag: v1}")
	}
	dir := t.TempDir()
	for range 300 {
		var b strings.Builder
		b.WriteString("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: app\nimage: " +
			one("reg/a", "reg/a:v0", "{repository: reg/a, tag: v0}") + "\n")
		workloads := random.IntN(2) == 0
		if workloads {
			fmt.Fprintf(&b, "workloads:\n  w: %s\n  x: %s\n", layer(), layer())
		}
		b.WriteString("environments:\n")
		for _, env := range []string{"e", "f"} {
			text := layer()
			if workloads {
				text = strings.Replace(strings.TrimSuffix(text, "}")+", workloads: {w: "+layer()+", x: "+layer()+"}}", "{, ", "{", 1)
			}
			fmt.Fprintf(&b, "  %s: %s\n", env, text)
		}
		src := b.String()
		if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
		a, err := open(dir, dir, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.source.Mistakes() != nil {
			a.close()
			continue
		}
		image := Image{Image: descriptor.Image{Repository: one("reg/a", "reg/z"), Tag: one("v9", "1.20"),
			Digest: one("", "", strings.TrimPrefix(digest, "@"))}}
		key := ""
		if workloads {
			key = one("w", "x")
		}
		image.Workload = key
		m, err := a.withImages("e", []Image{image})
		if err != nil {
			t.Fatalf("%v of\n%s\n%v", image, src, err)
		}
		for _, env := range []string{"e", "f"} {
			want, _ := a.images(env)
			if env == "e" {
				want[key] = image.Image
			}
			got, keys := m.images(env)
			if named(got, keys) != named(want, keys) {
				t.Fatalf("%v of\n%s\nmakes %s of %s: %s\n%s", image, src, env, named(want, keys), named(got, keys), m.src)
			}
		}
		m.close()
		a.close()
	}
}

// withImages is the app after images were set.
func (a *app) withImages(env string, images []Image) (*app, error) {
	want, err := a.wanted(env, ImageChange{Images: images, Repository: true})
	if err != nil {
		return nil, err
	}
	changes, err := a.setImages(env, want)
	if err != nil {
		return nil, err
	}
	fresh, _, _, err := a.change(changes)
	return fresh, err
}
