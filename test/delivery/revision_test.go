package delivery_test

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// crafted is an entry of a tree as git would not make it.
type crafted struct{ mode, name, id string }

// tree writes a tree object, whatever it holds.
func (r *repository) tree(dir string, entries ...crafted) string {
	r.t.Helper()
	var raw strings.Builder
	for _, e := range entries {
		id, err := hex.DecodeString(e.id)
		if err != nil {
			r.t.Fatal(err)
		}
		fmt.Fprintf(&raw, "%s %s\x00%s", e.mode, e.name, id)
	}
	return r.object(dir, "tree", raw.String())
}

func (r *repository) object(dir, kind, content string) string {
	r.t.Helper()
	cmd := exec.Command("git", "hash-object", "-t", kind, "-w", "--literally", "--stdin")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, r.env, strings.NewReader(content)
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// everything lists the files below a folder with their contents' beginnings, but for
// git's objects.
func everything(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "objects" {
			return fs.SkipDir
		}
		content := ""
		if entry.Type().IsRegular() {
			x, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			content = fmt.Sprintf("%.200q", x)
		}
		fmt.Fprintln(&b, name, entry.Type(), content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCraftedTrees reads revisions that git would not make. Nothing is written
// anywhere, and each is an error or comes to what a checkout would.
func TestCraftedTrees(t *testing.T) {
	r := newRepository(t, 1)
	temp := filepath.Join(r.dir, "tmp")
	if err := os.Mkdir(temp, 0o755); err != nil {
		t.Fatal(err)
	}
	r.env = append(r.env, "TMPDIR="+temp)
	bare := filepath.Join(r.dir, "remote.git")
	good := strings.TrimSpace(r.git(bare, "rev-parse", "main:apps/app0/app.yaml"))
	blob := r.object(bare, "blob", "written\n")
	link := r.object(bare, "blob", filepath.Join(r.dir, "outside"))
	outside := filepath.Join(r.dir, "outside")
	if err := os.Mkdir(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	inner := r.tree(bare, crafted{"100644", "escaped", blob})
	app := crafted{"100644", "app.yaml", good}
	for name, c := range map[string]struct {
		entries []crafted // of the app's folder
		want    string    // "" where git checks it out
	}{
		"folder above":        {[]crafted{{"40000", "..", inner}, app}, `in the folder "apps/app0" an entry has the name ".."`},
		"this folder":         {[]crafted{{"40000", ".", inner}, app}, `has the name "."`},
		"path":                {[]crafted{{"100644", "../../escaped", blob}, app}, `has the name "../../escaped"`},
		"path inside":         {[]crafted{app, {"100644", "a/b", blob}}, `has the name "a/b"`},
		"absolute":            {[]crafted{{"100644", outside + "/escaped", blob}, app}, `has the name "` + outside},
		"git's folder":        {[]crafted{{"40000", ".git", inner}, app}, `has the name ".git"`},
		"git's folder, large": {[]crafted{{"40000", ".GIT", inner}, app}, `has the name ".GIT"`},
		"git's folder, short": {[]crafted{app, {"40000", "GIT~1", inner}}, `has the name "GIT~1"`},
		"no name":             {[]crafted{{"100644", "", blob}, app}, "an entry has no name"},
		"link and folder": {[]crafted{app, {"120000", "config", link}, {"40000", "config", inner}},
			`two entries have the name "config"`},
		"folder and link": {[]crafted{app, {"40000", "config", inner}, {"120000", "config", link}},
			`two entries have the name "config"`},
		"twice":             {[]crafted{app, {"100644", "app.yaml", blob}}, `two entries have the name "app.yaml"`},
		"file for a folder": {[]crafted{{"40000", "app.yaml", good}}, "is a blob, not a tree"},
		"folder for a file": {[]crafted{{"100644", "app.yaml", inner}}, "is a tree, not a blob"},
		"link":              {[]crafted{{"120000", "app.yaml", link}}, "the file is a symbolic link, which is not followed"},
		"link beside":       {[]crafted{app, {"120000", "config", link}}, ""},
		"submodule beside":  {[]crafted{app, {"160000", "module", good}}, ""},
		"not sorted":        {[]crafted{{"100644", "z", blob}, app}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := *r
			r.t = t
			top := r.tree(bare, crafted{"40000", "apps", r.tree(bare, crafted{"40000", "app0", r.tree(bare, c.entries...)})})
			commit := strings.TrimSpace(r.git(bare, "commit-tree", "-m", "crafted", "-p", "main", top))
			clone := r.clone(strings.ReplaceAll(name, " ", "-"), "--single-branch")
			// git would not fetch them all
			r.write(filepath.Join(clone, ".git", "objects", "info", "alternates"), filepath.Join(bare, "objects")+"\n")
			r.git(bare, "update-ref", "refs/heads/crafted", commit)
			before := everything(t, r.dir)

			code, out := r.unfold(clone, "diff", "apps/app0", "--against", commit)
			switch {
			case c.want == "":
				r.want(code, out, 0)
			case strings.Contains(c.want, "the file is"): // there was no app then
				r.want(code, out, 1, "app0: prod (the environment is new)")
			default:
				r.want(code, out, 2, c.want)
			}
			if after := everything(t, r.dir); after != before {
				t.Errorf("diff writes. Before:\n%s\nafter:\n%s", before, after)
			}
			code, out = r.unfold(clone, "set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:v1", "--push", "--branch",
				"crafted")
			if c.want == "" {
				r.want(code, out, 0, "pushed ")
				if got := strings.TrimSpace(r.git(bare, "rev-parse", "crafted~1")); got != commit {
					t.Errorf("the commit is on top of %s", got)
				}
				if got, want := r.git(bare, "ls-tree", "-r", "crafted"),
					r.git(bare, "ls-tree", "-r", commit); strings.Count(got, "\n") != strings.Count(want, "\n") {
					t.Errorf("files:\n%s\nwant\n%s", got, want)
				}
				return
			}
			if code == 0 || !strings.Contains(out, c.want) && !strings.Contains(out, "the file is a folder") {
				t.Errorf("exit %d\n%s", code, out)
			}
			if after := everything(t, r.dir); after != before {
				t.Errorf("set --push writes. Before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// TestLargeRevision does not read what is too large to be an app's.
func TestLargeRevision(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	app := filepath.Join(clone, "apps", "app0")
	r.write(filepath.Join(app, "app.yaml"), fmt.Sprintf(descriptor, "app0")+"files: {/a: {from: data}}\n")
	r.write(filepath.Join(app, "data"), strings.Repeat("x", 3<<20))
	r.git(clone, "add", ".")
	r.git(clone, "commit", "--quiet", "-m", "large")
	r.write(filepath.Join(app, "data"), "small")
	code, out := r.unfold(clone, "diff", "apps/app0")
	r.want(code, out, 1, "the descriptor was not valid at the revision")

	// A few trees that hold one another hold any number of folders.
	id := r.tree(clone, crafted{"100644", "app.txt", r.object(clone, "blob", "")})
	for range 12 {
		var entries []crafted
		for i := range 9 {
			entries = append(entries, crafted{"40000", fmt.Sprint(i), id})
		}
		id = r.tree(clone, entries...)
	}
	bomb := strings.TrimSpace(r.git(clone, "commit-tree", "-m", "bomb", id))
	code, out = r.unfold(clone, "diff", "--against", bomb)
	r.want(code, out, 2, "holds more than 250000 folders")
}

// TestNotLookedAt: git was told not to look at a file, so only its content tells.
func TestNotLookedAt(t *testing.T) {
	r := newRepository(t, 2)
	for _, flag := range []string{"assume-unchanged", "skip-worktree"} {
		clone := r.clone(flag)
		r.git(clone, "update-index", "--"+flag, "apps/app0/app.yaml")
		r.write(filepath.Join(clone, "apps", "app0", "app.yaml"), strings.ReplaceAll(fmt.Sprintf(descriptor, "app0"), "v0", "v1"))
		code, out := r.unfold(clone, "diff", "apps")
		r.want(code, out, 1, "app0: dev", "v1")
	}
	// What a sparse checkout leaves out is not gone.
	clone := r.clone("sparse")
	r.git(clone, "sparse-checkout", "set", "apps/app0")
	code, out := r.unfold(clone, "diff", "apps")
	r.want(code, out, 0)
	if out != "" {
		t.Error(out)
	}
}
