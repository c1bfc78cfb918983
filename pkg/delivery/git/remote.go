package git

import (
	"context"
	"strings"
)

// Root returns the folder of the work tree.
func (r *Repo) Root() string { return r.root }

// RemoteURL returns the address of origin, or of the only remote, without the
// password that may be in it.
func (r *Repo) RemoteURL(ctx context.Context) (string, error) {
	name := "origin"
	if out, err := r.git(ctx, nil, "remote"); err == nil && len(strings.Fields(out)) == 1 {
		name = strings.TrimSpace(out)
	}
	out, err := r.git(ctx, nil, "remote", "get-url", "--", name)
	if err != nil {
		return "", err
	}
	return withoutPasswords(strings.TrimSpace(out)), nil
}
