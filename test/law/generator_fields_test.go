package law_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
)

// TestLawCoversEveryField holds the generator to the table of fields: each
// stands at the top level, in an environment and, where it may, in a workload.
func TestLawCoversEveryField(t *testing.T) {
	const seed, most = 1, 3000
	missing := map[string]bool{}
	for _, field := range descriptor.FieldNames() {
		if !inReference()[field] {
			t.Errorf("%s is no field of the reference", field)
		}
	}
	for _, field := range documented() {
		for _, scope := range []string{"", "environments.", "workloads."} {
			if stands(scope, field) {
				missing[scope+field] = true
			}
		}
	}
	for index := uint64(0); index < most && len(missing) > 0; index++ {
		mention(generate(seed, index).doc, "", "", missing)
	}
	for field := range missing {
		t.Errorf("no random descriptor of %d has %s: teach the generator", most, field)
	}
}

// documented returns the fields in the reference.
func documented() []string {
	var out []string
	for _, m := range regexp.MustCompile("(?m)^(?:\\||###) `([^`]+)`").FindAllStringSubmatch(descriptor.Reference(), -1) {
		out = append(out, m[1])
	}
	return out
}

// inReference holds the paths of all fields and those above them.
var inReference = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, path := range documented() {
		for ; path != ""; path = path[:max(strings.LastIndexByte(path, '.'), 0)] {
			out[path] = true
		}
	}
	return out
})

// stands reports whether a field can be in a scope.
func stands(scope, field string) bool {
	if field == "initContainers.NAME.native" { // which is for sidecars
		return false
	}
	if field == "probes.readiness.terminationGracePeriodSeconds" { // which Kubernetes refuses
		return false
	}
	top, _, _ := strings.Cut(field, ".")
	top = strings.TrimSuffix(top, "[]")
	switch top {
	case "workloads":
		return scope == "" && field == "workloads"
	case "kind":
		return scope != "environments."
	case "enabled":
		return true
	case "ingress", "route": // which lead to another workload only where there are several
		return scope == "workloads." || !strings.HasSuffix(field, ".workload")
	case "apiVersion", "name", "main", "environments":
		return scope == ""
	case "namespace", "namePrefix", "nameSuffix", "defaults", "accept", "manifests", "components", "patches", "configMaps", "claims",
		"commonLabels":
		return scope != "workloads."
	}
	return true
}

// mention strikes out the fields that a node has.
func mention(n *yaml.Node, scope, path string, missing map[string]bool) {
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			mention(item, scope, path+"[]", missing)
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, below := n.Content[i].Value, n.Content[i+1]
		at := key
		if path != "" {
			if at = path + "." + key; !inReference()[at] && inReference()[path+".NAME"] {
				at = path + ".NAME"
			}
		}
		delete(missing, scope+at)
		if at == "environments" || at == "workloads" {
			for j := 1; j < len(below.Content); j += 2 {
				mention(below.Content[j], at+".", "", missing)
			}
			continue
		}
		mention(below, scope, at, missing)
	}
}
