package fields

import _ "embed"

// What the topics of the reference begin with, in Markdown. In those of jobs and
// hooks, INHERITED is replaced by the fields of that trait.
var (
	//go:embed prose/app.md
	appProse string
	//go:embed prose/several.md
	severalProse string
	//go:embed prose/kinds.md
	kindProse string
	//go:embed prose/container.md
	containerProse string
	//go:embed prose/pods.md
	podProse string
	//go:embed prose/containers.md
	containersProse string
	//go:embed prose/config.md
	configProse string
	//go:embed prose/volumes.md
	volumesProse string
	//go:embed prose/network.md
	networkProse string
	//go:embed prose/identity.md
	identityProse string
	//go:embed prose/secrets.md
	secretProse string
	//go:embed prose/scale.md
	scaleProse string
	//go:embed prose/observability.md
	observeProse string
	//go:embed prose/jobs.md
	jobsProse string
	//go:embed prose/hooks.md
	hooksProse string
	//go:embed prose/metadata.md
	metadataProse string
)
