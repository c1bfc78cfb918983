// Package goreleaser_test holds what `make release` leaves in bin/release.
package goreleaser_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// root is the repository, and version what was released.
const root = "../../.."

func version(t *testing.T) string {
	t.Helper()
	v := os.Getenv("VERSION")
	if v == "" {
		t.Fatal("VERSION is not set: run make release")
	}
	return v
}

func read(t *testing.T, elem ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{root}, elem...)...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// file is one of an archive.
type file struct {
	mode     os.FileMode
	modified time.Time
	content  []byte
}

// unpack returns the files of an archive by their names.
func unpack(t *testing.T, name string) map[string]file {
	t.Helper()
	archive, files := bytes.NewReader(read(t, "bin/release", name)), map[string]file{}
	add := func(name string, info os.FileInfo, r io.Reader) {
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = file{info.Mode(), info.ModTime().UTC(), content}
	}
	if strings.HasSuffix(name, ".zip") {
		r, err := zip.NewReader(archive, archive.Size())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			in, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			add(f.Name, f.FileInfo(), in)
		}
		return files
	}
	compressed, err := gzip.NewReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(compressed); ; {
		header, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		add(header.Name, header.FileInfo(), r)
	}
}

// TestArchives holds that there is an archive for each platform with nothing but the program and the licence, from no
// particular time, and a sum for each.
func TestArchives(t *testing.T) {
	var sums []string
	for _, platform := range []string{"darwin_amd64.tar.gz", "darwin_arm64.tar.gz", "linux_amd64.tar.gz", "linux_arm64.tar.gz",
		"windows_amd64.zip", "windows_arm64.zip"} {
		name := "unfold_" + version(t) + "_" + platform
		sums = append(sums, fmt.Sprintf("%x  %s\n", sha256.Sum256(read(t, "bin/release", name)), name))
		program := "unfold"
		if strings.HasPrefix(platform, "windows") {
			program += ".exe"
		}
		files := unpack(t, name)
		if len(files) != 2 || files[program].mode != 0o755 || files["LICENSE"].mode != 0o644 ||
			!bytes.Equal(files["LICENSE"].content, read(t, "LICENSE")) {
			t.Errorf("%s does not hold %s and LICENSE alone, with their modes", name, program)
		}
		for inside, f := range files {
			if f.modified.Year() != 1980 {
				t.Errorf("%s in %s is of %s", inside, name, f.modified)
			}
		}
	}
	slices.Sort(sums)
	got := strings.SplitAfter(string(read(t, "bin/release/SHA256SUMS")), "\n")
	slices.Sort(got)
	if want := append([]string{""}, sums...); !slices.Equal(got, want) {
		t.Errorf("SHA256SUMS holds\n%q, want\n%q", got, want)
	}
}

// TestProgram holds that the program for this machine says its version, and that building it again gives the same bytes.
func TestProgram(t *testing.T) {
	released := unpack(t, "unfold_"+version(t)+"_"+runtime.GOOS+"_"+runtime.GOARCH+".tar.gz")["unfold"].content
	program := filepath.Join(t.TempDir(), "unfold")
	if err := os.WriteFile(program, released, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "version", "--format", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var says struct{ Version string }
	if err := json.Unmarshal(out, &says); err != nil || says.Version != version(t) {
		t.Errorf("it says %s: %v", out, err)
	}
	again := filepath.Join(t.TempDir(), "again")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", again,
		"-ldflags", "-s -w -X github.com/unfold-gitops/unfold/pkg/cli.version="+version(t), "./cmd/unfold")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	rebuilt, err := os.ReadFile(again)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(rebuilt, released) {
		t.Error("built again, the program is another one")
	}
}
