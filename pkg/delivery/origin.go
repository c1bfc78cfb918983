package delivery

import (
	"context"

	"github.com/unfold-gitops/unfold/pkg/delivery/git"
)

// Origin returns the root of the repository that dir is in, and its remote's
// address, "" where it has none. The error says that dir is in no repository.
func Origin(ctx context.Context, dir string) (root, url string, err error) {
	repo, _, err := git.Open(ctx, dir)
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
