package bad_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// head begins a descriptor that is right.
const head = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/team/shop:v1\nenvironments: {prod: {}}\n"

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n"

// files are what a folder holds, by path. A folder's path ends with a slash.
type files map[string]string

// write makes the files below the current folder.
func (f files) write(t *testing.T) {
	t.Helper()
	for name, content := range f {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			continue
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// rendered returns all environments of the app in the current folder.
func rendered(t *testing.T) render.Rendered {
	t.Helper()
	app, err := render.RenderApp(render.Folder{Dir: "."}, nil, "", render.Options{})
	if err != nil {
		t.Fatalf("a mistake of the user was taken for a fault: %v", err)
	}
	return app
}

// TestContent holds what is said about files by their content.
func TestContent(t *testing.T) {
	const kib, mib, most = 1 << 10, 1 << 20, tree.MaxFileSize
	for _, tt := range []struct {
		name  string
		files files
		want  string
	}{
		{"empty", files{"app.yaml": ""},
			"app.yaml:1:1: the file is empty\n  hint: a descriptor starts with apiVersion: unfold.dev/v1alpha1\n"},
		{"byte order mark alone", files{"app.yaml": "\ufeff"},
			"app.yaml:1:1: the file is empty\n  hint: a descriptor starts with apiVersion: unfold.dev/v1alpha1\n"},
		{"comments alone", files{"app.yaml": "# one\n# two\n"},
			"app.yaml:1:1: the file is empty\n  hint: a descriptor starts with apiVersion: unfold.dev/v1alpha1\n"},
		{"only separators", files{"app.yaml": "---\n---\n...\n"},
			"app.yaml:1:1: the file is empty\n  hint: a descriptor starts with apiVersion: unfold.dev/v1alpha1\n"},
		{"several documents", files{"app.yaml": head + "---\nname: other\n"},
			"app.yaml:7:1: the file holds 2 documents, but one descriptor is one document\n" +
				"  hint: remove the \"---\" and what follows it; use one folder for each app\n"},
		{"Google App Engine", files{"app.yaml": "runtime: python312\nentrypoint: gunicorn main:app\n"},
			"app.yaml:1:1: the file is not a descriptor: it has no apiVersion\n" +
				"  hint: this looks like Google App Engine's app.yaml: put unfold's descriptor into a folder of its own, or exclude " +
				"this one from Argo CD's discovery\n"},
		{"UTF-16", files{"app.yaml": "\xff\xfea\x00p\x00i\x00"},
			"app.yaml:1:1: the file is not UTF-8: it holds the byte 0xff\n  hint: save the file as UTF-8\n"},
		{"Latin-1", files{"app.yaml": head + "config: {A: caf\xe9}\n"},
			"app.yaml:6:16: the file is not UTF-8: it holds the byte 0xe9\n  hint: save the file as UTF-8\n"},
		{"overlong UTF-8", files{"app.yaml": head + "config: {A: \xc0\xaf}\n"},
			"app.yaml:6:13: the file is not UTF-8: it holds the byte 0xc0\n  hint: save the file as UTF-8\n"},
		{"NUL", files{"app.yaml": head + "config: {A: a\x00b}\n"},
			"app.yaml:6:14: the file holds the control character U+0000\n" +
				"  hint: remove it, or write it as an escape in double quotes, such as \"\\u0007\"\n"},
		{"escape sequence", files{"app.yaml": head + "config: {A: \x1b[31m}\n"},
			"app.yaml:6:13: the file holds the control character U+001B\n" +
				"  hint: remove it, or write it as an escape in double quotes, such as \"\\u0007\"\n"},
		{"tabs", files{"app.yaml": head + "config:\n\tA: b\n"},
			"app.yaml:7:1: not valid YAML: found character that cannot start any token\n" +
				"  hint: YAML is indented with spaces: replace the tab\n"},
		{"Unicode name", files{"app.yaml": strings.Replace(head, "name: shop", "name: магазин", 1)},
			"app.yaml:3:7: name can't be \"магазин\": it takes lower-case letters, digits and \"-\", starts with a letter and " +
				"ends with a letter or digit\n"},
		{"look-alike field", files{"app.yaml": head + "rеplicas: 3\n"},
			"app.yaml:6:1: unknown field \"rеplicas\"\n  hint: did you mean \"replicas\"?\n"},
		{"huge number of replicas", files{"app.yaml": head + "replicas: 9223372036854775808\n"},
			"app.yaml:6:11: replicas must be between 0 and 2147483647, not 9223372036854775808\n"},
		{"huge exponent", files{"app.yaml": head + "port: 1e400\n"},
			"app.yaml:6:7: port must be a port number, not the text \"1e400\"\n"},
		{"huge hexadecimal number", files{"app.yaml": head + "port: 0x" + strings.Repeat("f", 300) + "\n"},
			"app.yaml:6:7: port must be a port number, not the text \"0xffffffffffffffffffffffffffffffffffffff…\"\n"},
		{"huge quantity", files{"app.yaml": head + "resources: {limits: {cpu: 1e99999}}\n"},
			"app.yaml:6:27: resources.limits.cpu is not a quantity such as 500m, 2, 64Mi or 1.5Gi: \"1e99999\"\n"},
		{"one byte too large", files{"app.yaml": padded(most + 1)},
			"app.yaml: the file is larger than 2 MiB\n"},
		{"a file of one byte too much", files{"app.yaml": head + "files: {/a: {from: a.txt}}\n", "a.txt": strings.Repeat("a", most+1)},
			"app.yaml:6:20: the file \"a.txt\" is larger than 2 MiB\n"},
		{"too large together", files{
			"app.yaml": head + "files:\n" + times(9, "  /f%[1]d: {from: %[1]d.txt}\n"),
			"0.txt":    strings.Repeat("a", mib), "1.txt": strings.Repeat("a", mib), "2.txt": strings.Repeat("a", mib),
			"3.txt": strings.Repeat("a", mib), "4.txt": strings.Repeat("a", mib), "5.txt": strings.Repeat("a", mib),
			"6.txt": strings.Repeat("a", mib), "7.txt": strings.Repeat("a", mib), "8.txt": "a",
		}, "app.yaml:14:15: the file \"7.txt\" makes the app's files larger than 8 MiB\n" +
			"app.yaml:15:15: the file \"8.txt\" makes the app's files larger than 8 MiB\n"},
		{"too deep", files{"app.yaml": head +
			"manifests:\n  - apiVersion: example.com/v1\n    kind: X\n    metadata: {name: x}\n    spec: " + nested(100) + "\n"},
			"app.yaml:10:73: more than 64 maps and lists in one another\n"},
		{"far too deep", files{"app.yaml": head + "manifests: " + strings.Repeat("[", 500*kib) + "\n"},
			"app.yaml:6:1: not valid YAML: exceeded max depth of 10000\n"},
		{"too many mistakes to show", files{"app.yaml": head + times(300, "field%d: a\n")},
			"" /* see below */},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			tt.files.write(t)
			got := report(rendered(t).Diags)
			if strings.HasPrefix(tt.name, "too many") {
				if !strings.HasSuffix(got, "\nand 100 more; unfold check shows all\n") {
					t.Errorf("got %d bytes that end with %q", len(got), got[len(got)-100:])
				}
				return
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("other diagnostics than expected (-want +got):\n%s", diff)
			}
		})
	}
}

