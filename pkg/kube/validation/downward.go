package validation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// The fields of a pod that its containers can be told (validEnvDownwardAPIFieldPathExpressions and
// validVolumeDownwardAPIFieldPathExpressions in pkg/apis/core/validation). One label or annotation has its key in brackets.
const (
	envFields = "metadata.name metadata.namespace metadata.uid spec.nodeName spec.serviceAccountName " +
		"status.hostIP status.hostIPs status.podIP status.podIPs"
	fileFields    = "metadata.name metadata.namespace metadata.uid metadata.labels metadata.annotations"
	keyedFields   = "metadata.labels['KEY'] metadata.annotations['KEY']"
	askedFields   = "limits.cpu limits.memory limits.ephemeral-storage requests.cpu requests.memory requests.ephemeral-storage"
	oldNodeName   = "spec.host" // which Kubernetes converts
	bytesDivisors = "1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei"
)

// fieldRef checks a reference to one of the fields of the pod.
func (c *checker) fieldRef(ref *value.Value, where, fields string) {
	if v := ref.Get("apiVersion"); v.StringAt() != "" && v.Text != "v1" {
		c.reportAt(v.Pos, "remove it", "%s.apiVersion can't be %q", where, v.Text)
	}
	path := ref.Get("fieldPath")
	text := path.StringAt()
	if text == "" || text == oldNodeName || has(fields, text) {
		return
	}
	allowed := strings.Fields(fields + " " + keyedFields)
	field, key, keyed := strings.Cut(strings.TrimSuffix(text, "']"), "['")
	switch {
	case !keyed || !strings.HasSuffix(text, "']") || !has("metadata.labels metadata.annotations", field):
		c.reportAt(path.Pos, diag.Hint(text, "the fields are", allowed), "%s.fieldPath can't be %q", where, text)
	case types.QualifiedName(strings.ToLower(key)) != "":
		c.reportAt(path.Pos, "", "%s.fieldPath can't have the key %q: it %s", where, key,
			types.QualifiedName(strings.ToLower(key)))
	}
}

// resourceFieldRef checks a reference to what a container asks for; of a file it
// says which container.
func (c *checker) resourceFieldRef(ref *value.Value, where string, file bool) {
	if file {
		c.needs(ref, "containerName", where, "a volume is of no container")
	}
	resource := ref.Get("resource")
	text := resource.StringAt()
	pages := strings.HasPrefix(text, "limits.hugepages-") || strings.HasPrefix(text, "requests.hugepages-")
	if resource != nil && !pages && !has(askedFields, text) {
		c.reportAt(resource.Pos, diag.Hint(text, "allowed are", strings.Fields(askedFields)),
			"%s.resource can't be %q",
			where, text)
		return
	}
	divisor := ref.Get("divisor")
	allowed := bytesDivisors
	if strings.HasSuffix(text, ".cpu") {
		allowed = "1m 1"
	}
	q, ok := quantity(divisor)
	if !ok || q.Sign() == 0 {
		return
	}
	same := func(s string) bool {
		one, _ := types.ParseQuantity(s)
		return q.Cmp(one) == 0
	}
	if !slices.ContainsFunc(strings.Fields(allowed), same) {
		c.reportAt(divisor.Pos, "use one of "+strings.ReplaceAll(allowed, " ", ", "), "%s.divisor can't be %s", where,
			divisor.Text)
	}
}

// environment checks where the variables of a container come from.
func (c *checker) environment(x *value.Value, where string) {
	for i, e := range x.Get("env").AllItems() {
		at := where + ".env." + strconv.Itoa(i)
		if e.StringAt("value") != "" {
			c.excluded(e, "valueFrom", at, "it has a value")
		}
		c.fieldRef(e.Get("valueFrom", "fieldRef"), at+".valueFrom.fieldRef", envFields)
		c.resourceFieldRef(e.Get("valueFrom", "resourceFieldRef"), at+".valueFrom.resourceFieldRef", false)
	}
}

// downward checks the files of a volume that hold fields of the pod.
func (c *checker) downward(v *value.Value, where string) {
	for i, item := range v.Get("items").AllItems() {
		at := where + ".items." + strconv.Itoa(i)
		field, resource := item.Get("fieldRef"), item.Get("resourceFieldRef")
		switch {
		case field.Is(value.Map) && resource.Is(value.Map):
			c.excluded(item, "resourceFieldRef", at, "it has fieldRef")
		case field.Is(value.Map):
			c.fieldRef(field, at+".fieldRef", fileFields)
		case resource.Is(value.Map):
			c.resourceFieldRef(resource, at+".resourceFieldRef", true)
		default:
			c.reportAt(item.At(), "add fieldRef or resourceFieldRef", "%s says nothing to write", at)
		}
	}
}
