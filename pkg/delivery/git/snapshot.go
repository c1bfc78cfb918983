package git

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds on what is read from a commit that nobody has looked at. Those on files
// are pkg/tree's.
const (
	maxTreeSize = 32 << 20 // bytes of the list of one folder; git's own are some 40 for each entry
	maxFolders  = 250_000  // that are searched for descriptors: a few trees that hold one another many times unfold to any number
)

// Snapshot is what a commit holds at and below a folder. It reads git's objects
// into memory and writes nothing, so it does no harm what they hold. It is an FS of
// pkg/tree. The contents are those that git keeps, before any filter or change of
// line ends at checkout. A submodule is a file that is not regular. It is safe for
// concurrent use.
type Snapshot struct {
	ctx            context.Context
	repo           *Repo
	commit, prefix string
}

// At returns what a commit holds at and below a path, which may end with a slash and
// need not be there. Reading from it ends with ctx.
func (r *Repo) At(ctx context.Context, commit, prefix string) *Snapshot {
	return &Snapshot{ctx, r, commit, strings.TrimSuffix(prefix, "/")}
}

// Below returns what it holds below a folder.
func (s *Snapshot) Below(name string) *Snapshot {
	return s.repo.At(s.ctx, s.commit, Join(s.prefix, name))
}

// Whole returns all that the commit holds.
func (s *Snapshot) Whole() *Snapshot { return s.repo.At(s.ctx, s.commit, "") }

// Commit returns the commit.
func (s *Snapshot) Commit() string { return s.commit }

// Lstat returns mode and size of a file or folder, fs.ErrNotExist where there is
// none, or where a step of the way is no folder.
func (s *Snapshot) Lstat(name string) (fs.FileInfo, error) {
	s.repo.objects.Lock()
	defer s.repo.objects.Unlock()
	n, err := s.find(name)
	if err != nil {
		return nil, err
	}
	info := info{node: n}
	if n.mode().IsRegular() {
		info.size, err = s.repo.objects.sizeOf(s.ctx, s.repo, n.id)
	}
	return info, err
}

// ReadFile returns the content of a file, or of a link the path.
func (s *Snapshot) ReadFile(name string) ([]byte, error) {
	s.repo.objects.Lock()
	defer s.repo.objects.Unlock()
	n, err := s.find(name)
	if err != nil {
		return nil, err
	}
	_, content, err := s.repo.objects.get(s.ctx, s.repo, n.id, "blob")
	return content, err
}

// ReadDir returns the entries of a folder.
func (s *Snapshot) ReadDir(name string) ([]fs.DirEntry, error) {
	s.repo.objects.Lock()
	defer s.repo.objects.Unlock()
	n, err := s.find(name)
	if err != nil {
		return nil, err
	}
	nodes, err := s.folder(n.id, path.Join(s.prefix, name))
	out := make([]fs.DirEntry, len(nodes))
	for i, n := range nodes {
		out[i] = fs.FileInfoToDirEntry(info{node: n})
	}
	return out, err
}

// Folders returns the folders that hold a file of the name, relative to the
// snapshot's; hidden folders are left out.
func (s *Snapshot) Folders(file string) ([]string, error) {
	s.repo.objects.Lock()
	defer s.repo.objects.Unlock()
	var out []string
	seen := 0
	var visit func(id, rel string) error
	visit = func(id, rel string) error {
		if seen++; seen > maxFolders {
			return &Failure{Message: fmt.Sprintf("the commit %.12s holds more than %d folders", s.commit, maxFolders),
				Hint: "name a folder of fewer apps"}
		}
		nodes, err := s.folder(id, path.Join(s.prefix, rel))
		for _, n := range nodes {
			switch {
			case err != nil:
			case n.name == file && !n.mode().IsDir():
				out = append(out, rel)
			case n.mode().IsDir() && !strings.HasPrefix(n.name, "."):
				err = visit(n.id, path.Join(rel, n.name))
			}
		}
		return err
	}
	n, err := s.find(".")
	if errors.Is(err, fs.ErrNotExist) || err == nil && !n.mode().IsDir() {
		return nil, nil
	}
	if err == nil {
		err = visit(n.id, ".")
	}
	return out, err
}

