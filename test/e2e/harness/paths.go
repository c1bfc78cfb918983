// Package harness runs the real Argo CD, and what it needs, as plain processes on loopback, and compares what
// they return with what the plugin prints when it is run by hand.
//
// Everything it starts ends with the test, listens on free loopback ports and keeps its files in temporary
// folders. It looks for the programs where the script test/e2e/run leaves them.
package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// e2eDir is the folder that holds the tests, found from the folder in which go runs them.
func e2eDir(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the tests do not run inside their own module")
		}
	}
}

// RepoPath is the path of a file or folder of the product's repository.
func RepoPath(t testing.TB, elem ...string) string {
	t.Helper()
	return filepath.Join(append([]string{e2eDir(t), "..", ".."}, elem...)...)
}

// Testdata is the path of a file or folder below testdata.
func Testdata(t testing.TB, elem ...string) string {
	t.Helper()
	return filepath.Join(append([]string{e2eDir(t), "testdata"}, elem...)...)
}

// Built is the path of a program that test/e2e/run builds: "argocd/argocd-repo-server".
func Built(t testing.TB, name string) string {
	t.Helper()
	return existing(t, filepath.Join(e2eDir(t), ".bin", filepath.FromSlash(name)))
}

// Unfold is the path of the product's binary.
func Unfold(t testing.TB) string {
	t.Helper()
	return existing(t, RepoPath(t, "bin", "unfold"))
}

// Kustomize is the path of the stock kustomize.
func Kustomize(t testing.TB) string {
	t.Helper()
	return existing(t, RepoPath(t, "bin", "tools", "kustomize"))
}

// Installed is the path of a program of the system.
func Installed(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v; bash test/e2e/run installs it", err)
	}
	return path
}

func existing(t testing.TB, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v; bash test/e2e/run builds it", err)
	}
	return path
}