// padded returns a descriptor that is right, of so many bytes.
func padded(size int) string {
	return head + "#" + strings.Repeat("x", size-len(head)-2) + "\n"
}

// times repeats a line with its number in it.
func times(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func nested(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

// TestUnusualButRight renders files that look suspicious and are not: they come
// out as the plain one does.
func TestUnusualButRight(t *testing.T) {
	const plain = head + "config: {A: \"1\"}\n"
	render := func(t *testing.T, content string) string {
		t.Helper()
		t.Chdir(t.TempDir())
		files{"app.yaml": content}.write(t)
		app := rendered(t)
		if len(app.Diags) > 0 || len(app.Results) != 1 {
			t.Fatalf("%d results, want 1; %v", len(app.Results), app.Diags)
		}
		return string(app.Results[0].Manifests)
	}
	want := render(t, plain)
	for name, content := range map[string]string{
		"byte order mark":    "\ufeff" + plain,
		"CRLF":               strings.ReplaceAll(plain, "\n", "\r\n"),
		"CRLF and BOM":       "\ufeff" + strings.ReplaceAll(plain, "\n", "\r\n"),
		"no newline at end":  strings.TrimSuffix(plain, "\n"),
		"explicit document":  "---\n" + plain + "...\n",
		"empty document":     "---\n---\n" + plain,
		"tab before comment": strings.Replace(plain, "name: shop", "name: shop\t# the shop", 1),
		"2 MiB":              plain + "#" + strings.Repeat("x", tree.MaxFileSize-len(plain)-2) + "\n",
		"aliases":            strings.Replace(plain, "config: {A: \"1\"}", "config: {A: &a \"1\"}", 1),
		"merge key":          strings.Replace(plain, "{A: \"1\"}", "{<<: {A: \"1\"}}", 1),
		"Unicode comment":    plain + "# größer, 大きい, 🎉\n",
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, render(t, content)); diff != "" {
				t.Errorf("other manifests than without it (-without +with):\n%s", diff)
			}
		})
	}
}

