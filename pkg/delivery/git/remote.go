package git

import (
	"context"
	"fmt"
	"strings"
)

// Root returns the folder of the work tree.
func (r *Repo) Root() string { return r.root }

// RemoteURL returns the address of origin, or of the only remote, without the
// password or token that may be in it. It is an error if that can't be told from the
// rest for sure.
func (r *Repo) RemoteURL(ctx context.Context) (string, error) {
	name := "origin"
	if out, err := r.git(ctx, nil, "remote"); err == nil && len(strings.Fields(out)) == 1 {
		name = strings.TrimSpace(out)
	}
	out, err := r.git(ctx, nil, "remote", "get-url", "--", name)
	if err != nil {
		return "", err
	}
	a := parseAddress(strings.TrimSpace(out))
	if a.doubtful {
		return "", &Failure{Message: fmt.Sprintf("the address of the remote %s may hold a password", name)}
	}
	return a.String(), nil
}