// find goes the way to a file or folder.
func (s *Snapshot) find(name string) (node, error) {
	root, err := s.repo.objects.root(s.ctx, s.repo, s.commit)
	n := node{bits: 0o040000, id: root}
	full := path.Join(s.prefix, name)
	for i, part := range strings.Split(full, "/") {
		if err != nil || full == "." || full == "" {
			return n, err
		}
		if !n.mode().IsDir() {
			return n, fs.ErrNotExist
		}
		var nodes []node
		if nodes, err = s.folder(n.id, strings.Join(strings.Split(full, "/")[:i], "/")); err == nil {
			n, err = named(nodes, part)
		}
	}
	return n, err
}

func named(nodes []node, name string) (node, error) {
	for _, n := range nodes {
		if n.name == name {
			return n, nil
		}
	}
	return node{}, fs.ErrNotExist
}

// folder returns the entries of a tree, which is at a path.
func (s *Snapshot) folder(id, at string) ([]node, error) {
	nodes, bad, err := s.repo.objects.tree(s.ctx, s.repo, id)
	if err == nil && bad != nil {
		err = &Failure{
			Message: fmt.Sprintf("the commit %.12s can't be checked out: in the folder %q %s", s.commit, at, bad.what),
			Hint:    "git fsck shows what is wrong with it; a tree like that is not made by git",
		}
	}
	return nodes, err
}

// node is an entry of a tree.
type node struct {
	bits     uint32 // as git writes them
	name, id string
}

// mode reads the bits as git does: what is no file, link or folder is a submodule.
func (n node) mode() fs.FileMode {
	switch n.bits & 0o170000 {
	case 0o100000:
		return 0o644
	case 0o120000:
		return fs.ModeSymlink | 0o777
	case 0o040000:
		return fs.ModeDir | 0o755
	}
	return fs.ModeIrregular
}

// info is an entry as fs.FileInfo.
type info struct {
	node
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode() }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode().IsDir() }
func (i info) Sys() any           { return nil }

// badTree says why git would not check a tree out.
type badTree struct{ what string }

// parseTree reads the content of a tree object, in which names have idSize bytes.
func parseTree(raw []byte, idSize int) ([]node, *badTree) {
	var nodes []node
	seen := map[string]bool{}
	for len(raw) > 0 {
		head, rest, ok := bytes.Cut(raw, []byte{0})
		bits, name, ok2 := strings.Cut(string(head), " ")
		mode, err := strconv.ParseUint(bits, 8, 32)
		if !ok || !ok2 || err != nil || len(rest) < idSize {
			return nil, &badTree{"the list of entries is broken"}
		}
		switch lower := strings.ToLower(name); {
		case name == "":
			return nil, &badTree{"an entry has no name"}
		case name == "." || name == ".." || lower == ".git" || lower == "git~1" || strings.Contains(name, "/"):
			return nil, &badTree{fmt.Sprintf("an entry has the name %q", name)}
		case seen[name]:
			return nil, &badTree{fmt.Sprintf("two entries have the name %q", name)}
		}
		seen[name] = true
		nodes = append(nodes, node{uint32(mode), name, hex.EncodeToString(rest[:idSize])})
		raw = rest[idSize:]
	}
	return nodes, nil
}

// objects reads git's objects by two processes of git, which start when they are
// first needed. The lock is for those who read through a Snapshot.
type objects struct {
	sync.Mutex
	contents, sizes *reader
	// Of one commit at a time: a long history of large folders would fill the memory.
	commit, top string
	trees       map[string]readTree
}

type readTree struct {
	nodes []node
	bad   *badTree
}

func (o *objects) close() {
	for _, r := range []*reader{o.contents, o.sizes} {
		if r != nil {
			r.close()
		}
	}
	o.contents, o.sizes, o.commit, o.trees = nil, nil, "", nil
}

