package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRelease builds for this machine, twice: what is packed runs, says its
// version, has the sum that is written, and is the same the second time.
func TestRelease(t *testing.T) {
	t.Chdir("../../..")
	platform := runtime.GOOS + "/" + runtime.GOARCH
	dirs := []string{filepath.Join(t.TempDir(), "new"), t.TempDir()}
	var archives [][]byte
	for _, dir := range dirs {
		if err := (release{"v1.2.3", dir}).run([]string{platform}); err != nil {
			t.Fatal(err)
		}
		name := "unfold_v1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
		archive, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
		if want := fmt.Sprintf("%x  %s\n", sha256.Sum256(archive), name); err != nil || string(sums) != want {
			t.Errorf("SHA256SUMS: %v\n%s", err, cmp.Diff(want, string(sums)))
		}
		archives = append(archives, archive)
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("the archives of two builds differ")
	}
	compressed, err := gzip.NewReader(bytes.NewReader(archives[0]))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(compressed); ; {
		header, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprintf("%s %o", header.Name, header.Mode))
		if header.Name != "unfold" {
			continue
		}
		program := filepath.Join(t.TempDir(), "unfold")
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(program, content, 0o755); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(program, "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "unfold v1.2.3\n") {
			t.Errorf("%v: %s", err, out)
		}
	}
	if d := cmp.Diff([]string{"unfold 755", "LICENSE 644"}, names); d != "" {
		t.Error(d)
	}
	if err := (release{"v1.2.3", dirs[0]}).run([]string{platform}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a folder with an older release: %v", err)
	}
}

func TestZip(t *testing.T) {
	packed, err := zipped([]file{{"unfold.exe", []byte("program"), 0o755}, {"LICENSE", []byte("text"), 0o644}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name+" "+f.Mode().String()] = string(content)
	}
	if d := cmp.Diff(map[string]string{"unfold.exe -rwxr-xr-x": "program", "LICENSE -rw-r--r--": "text"}, got); d != "" {
		t.Error(d)
	}
}

func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		r    release
		want string
	}{
		"no version":   {release{"", t.TempDir()}, "-version and -output are needed"},
		"no output":    {release{"v1", ""}, "-version and -output are needed"},
		"a path":       {release{"../v1", t.TempDir()}, "-version and -output are needed"},
		"bad platform": {release{"v1", t.TempDir()}, `"linux" is no OS/ARCH`},
	} {
		if err := c.r.run([]string{"linux"}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
