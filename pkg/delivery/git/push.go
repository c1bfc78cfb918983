package git

import (
	"context"
	"fmt"
	"strings"
)

// Pushed is what came of a push.
type Pushed struct {
	Commit, Remote, Branch string
	// Said is what hooks said of it, those here and those on the remote, line by line.
	Said []string
	// Behind says why the work tree does not have the commit yet, "" where it has.
	Behind string
}

// Push commits an edit on top of what the remote has, and pushes it. When
// somebody else was faster, the edit is made anew on top of theirs. Nothing in
// the clone changes before the push has succeeded, but for objects that nothing
// refers to; then a work tree that can be taken forward to the commit is, whatever
// becomes of ctx. The commit is "" where the remote has the edit already.
func (r *Repo) Push(ctx context.Context, t Target, edit Edit) (Pushed, error) {
	r.allowed = access{hooks: true, network: true}
	if err := r.unchanged(ctx, t.Path); err != nil {
		return Pushed{}, err
	}
	current, _ := r.git(ctx, nil, "symbolic-ref", "--quiet", "HEAD")
	current, ok := strings.CutPrefix(strings.TrimSpace(current), "refs/heads/")
	if !ok {
		current = ""
	}
	p := Pushed{Remote: t.Remote, Branch: t.Branch}
	remote, err := r.target(ctx, current, &p)
	if err != nil {
		return p, err
	}
	failed := 0
	for n := range attempts {
		err := r.attempt(ctx, t, edit, current, remote, &p)
		switch {
		case is(err, network) && failed < failures:
			failed++
		case err == nil && p.Commit != "":
			r.forward(context.WithoutCancel(ctx), current, &p)
			return p, nil
		case !is(err, race):
			return p, err
		}
		if err := pause(ctx, n); err != nil {
			return p, err
		}
	}
	return p, &Failure{Message: fmt.Sprintf("others pushed to %s each time that this was tried, %d times", p.Branch, attempts),
		Hint: "nothing was changed: run it again"}
}

// target settles the remote, which it gives, and the branch.
func (r *Repo) target(ctx context.Context, current string, p *Pushed) (string, error) {
	config := func(key string) string {
		out, _ := r.git(ctx, nil, "config", "--get", key)
		return strings.TrimSpace(out)
	}
	if p.Branch == "" {
		if current == "" {
			return "", &Failure{Message: "no branch is checked out, so it is not clear where to push",
				Hint: "name the branch with --branch"}
		}
		p.Branch = current
		if to, ok := strings.CutPrefix(config("branch."+current+".merge"), "refs/heads/"); ok {
			p.Branch = to
		}
	}
	remote := p.Remote
	if remote == "" && current != "" {
		remote = config("branch." + current + ".remote")
	}
	if remote == "" || remote == "." {
		remote = "origin"
		if out, _ := r.git(ctx, nil, "remote"); len(strings.Fields(out)) == 1 {
			remote = strings.TrimSpace(out)
		}
	}
	p.Remote = parseAddress(remote).String()
	r.addresses = append(r.configured(), remote)
	// It can be an address too, but not one that names a program, as ext::… does.
	if strings.HasPrefix(remote, "-") || strings.Contains(remote, "::") || strings.ContainsAny(remote, "\n\x00") {
		return "", &Failure{Message: fmt.Sprintf("%q can't be a remote", p.Remote), Hint: "name one that git remote -v lists with --remote"}
	}
	if _, err := r.git(ctx, nil, "check-ref-format", "refs/heads/"+p.Branch); err != nil || strings.HasPrefix(p.Branch, "-") {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", &Failure{Message: fmt.Sprintf("%q can't be the name of a branch", p.Branch),
			Hint: "git check-ref-format --branch tells which names can"}
	}
	return remote, nil
}

// attempt makes the commit on top of the remote's newest one, and pushes it.
func (r *Repo) attempt(ctx context.Context, t Target, edit Edit, current, remote string, p *Pushed) error {
	base, err := r.fetch(ctx, current, remote, p)
	if err != nil {
		return err
	}
	f, err := edit(ctx, base)
	if err != nil || f == nil {
		return err
	}
	m, err := r.commit(ctx, base, t, f)
	if err != nil {
		return err
	}
	args := []string{"push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", "--", remote, m.hash + ":refs/heads/" + p.Branch}
	out, said, err := r.run(ctx, call{args: args})
	switch {
	case err != nil && ctx.Err() != nil && !accepted(out):
		return &Failure{
			Message: fmt.Sprintf("interrupted while the commit %.12s was on its way to %s %s; nothing changed in the clone", m.hash,
				p.Remote, p.Branch),
			Hint: "it may have arrived: run it again, which says unchanged then",
		}
	case err != nil && ctx.Err() == nil:
		return err
	}
	p.Commit, p.Said = m.hash, spoken(r.withoutSecrets(out+said))
	return nil
}

