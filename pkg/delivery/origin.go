package delivery

import (
	"context"
	"errors"

	"github.com/unfold-gitops/unfold/pkg/delivery/git"
)

// Origin returns the root of the repository that dir is in, and its remote's
// address, "" where it has none. The error, of one line, says why dir is in no
// repository.
func Origin(ctx context.Context, dir string) (root, url string, err error) {
	repo, _, err := git.Open(ctx, dir)
	var f *git.Failure
	if errors.As(err, &f) {
		err = errors.New(f.Message) // its hint is for those who need a clone
	}
	if err != nil {
		return "", "", err
	}
	defer repo.Close()
	url, err = repo.RemoteURL(ctx)
	if err != nil {
		return repo.Root(), "", nil
	}
	return repo.Root(), url, nil
}

// IsRevision reports whether a text names a commit of the repository that dir is in.
func IsRevision(ctx context.Context, dir, text string) bool {
	repo, _, err := git.Open(ctx, dir)
	if err != nil {
		return false
	}
	defer repo.Close()
	_, err = repo.Resolve(ctx, text)
	return err == nil
}
