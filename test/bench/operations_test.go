package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestOperations holds that four times as much of a thing takes about four times as
// many operations. What is counted are the statements of unfold that are executed,
// as the coverage tool counts them: that is the same on every machine, and sees
// loops that allocate nothing, as TestLimits does not.
func TestOperations(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "unfold")
	out, err := exec.Command("go", "build", "-cover", "-covermode=atomic", "-coverpkg=github.com/unfold-gitops/unfold/...",
		"-o", program, "github.com/unfold-gitops/unfold/cmd/unfold").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const (
		manifests = "manifests: [m.yaml]\n"
		prod      = "environments: {prod: {}}\n"
	)
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		n             int
		app, manifest func(n int) string
	}{
		"workloads with ports": {500, func(n int) string { return prod + "workloads:\n" + repeat(n, "  w%d: {port: 8080}\n") }, nil},
		"hooks":                {300, func(n int) string { return prod + "hooks:\n" + repeat(n, "  h%d: {command: [run]}\n") }, nil},
		"jobs": {300, func(n int) string {
			return prod + "jobs:\n" + repeat(n, "  j%d: {command: [run], schedule: \"0 3 * * *\"}\n")
		}, nil},
		"environments":   {500, func(n int) string { return "environments:\n" + repeat(n, "  e%d: {}\n") }, nil},
		"unknown fields": {500, func(n int) string { return prod + repeat(n, "feld%d: 1\n") }, nil},
		"unknown names": {250, func(n int) string {
			return "workloads:\n" + repeat(n, "  w%d: {}\n") +
				"environments:\n  prod:\n    workloads:\n" + repeat(n, "      x%d: {replicas: 2}\n")
		}, nil},
		"errors of objects": {200, func(int) string { return prod + manifests }, func(n int) string {
			return repeat(n, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\nfeld: x\n")
		}},
		"findings after the build": {200, func(int) string { return prod + manifests }, func(n int) string {
			return repeat(n, "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\n"+
				"spec: {containers: [{name: a, image: a, envFrom: [{secretRef: {name: gone}}]}]}\n")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			count := func(n int) int {
				app := t.TempDir()
				text := "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop:v1\n" + c.app(n)
				files := map[string]string{"app.yaml": text}
				if c.manifest != nil {
					files["m.yaml"] = c.manifest(n)
				}
				for name, content := range files {
					if err := os.WriteFile(filepath.Join(app, name), []byte(content), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				return statements(t, program, "check", app)
			}
			few, many := count(c.n), count(4*c.n)
			ratio := float64(many) / float64(few)
			t.Logf("%d statements for %d, %d for %d: %.1f times as many", few, c.n, many, 4*c.n, ratio)
			if ratio > 5.5 {
				t.Errorf("four times as many take %.1f times the operations", ratio)
			}
		})
	}
}

// statements returns how many statements a run of an instrumented program executes.
func statements(t *testing.T, program string, args ...string) int {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "GOCOVERDIR="+dir)
	_ = cmd.Run() // it may find mistakes
	profile := filepath.Join(t.TempDir(), "profile")
	if out, err := exec.Command("go", "tool", "covdata", "textfmt", "-i="+dir, "-o="+profile).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line) // position, statements, how often
		if len(f) != 3 {
			continue
		}
		each, err1 := strconv.Atoi(f[1])
		times, err2 := strconv.Atoi(f[2])
		if err1 != nil || err2 != nil {
			t.Fatalf("the profile has %q", line)
		}
		sum += each * times
	}
	if sum == 0 {
		t.Fatal("nothing was counted")
	}
	return sum
}
