package git

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os/exec"
)

// refUpdate is a change of HEAD that git has prepared: its refs are locked and
// checked, so that little can fail any more. It ends with this process.
type refUpdate struct {
	repo   *Repo
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	stderr bytes.Buffer
}

// prepare locks HEAD, which has to be at old. The process holds l too, so that
// nobody takes the lock while it still may do something.
func (r *Repo) prepare(ctx context.Context, l *lock, message, fresh, old string) (*refUpdate, error) {
	u := &refUpdate{repo: r, cmd: r.command(ctx, call{args: []string{"update-ref", "-m", message, "--stdin"}})}
	u.cmd.Stderr = &u.stderr
	share(u.cmd, l.held)
	in, err := u.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := u.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	u.in, u.out = in, bufio.NewScanner(out)
	if err := u.cmd.Start(); err != nil {
		return nil, err
	}
	err = u.say(fmt.Sprintf("start\nupdate HEAD %s %s\nprepare\n", fresh, old), "start: ok", "prepare: ok")
	if err != nil {
		return nil, u.failed(err)
	}
	return u, nil
}

func (u *refUpdate) say(text string, answers ...string) error {
	if _, err := io.WriteString(u.in, text); err != nil {
		return err
	}
	for _, want := range answers {
		if !u.out.Scan() || u.out.Text() != want {
			return fmt.Errorf("git update-ref prints %q, not %q", u.out.Text(), want)
		}
	}
	return nil
}

// commit moves HEAD.
func (u *refUpdate) commit() error {
	if err := u.say("commit\n", "commit: ok"); err != nil {
		return u.failed(err)
	}
	u.in.Close()
	// It has happened.
	_ = u.cmd.Wait()
	return nil
}

// abort leaves HEAD where it is. It returns an error if git did not end by itself.
func (u *refUpdate) abort() error {
	u.in.Close()
	return u.cmd.Wait()
}

// failed returns why git did not answer as it should: what it says, else how it
// ended, else err.
func (u *refUpdate) failed(err error) error {
	return u.repo.failed(cmp.Or(u.abort(), err), "update-ref", u.stderr.String())
}