// TestFileKinds holds what is said about files by what they are. None may be
// followed, and none may make the program wait.
func TestFileKinds(t *testing.T) {
	const named = head + "manifests: [x]\n"
	link := func(target string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			t.Helper()
			if err := os.Symlink(target, path); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{"folder", func(t *testing.T, path string) { files{path + "/": ""}.write(t) }, "is a folder"},
		{"pipe", makePipe, "is not a regular file"},
		{"socket", makeSocket, "is not a regular file"},
		{"link to a file", link("real"), "is a symbolic link, which is not followed"},
		{"link out of the folder", link("/etc/hostname"), "is a symbolic link, which is not followed"},
		{"link to a device", link("/dev/zero"), "is a symbolic link, which is not followed"},
		{"link to nothing", link("nothing"), "is a symbolic link, which is not followed"},
		{"link to itself", func(t *testing.T, path string) { link(path)(t, path) }, "is a symbolic link, which is not followed"},
		{"unreadable", makeUnreadable, "can't be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			files{"real": configMap}.write(t)
			tt.make(t, "app.yaml")
			if got := report(asNobody(t).Diags); !strings.HasPrefix(got, "app.yaml: the file "+tt.want+"\n") {
				t.Errorf("as app.yaml: got %q", got)
			}
		})
		t.Run(tt.name+" as manifest", func(t *testing.T) {
			t.Chdir(t.TempDir())
			files{"app.yaml": named, "real": configMap}.write(t)
			tt.make(t, "x")
			if got := report(asNobody(t).Diags); !strings.HasPrefix(got, `app.yaml:6:13: the file "x" `+tt.want+"\n") {
				t.Errorf("as a manifest: got %q", got)
			}
		})
		t.Run(tt.name+" in a component", func(t *testing.T) {
			if tt.name == "folder" {
				return // which is nothing unusual there
			}
			t.Chdir(t.TempDir())
			files{"app.yaml": head + "components: [c]\n", "c/kustomization.yaml": "kind: Component\n", "real": configMap}.write(t)
			tt.make(t, "c/x")
			if got := report(asNobody(t).Diags); !strings.HasPrefix(got, `app.yaml:6:14: the file "c/x" `+tt.want+"\n") {
				t.Errorf("in a component: got %q", got)
			}
		})
	}
}

func makePipe(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
}

func makeSocket(t *testing.T, path string) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
}

func makeUnreadable(t *testing.T, path string) {
	t.Helper()
	files{path: configMap}.write(t)
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
}

// asNobody is rendered without the right to read what nobody may read, which
// root has. The thread that gives the right up ends with its goroutine.
func asNobody(t *testing.T) render.Rendered {
	t.Helper()
	var app render.Rendered
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		if os.Geteuid() == 0 {
			runtime.LockOSThread()
			const nobody = 65534
			if err = syscall.Setfsuid(nobody); err != nil {
				return
			}
		}
		app, err = render.RenderApp(render.Folder{Dir: "."}, nil, "", render.Options{})
	}()
	<-done
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// TestDevice reads devices, which only root could make elsewhere.
func TestDevice(t *testing.T) {
	folder, err := tree.Open("/dev")
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	for _, name := range []string{"zero", "null"} {
		if content, err := folder.Read(name); err == nil || len(content) > 0 || !tree.IsRefusal(err) {
			t.Errorf("reading /dev/%s: %d bytes, error %v, want a refusal", name, len(content), err)
		}
	}
}

// TestManyFiles bounds the folders of components.
func TestManyFiles(t *testing.T) {
	component := func(name string) files {
		return files{"app.yaml": head + "components: [c]\n",
			"c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n", name: ""}
	}
	deep := func(n int) string { return "c/" + strings.Repeat("d/", n) + "x" }
	many := component("c/x")
	for i := range tree.MaxFiles {
		many[fmt.Sprintf("c/%d", i)] = ""
	}
	spread := component("c/x")
	for i := range tree.MaxFiles {
		spread[fmt.Sprintf("c/%03d/%d", i%500, i)] = ""
	}
	for _, tt := range []struct {
		name  string
		files files
		want  string
	}{
		{"too deep", component(deep(17)), "app.yaml:6:14: the file \"c/" + strings.TrimSuffix(strings.Repeat("d/", 17), "/") +
			"\" is more than 16 folders deep\n"},
		{"too many in one folder", many, "app.yaml:6:14: the file \"c\" makes more than 1000 files\n"},
		{"too many in all", spread, "app.yaml:6:14: the file \"c/499/999\" makes more than 1000 files\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			tt.files.write(t)
			if diff := cmp.Diff(tt.want, report(rendered(t).Diags)); diff != "" {
				t.Errorf("other diagnostics than expected (-want +got):\n%s", diff)
			}
		})
	}
}
