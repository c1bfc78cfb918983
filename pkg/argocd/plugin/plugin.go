package plugin

import (
	"fmt"
	"strings"
)

// Plugin returns plugin.yaml, the file by which argocd-cmp-server knows the
// plugin. With discovery, Applications need not name it; the price is that
// repo-server sends the repository to the sidecar to ask whether an app is ours.
func Plugin(discovery bool) []byte {
	var b strings.Builder
	b.WriteString("# Made by make update from pkg/argocd/plugin; a test holds them equal.\n")
	b.WriteString("apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\n")
	b.WriteString("metadata:\n  # Applications name it: spec.source.plugin.name. There is no spec.version, which\n" +
		"  # would become a part of that name.\n  name: unfold\n")
	b.WriteString("spec:\n")
	if discovery {
		b.WriteString("  # An app is ours if its folder holds app.yaml; Applications then write plugin: {}.\n")
		b.WriteString("  # In a large monorepo use the variant without discovery: to ask, repo-server sends\n" +
			"  # the whole repository to the sidecar, also for an app that names the plugin.\n")
		fmt.Fprintf(&b, "  discover:\n    fileName: %s\n", discoverFile)
	}
	b.WriteString("  # No shell and no other program: the image holds only unfold.\n")
	b.WriteString("  generate:\n    command: [unfold, generate]\n")
	b.WriteString("  parameters:\n    dynamic:\n      command: [unfold, parameters]\n")
	return []byte(b.String())
}

// discoverFile is matched against the app's folder.
const discoverFile = "app.yaml"