// accepted reports whether git push --porcelain says that the remote took it.
func accepted(out string) bool {
	for line := range strings.Lines(out) {
		if flag, rest, ok := strings.Cut(line, "\t"); ok && (flag == " " || flag == "*") && strings.Contains(rest, ":refs/heads/") {
			return true
		}
	}
	return false
}

// fetch returns the commit to build on: the remote's newest one, or that of HEAD
// where it is ahead of it or the branch is new. It asks for the name first and then
// for the objects, if they are not here yet. So it needs no ref to keep the name in,
// neither FETCH_HEAD, which is shared by all who fetch in this clone.
func (r *Repo) fetch(ctx context.Context, current, remote string, p *Pushed) (string, error) {
	ref := "refs/heads/" + p.Branch
	out, err := r.git(ctx, nil, "ls-remote", "--", remote, ref)
	if err != nil {
		return "", err
	}
	tip := ""
	for line := range strings.Lines(out) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && name == ref {
			tip = id
		}
	}
	if tip == "" {
		return r.Resolve(ctx, "HEAD")
	}
	head, err := r.Resolve(ctx, "HEAD")
	if err != nil {
		head = "" // nothing is committed here
	}
	if tip != head && !r.pointedAt(ctx, tip) {
		args := []string{"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules",
			"--refmap=", "--", remote, ref}
		if _, err := r.git(ctx, nil, args...); err != nil {
			return "", err
		}
	}
	if tip, err = r.Resolve(ctx, tip); err != nil {
		return "", &Failure{Message: fmt.Sprintf("the branch %s of %s was replaced by another one", p.Branch, p.Remote),
			Hint: "nothing was changed: run it again", kind: race}
	}
	if current != p.Branch || head == "" {
		return tip, nil
	}
	switch {
	case head == tip || r.ancestor(ctx, head, tip):
		return tip, nil
	case r.ancestor(ctx, tip, head):
		return head, nil
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	}
	return "", &Failure{Message: fmt.Sprintf("the branch %s and that of %s have both gone on", current, p.Remote),
		Hint: "run git pull --rebase first"}
}

// pointedAt reports whether a ref of the clone is at a commit, so that the clone has
// all that belongs to it.
func (r *Repo) pointedAt(ctx context.Context, commit string) bool {
	out, err := r.git(ctx, nil, "for-each-ref", "--count=1", "--points-at="+commit)
	return err == nil && out != ""
}

func (r *Repo) ancestor(ctx context.Context, a, b string) bool {
	_, err := r.git(ctx, nil, "merge-base", "--is-ancestor", "--end-of-options", a, b)
	return err == nil
}

// forward takes the work tree to the pushed commit, where the branch is checked
// out and nothing is in the way: no change, and no file that git does not know,
// ignored ones included. What the configuration says of merges does not hold.
func (r *Repo) forward(ctx context.Context, current string, p *Pushed) {
	if current != p.Branch {
		return
	}
	args := []string{"-c", "merge.autoStash=false"}
	if !strings.Contains(current, "=") { // else it can't be said; nobody has options for such a branch
		args = append(args, "-c", "branch."+current+".mergeOptions=")
	}
	args = append(args, "merge", "--ff-only", "--no-overwrite-ignore", "--no-squash", "--commit", "--no-stat", "--quiet",
		"--no-verify-signatures", p.Commit)
	_, said, err := r.run(ctx, call{args: args})
	if err != nil {
		p.Behind = "the work tree does not have it yet: " + inTheWay(r.withoutSecrets(said), err)
	}
}

// inTheWay returns what git merge says of the files that are in its way.
func inTheWay(said string, err error) string {
	var wrong, files []string
	for line := range strings.Lines(said) {
		text := strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(text, "error: "); ok {
			wrong = append(wrong, strings.TrimSuffix(rest, ":"))
		} else if strings.HasPrefix(line, "\t") {
			files = append(files, text)
		}
	}
	const most = 5
	if len(files) > most {
		files = append(files[:most], fmt.Sprintf("and %d more", len(files)-most))
	}
	if len(wrong) == 0 {
		return err.Error()
	}
	return strings.Join(append(wrong[:1], files...), " ")
}
