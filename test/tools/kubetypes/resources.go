package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// resourcesTarget is the table of the API server's resources.
const resourcesTarget = "pkg/kube/types/resources.txt"

// impersonated are what a role can name besides the resources that have a path: whom a user may act as, and who
// signs certificates (kubernetes.io/docs/reference/access-authn-authz).
var impersonated = map[string]string{"users": "-", "groups": "-", "uids": "authentication.k8s.io", "userextras": "authentication.k8s.io",
	"signers": "certificates.k8s.io"}

// resources gives a line for each resource: its name and the API groups that have it, the core group as "-" first.
func (doc swagger) resources() []byte {
	found := map[string]map[string]bool{}
	add := func(name, group string) {
		if found[name] == nil {
			found[name] = map[string]bool{}
		}
		found[name][group] = true
	}
	for path := range doc.Paths {
		if name, group := resourceOf(path); name != "" {
			add(name, group)
		}
	}
	for name, group := range impersonated {
		add(name, group)
	}
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(found)) {
		fmt.Fprintln(&out, name, strings.Join(slices.Sorted(maps.Keys(found[name])), " "))
	}
	return out.Bytes()
}

// resourceOf gives the resource that a path is about, "" for none: /api/v1/pods, /apis/GROUP/VERSION/RESOURCE, and the
// same in a namespace or for one object.
func resourceOf(path string) (name, group string) {
	rest, core := strings.CutPrefix(path, "/api/v1/")
	group = "-"
	if !core {
		if rest, core = strings.CutPrefix(path, "/apis/"); !core {
			return "", ""
		}
		parts := strings.SplitN(rest, "/", 3)
		if len(parts) < 3 {
			return "", ""
		}
		group, rest = parts[0], parts[2]
	}
	if strings.HasPrefix(rest, "watch/") {
		return "", ""
	}
	if of, ok := strings.CutPrefix(rest, "namespaces/{namespace}/"); ok {
		rest = of
	}
	name, _, _ = strings.Cut(rest, "/")
	return name, group
}
