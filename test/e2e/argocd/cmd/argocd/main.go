// Command argocd is the part of Argo CD that the end-to-end tests run: like the released binary, it is one
// program that takes its role from the name it was started by.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	appcontroller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	applicationset "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	cmpserver "github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
)

func main() {
	roles := map[string]func() *cobra.Command{
		"argocd-application-controller":    appcontroller.NewCommand,
		"argocd-applicationset-controller": applicationset.NewCommand,
		"argocd-cmp-server":                cmpserver.NewCommand,
		"argocd-repo-server":               reposerver.NewCommand,
	}
	role := filepath.Base(os.Args[0])
	newCommand, ok := roles[role]
	if !ok {
		fmt.Fprintf(os.Stderr, "started as %q, which is no part of Argo CD that the tests use\n", role)
		os.Exit(2)
	}
	if err := newCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
