package delivery_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder writes a program that records its runs, and returns it and a function
// that returns what was recorded, which it forgets then.
func (r *repository) recorder() (program string, ran func() string) {
	r.t.Helper()
	program, record := filepath.Join(r.dir, "recorder"), filepath.Join(r.dir, "record")
	r.program(program, "echo \"$0 $*\" >> "+record+"\nexit 1\n")
	return program, func() string {
		text, err := os.ReadFile(record)
		if err == nil {
			err = os.Remove(record)
		}
		if err != nil && !os.IsNotExist(err) {
			r.t.Fatal(err)
		}
		return string(text)
	}
}

// lacking commits a change of app0 and takes the object of the descriptor as it was
// out of the clone, as a partial clone lacks it.
func (r *repository) lacking(clone string) {
	r.t.Helper()
	r.write(filepath.Join(clone, "apps", "app0", "app.yaml"), strings.ReplaceAll(fmt.Sprintf(descriptor, "app0"), "v0", "v1"))
	r.git(clone, "commit", "--quiet", "-am", "v1")
	// Packed objects can't be taken out one by one.
	pack, err := filepath.Glob(filepath.Join(clone, ".git", "objects", "pack", "*"))
	if err != nil || len(pack) == 0 {
		r.t.Fatal(pack, err)
	}
	moved := filepath.Join(r.t.TempDir(), "pack")
	if err := os.Rename(filepath.Join(clone, ".git", "objects", "pack"), moved); err != nil {
		r.t.Fatal(err)
	}
	packs, err := filepath.Glob(filepath.Join(moved, "*.pack"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, pack := range packs {
		content, err := os.Open(pack)
		if err != nil {
			r.t.Fatal(err)
		}
		cmd := r.command(clone, "unpack-objects", "-q")
		cmd.Stdin = content
		if out, err := cmd.CombinedOutput(); err != nil {
			r.t.Fatalf("%v\n%s", err, out)
		}
		content.Close()
	}
	blob := strings.TrimSpace(r.git(clone, "rev-parse", "HEAD~1:apps/app0/app.yaml"))
	if err := os.Remove(filepath.Join(clone, ".git", "objects", blob[:2], blob[2:])); err != nil {
		r.t.Fatal(err)
	}
}

// TestForeignPartialClone: git fetches what a partial clone lacks by whatever program
// the clone's configuration names. It does not while it only reads.
func TestForeignPartialClone(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	program, ran := r.recorder()
	r.lacking(clone)
	r.git(clone, "config", "core.repositoryformatversion", "1")
	r.git(clone, "config", "extensions.partialClone", "origin")
	r.git(clone, "config", "remote.origin.promisor", "true")
	for _, key := range []string{"remote.origin.uploadpack", "core.sshCommand", "core.gitProxy", "credential.helper", "core.askPass"} {
		r.git(clone, "config", key, program)
	}
	for _, key := range []string{"protocol.allow", "protocol.ext.allow", "protocol.file.allow"} {
		r.git(clone, "config", key, "always")
	}
	commands := [][]string{
		{"diff", "--against", "HEAD~1"}, {"history", "apps/app0", "--env", "prod"},
		{"rollback", "apps/app0", "--env", "prod", "--dry-run"}, {"rollback", "apps/app0", "--env", "prod", "--to", "HEAD~1", "--dry-run"},
	}
	for _, address := range []string{clone, "file://" + clone, "ext::" + program, "ssh://host/x", "host:x", "git://127.0.0.1:1/x"} {
		r.git(clone, "config", "remote.origin.url", address)
		// Else the test would hold without any protection.
		cmd := r.command(clone, "cat-file", "-e", "HEAD~1:apps/app0/app.yaml")
		if err := cmd.Run(); err == nil || ran() == "" {
			t.Errorf("%s: git itself starts nothing: %v", address, err)
		}
		for _, args := range commands {
			code, out := r.unfold(clone, args...)
			if started := ran(); started != "" {
				t.Errorf("%s: %v starts\n%s", address, args, started)
			}
			if code < 2 || !strings.Contains(out, "lacks") || !strings.Contains(out, "git fetch --refetch --no-filter") {
				t.Errorf("%s: %v exits %d\n%s", address, args, code, out)
			}
		}
	}
	// Older git knows no variable by which it does not fetch.
	r.wrapped("unset GIT_NO_LAZY_FETCH")
	for _, args := range commands {
		_, out := r.unfold(clone, args...)
		if started := ran(); started != "" {
			t.Errorf("with an older git %v starts\n%s", args, started)
		}
		if !strings.Contains(out, "git fetch --refetch --no-filter") {
			t.Errorf("with an older git %v prints\n%s", args, out)
		}
	}
}

// TestPartialClone: in a partial clone of one's own, what is said to bring the
// objects does, and a push fetches what it needs by itself.
func TestPartialClone(t *testing.T) {
	r := newRepository(t, 1)
	bare := filepath.Join(r.dir, "remote.git")
	r.git(bare, "config", "uploadpack.allowFilter", "true")
	r.git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
	other := r.clone("other")
	for _, tag := range []string{"v1", "v2"} {
		code, out := r.unfold(other, setProd(tag, "--push")...)
		r.want(code, out, 0, "pushed ")
	}
	for i, filter := range []string{"blob:none", "tree:0"} {
		clone := r.clone(strings.ReplaceAll(filter, ":", "-"), "--filter="+filter)
		diff := []string{"diff", "apps/app0", "--against", strings.TrimSpace(r.git(clone, "rev-list", "--max-parents=0", "HEAD"))}
		history := []string{"history", "apps/app0", "--env", "prod"}
		for code, args := range map[int][]string{2: diff, 3: history} {
			got, out := r.unfold(clone, args...)
			r.want(got, out, code, "lacks", "\n  hint: ", "run git fetch --refetch --no-filter")
		}
		// Others push what the clone does not have.
		code, out := r.unfold(other, setProd(fmt.Sprint("other", i), "--push")...)
		r.want(code, out, 0, "pushed ")
		code, out = r.unfold(clone, setProd(fmt.Sprint("mine", i), "--push")...)
		r.want(code, out, 0, fmt.Sprintf("other%d -> ghcr.io/example/app0:mine%d", i, i), "pushed ")

		r.git(clone, "fetch", "--quiet", "--refetch", "--no-filter")
		for code, args := range map[int][]string{1: diff, 0: history} {
			got, out := r.unfold(clone, args...)
			r.want(got, out, code, "app0:v0", fmt.Sprint("mine", i))
		}
	}
}
