package git

import (
	"context"
	"fmt"
	"strings"
)

// Pushed is the result of a push.
type Pushed struct {
	Commit, Remote, Branch string
	// HookOutput is what hooks printed, here and on the remote, line by line.
	HookOutput []string
	// Behind says why the work tree does not have the commit yet, "" where it has.
	Behind string
}

// push is a push that is under way.
type push struct {
	*Repo
	to      Target
	edit    Edit
	current string // the branch that is checked out, or ""
	remote  string // its name or address
	result  Pushed
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
	p := &push{Repo: r, to: t, edit: edit, result: Pushed{Remote: t.Remote, Branch: t.Branch}}
	head, _ := r.git(ctx, nil, "symbolic-ref", "--quiet", "HEAD")
	if branch, ok := strings.CutPrefix(strings.TrimSpace(head), "refs/heads/"); ok {
		p.current = branch
	}
	if err := p.findTarget(ctx); err != nil {
		return p.result, err
	}
	failed := 0
	for n := range attempts {
		err := p.attempt(ctx)
		switch {
		case is(err, network) && failed < failures:
			failed++
		case err == nil && p.result.Commit != "":
			p.forward(context.WithoutCancel(ctx))
			return p.result, nil
		case !is(err, race):
			return p.result, err
		}
		if err := pause(ctx, n); err != nil {
			return p.result, err
		}
	}
	return p.result, &Failure{Message: fmt.Sprintf("others pushed to %s during each attempt, %d times", p.result.Branch, attempts),
		Hint: "nothing was changed: run it again"}
}

// findTarget finds out the remote and the branch.
func (p *push) findTarget(ctx context.Context) error {
	config := func(key string) string {
		out, _ := p.git(ctx, nil, "config", "--get", key)
		return strings.TrimSpace(out)
	}
	if p.result.Branch == "" {
		if p.current == "" {
			return &Failure{Message: "no branch is checked out, so it is not clear where to push",
				Hint: "name the branch with --branch"}
		}
		p.result.Branch = p.current
		if to, ok := strings.CutPrefix(config("branch."+p.current+".merge"), "refs/heads/"); ok {
			p.result.Branch = to
		}
	}
	remote := p.result.Remote
	if remote == "" && p.current != "" {
		remote = config("branch." + p.current + ".remote")
	}
	if remote == "" || remote == "." {
		remote = "origin"
		if out, _ := p.git(ctx, nil, "remote"); len(strings.Fields(out)) == 1 {
			remote = strings.TrimSpace(out)
		}
	}
	p.result.Remote = parseAddress(remote).String()
	p.addresses = append(p.configured(), remote)
	// It can be an address too, but not one that names a program, as ext::… does.
	if strings.HasPrefix(remote, "-") || strings.Contains(remote, "::") || strings.ContainsAny(remote, "\n\x00") {
		return &Failure{Message: fmt.Sprintf("%q can't be a remote", p.result.Remote), kind: kindOf(p.to.Remote),
			Hint: "name one that git remote -v lists with --remote"}
	}
	if _, err := p.git(ctx, nil, "check-ref-format", "refs/heads/"+p.result.Branch); err != nil || strings.HasPrefix(p.result.Branch, "-") {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return &Failure{Message: fmt.Sprintf("%q can't be the name of a branch", p.result.Branch), kind: kindOf(p.to.Branch),
			Hint: "check the name with git check-ref-format --branch"}
	}
	p.remote = remote
	return nil
}

// attempt makes the commit on top of the remote's newest one, and pushes it.
func (p *push) attempt(ctx context.Context) error {
	base, err := p.fetch(ctx)
	if err != nil {
		return err
	}
	f, err := p.edit(ctx, base)
	if err != nil || f == nil {
		return err
	}
	m, err := p.commit(ctx, base, p.to, f)
	if err != nil {
		return err
	}
	args := []string{"push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", "--", p.remote,
		m.hash + ":refs/heads/" + p.result.Branch}
	out, errOut, err := p.run(ctx, call{args: args})
	switch {
	case err != nil && ctx.Err() != nil && !accepted(out):
		return &Failure{
			Message: fmt.Sprintf("interrupted while the commit %.12s was on its way to %s %s; nothing changed in the clone", m.hash,
				p.result.Remote, p.result.Branch),
			Hint: "it may have arrived: run it again, and it prints unchanged if it has",
		}
	case err != nil && ctx.Err() == nil:
		return err
	}
	p.result.Commit, p.result.HookOutput = m.hash, hookLines(p.withoutSecrets(out+errOut))
	return nil
}

// accepted reports whether the remote took the commit, by the output of git push
// --porcelain.
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
func (p *push) fetch(ctx context.Context) (string, error) {
	ref := "refs/heads/" + p.result.Branch
	out, err := p.git(ctx, nil, "ls-remote", "--", p.remote, ref)
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
		return p.Resolve(ctx, "HEAD")
	}
	head, err := p.Resolve(ctx, "HEAD")
	if err != nil {
		head = "" // nothing is committed here
	}
	if tip != head && !p.pointedAt(ctx, tip) {
		args := []string{"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules",
			"--refmap=", "--", p.remote, ref}
		if _, err := p.git(ctx, nil, args...); err != nil {
			return "", err
		}
	}
	if tip, err = p.Resolve(ctx, tip); err != nil {
		return "", &Failure{Message: fmt.Sprintf("the branch %s of %s was replaced by another one", p.result.Branch, p.result.Remote),
			Hint: "nothing was changed: run it again", kind: race}
	}
	if p.current != p.result.Branch || head == "" {
		return tip, nil
	}
	switch {
	case head == tip || p.ancestor(ctx, head, tip):
		return tip, nil
	case p.ancestor(ctx, tip, head):
		return head, nil
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	}
	return "", &Failure{Message: fmt.Sprintf("the branch %s and that of %s have diverged", p.current, p.result.Remote),
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
// ignored ones included. The configuration of merges is overruled.
func (p *push) forward(ctx context.Context) {
	if p.current != p.result.Branch {
		return
	}
	args := []string{"-c", "merge.autoStash=false"}
	if !strings.Contains(p.current, "=") { // the option can't name it then, and nobody has options for such a branch
		args = append(args, "-c", "branch."+p.current+".mergeOptions=")
	}
	args = append(args, "merge", "--ff-only", "--no-overwrite-ignore", "--no-squash", "--commit", "--no-stat", "--quiet",
		"--no-verify-signatures", p.result.Commit)
	_, output, err := p.run(ctx, call{args: args})
	if err != nil {
		p.result.Behind = "the work tree does not have it yet: " + inTheWay(p.withoutSecrets(output), err)
	}
}

// inTheWay returns the files that are in the way of git merge, by its own message.
func inTheWay(output string, err error) string {
	var wrong, files []string
	for line := range strings.Lines(output) {
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
