package validation

import (
	"slices"
	"strconv"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// resourceClaims checks the devices that a pod asks for (validatePodResourceClaim).
func (c *checker) resourceClaims(spec *value.Value, where string) {
	names := map[string]bool{}
	for i, x := range spec.Get("resourceClaims").AllItems() {
		at := where + ".resourceClaims." + strconv.Itoa(i)
		c.once(names, x.StringAt("name"), x.Get("name"), where, "resource claim")
		claim, template := x.Entry("resourceClaimName"), x.Entry("resourceClaimTemplateName")
		switch {
		case claim != nil && template != nil:
			c.excluded(x, "resourceClaimTemplateName", at, "it has resourceClaimName")
		case claim == nil && template == nil:
			c.reportAt(x.At(), "add resourceClaimName or resourceClaimTemplateName", "%s names no claim", at)
		}
	}
}

// claims checks that a container asks for devices of its pod.
func (c *checker) claims(spec, x *value.Value, where string) {
	var names []string
	for _, claim := range spec.Get("resourceClaims").AllItems() {
		names = append(names, claim.StringAt("name"))
	}
	seen := map[string]bool{}
	for i, claim := range x.Get("resources", "claims").AllItems() {
		at := where + ".resources.claims." + strconv.Itoa(i)
		name, request := claim.Get("name"), claim.Get("request")
		if text := name.StringAt(); text != "" && !slices.Contains(names, text) {
			c.reportAt(name.Pos, "name it under resourceClaims of the pod",
				"%s can't be %q: the pod has no such resource claim", at, text)
		}
		if problem := types.Label(request.StringAt()); request.StringAt() != "" && problem != "" {
			c.reportAt(request.Pos, "", "%s.request can't be %q: it %s", at, request.Text, problem)
		}
		c.once(seen, claim.StringAt("name")+" "+claim.StringAt("request"), claim, where, "claim")
	}
}

// resizePolicy checks what a container does when its resources change.
func (c *checker) resizePolicy(spec, x *value.Value, where string) {
	seen := map[string]bool{}
	for i, p := range x.Get("resizePolicy").AllItems() {
		at := where + ".resizePolicy." + strconv.Itoa(i)
		c.once(seen, p.StringAt("resourceName"), p.Get("resourceName"), where, "resize policy")
		if restart := p.Get("restartPolicy"); restart.StringAt() == "RestartContainer" && spec.StringAt("restartPolicy") == "Never" {
			c.reportAt(restart.Pos, "use NotRequired",
				"%s.restartPolicy can't be RestartContainer: the pod's restartPolicy is Never", at)
		}
	}
}