// get returns the name and content of an object, which has to be of a kind.
func (o *objects) get(ctx context.Context, repo *Repo, name, kind string) (id string, content []byte, err error) {
	if o.contents == nil {
		if o.contents, err = repo.reader(ctx, "--batch"); err != nil {
			return "", nil, err
		}
	}
	r := o.contents
	id, found, size, err := r.ask(name)
	switch {
	case err != nil:
		return "", nil, err
	case kind == "tree" && size > maxTreeSize:
		o.contents = nil
		r.kill()
		return "", nil, &Failure{Message: fmt.Sprintf("git's object %s lists a folder in more than %d MiB", name, maxTreeSize>>20)}
	}
	content = make([]byte, size+1)
	if _, err := io.ReadFull(r.out, content); err != nil {
		return "", nil, r.broken(err)
	}
	if found != kind {
		return "", nil, &Failure{Message: fmt.Sprintf("git's object %s is a %s, not a %s", name, found, kind),
			Hint: "git fsck shows what is wrong with it"}
	}
	return id, content[:size], nil
}

// sizeOf returns the size of an object without reading it.
func (o *objects) sizeOf(ctx context.Context, repo *Repo, id string) (size int64, err error) {
	if o.sizes == nil {
		if o.sizes, err = repo.reader(ctx, "--batch-check"); err != nil {
			return 0, err
		}
	}
	_, _, size, err = o.sizes.ask(id)
	return size, err
}

func (o *objects) tree(ctx context.Context, repo *Repo, id string) ([]node, *badTree, error) {
	t, ok := o.trees[id]
	if !ok {
		_, raw, err := o.get(ctx, repo, id, "tree")
		if err != nil {
			return nil, nil, err
		}
		t.nodes, t.bad = parseTree(raw, len(id)/2)
		o.trees[id] = t
	}
	return t.nodes, t.bad, nil
}

// root returns the name of a commit's tree.
func (o *objects) root(ctx context.Context, repo *Repo, commit string) (string, error) {
	if o.commit != commit {
		id, _, err := o.get(ctx, repo, commit+"^{tree}", "tree")
		if err != nil {
			return "", err
		}
		o.commit, o.top, o.trees = commit, id, map[string]readTree{}
	}
	return o.top, nil
}

// reader is a git cat-file that answers one question after the other.
type reader struct {
	repo   *Repo
	ctx    context.Context
	cmd    *exec.Cmd
	in     io.WriteCloser
	pipe   io.Closer
	out    *bufio.Reader
	stderr bytes.Buffer
}

func (r *Repo) reader(ctx context.Context, mode string) (*reader, error) {
	x := &reader{repo: r, ctx: ctx, cmd: r.command(ctx, call{args: []string{"cat-file", mode}})}
	x.cmd.Stderr = &x.stderr
	in, err := x.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := x.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	x.in, x.pipe, x.out = in, out, bufio.NewReaderSize(out, 64<<10)
	if err := x.cmd.Start(); err != nil {
		return nil, r.failed(err, "cat-file", "")
	}
	return x, nil
}

// ask returns what git says of an object; the content is still to be read.
func (r *reader) ask(name string) (id, kind string, size int64, err error) {
	if _, err := io.WriteString(r.in, name+"\n"); err != nil {
		return "", "", 0, r.broken(err)
	}
	head, err := r.out.ReadString('\n')
	if err != nil {
		return "", "", 0, r.broken(err)
	}
	f := strings.Fields(head)
	if len(f) == 2 && f[1] == "missing" {
		return "", "", 0, &Failure{Message: fmt.Sprintf("the clone lacks git's object %s", f[0]),
			Hint: "git fsck shows what is missing; in a partial clone " + fetchAll}
	}
	if len(f) == 3 {
		if size, err = strconv.ParseInt(f[2], 10, 64); err == nil && size >= 0 {
			return f[0], f[1], size, nil
		}
	}
	return "", "", 0, fmt.Errorf("git cat-file prints %q", head)
}

// broken says why git does not answer.
func (r *reader) broken(err error) error {
	r.close()
	if r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	return r.repo.failed(err, "cat-file", r.stderr.String())
}

func (r *reader) close() {
	r.in.Close()
	r.pipe.Close()
	// What it says at the end is nothing that was asked for.
	_ = r.cmd.Wait()
}

func (r *reader) kill() {
	_ = r.cmd.Process.Kill()
	r.close()
}
