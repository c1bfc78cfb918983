// Command unfold turns an app.yaml into the manifests of an environment, as an
// Argo CD config management plugin and by hand.
package main

import (
	"os"

	"github.com/unfold-gitops/unfold/pkg/cli"
)

func main() { os.Exit(cli.Main()) }
