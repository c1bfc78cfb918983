// Command release builds the program for every platform and packs it: a folder
// with one archive each and SHA256SUMS, as sha256sum writes it. The same source
// and Go version give the same bytes.
//
//	go run ./test/tools/release -version v0.1.0 -output bin/release
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	var r release
	flag.StringVar(&r.version, "version", "", "the version, such as v0.1.0")
	flag.StringVar(&r.output, "output", "", "folder to write to, which must not be there yet or be empty")
	platforms := flag.String("platforms", "linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64", "OS/ARCH, separated by spaces")
	flag.Parse()
	if err := r.run(strings.Fields(*platforms)); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

type release struct{ version, output string }

// file is one of an archive.
type file struct {
	name    string
	content []byte
	mode    os.FileMode
}

func (r release) run(platforms []string) error {
	if r.version == "" || r.output == "" || strings.ContainsAny(r.version, "/ ") {
		return errors.New("-version and -output are needed")
	}
	if there, err := os.ReadDir(r.output); err == nil && len(there) > 0 {
		return fmt.Errorf("%s is not empty", r.output)
	}
	if err := os.MkdirAll(r.output, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, platform := range platforms {
		system, arch, ok := strings.Cut(platform, "/")
		if !ok {
			return fmt.Errorf("%q is no OS/ARCH", platform)
		}
		name, archive, err := r.archive(system, arch)
		if err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
		if err := os.WriteFile(filepath.Join(r.output, name), archive, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(archive), name)
	}
	return os.WriteFile(filepath.Join(r.output, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// archive builds for one platform.
func (r release) archive(system, arch string) (name string, archive []byte, err error) {
	program := "unfold"
	if system == "windows" {
		program += ".exe"
	}
	work, err := os.MkdirTemp("", "unfold-release-")
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(work)
	built := filepath.Join(work, program)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X github.com/unfold-gitops/unfold/pkg/cli.version="+r.version, "-o", built, "./cmd/unfold")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch)
	if out, err := build.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("%w: %s", err, out)
	}
	binary, err := os.ReadFile(built)
	if err != nil {
		return "", nil, err
	}
	license, err := os.ReadFile("LICENSE")
	if err != nil {
		return "", nil, err
	}
	files := []file{{program, binary, 0o755}, {"LICENSE", license, 0o644}}
	name = fmt.Sprintf("unfold_%s_%s_%s", r.version, system, arch)
	if system == "windows" {
		archive, err = zipped(files)
		return name + ".zip", archive, err
	}
	archive, err = tarred(files)
	return name + ".tar.gz", archive, err
}

func tarred(files []file) ([]byte, error) {
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	w := tar.NewWriter(compressed)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: int64(f.mode), Size: int64(len(f.content)), ModTime: time.Unix(0, 0)}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := errors.Join(w.Close(), compressed.Close())
	return out.Bytes(), err
}

func zipped(files []file) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		header.SetMode(f.mode)
		part, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
