package validation

import (
	"encoding/json"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func (c *checker) deployment(spec *value.Value) {
	s := spec.Get("strategy")
	if s.StringAt("type") == "Recreate" {
		c.excluded(s, "rollingUpdate", "spec.strategy", "its type is Recreate")
	}
	r := s.Get("rollingUpdate")
	if zero(r.Get("maxSurge")) && zero(r.Get("maxUnavailable")) {
		c.reportAt(r.Get("maxSurge").Pos, "let one of them be 1",
			"spec.strategy.rollingUpdate: maxSurge and maxUnavailable can't both be 0")
	}
	c.progressDeadline(spec)
}

// progressDeadline checks that pods can be ready before a Deployment or Rollout is taken
// for stuck, which is after 600 seconds by default.
func (c *checker) progressDeadline(spec *value.Value) {
	ready, ok1 := spec.Get("minReadySeconds").Int64()
	deadline, ok2 := spec.Get("progressDeadlineSeconds").Int64()
	if !ok2 {
		deadline = 600
	}
	switch {
	case ready < deadline:
	case ok1:
		c.reportAt(spec.Get("minReadySeconds").Pos, "raise progressDeadlineSeconds",
			"spec.minReadySeconds must be less than progressDeadlineSeconds, which is %d", deadline)
	default:
		c.reportAt(spec.Get("progressDeadlineSeconds").Pos, "raise it", "spec.progressDeadlineSeconds must be more than 0")
	}
}

func (c *checker) statefulSet(spec *value.Value) {
	if s := spec.Get("updateStrategy"); s.StringAt("type") == "OnDelete" {
		c.excluded(s, "rollingUpdate", "spec.updateStrategy", "its type is OnDelete")
	}
	// A label since Kubernetes 1.34; the pods, which have it as their subdomain, could not be made before (ValidateStatefulSetSpec).
	if name := spec.Get("serviceName"); strings.Contains(name.StringAt(), ".") && types.Subdomain(name.Text) == "" {
		c.reportAt(name.Pos, "name the Service without its namespace", "spec.serviceName can't be %q: it %s", name.Text,
			types.Label(name.Text))
	}
	claims := map[string]bool{}
	for _, t := range spec.Get("volumeClaimTemplates").AllItems() {
		name := t.Get("metadata", "name")
		c.once(claims, name.StringAt(), name, "spec", "claim")
		if problem := types.Label(name.StringAt()); problem != "" {
			c.reportAt(cmpPos(name, t), "", "spec.volumeClaimTemplates: a volume can't be named %q: it %s",
				name.StringAt(), problem)
		}
		c.claim(t.Get("spec"), "spec.volumeClaimTemplates."+t.StringAt("metadata", "name"))
	}
}

func (c *checker) daemonSet(spec *value.Value) {
	r := spec.Get("updateStrategy", "rollingUpdate")
	surge, down := r.Get("maxSurge"), r.Get("maxUnavailable")
	some := surge.IsScalar() && !zero(surge)
	switch {
	case some && !zero(down):
		c.reportAt(surge.Pos, "add maxUnavailable: 0",
			"spec.updateStrategy.rollingUpdate: maxSurge can't be set unless maxUnavailable is 0, which is 1 by default")
	case !some && zero(down):
		c.reportAt(down.Pos, "let one of them be 1",
			"spec.updateStrategy.rollingUpdate: maxSurge and maxUnavailable can't both be 0")
	}
}

func (c *checker) claim(spec *value.Value, where string) {
	if !spec.Is(value.Map) {
		return
	}
	if spec.Get("accessModes").Empty() {
		c.reportAt(spec.Pos, "add accessModes: [ReadWriteOnce]", "%s has no accessModes", where)
	}
	size := spec.Get("resources", "requests", "storage")
	switch q, ok := quantity(size); {
	case size == nil:
		c.reportAt(spec.Pos, "add resources: {requests: {storage: 1Gi}}", "%s asks for no storage", where)
	case ok && q.Sign() <= 0:
		c.reportAt(size.Pos, "", "%s.resources.requests.storage must be more than 0", where)
	}
	c.dataSource(spec, where)
	modes := spec.Get("accessModes").AllItems()
	for _, m := range modes {
		if m.StringAt() == "ReadWriteOncePod" && len(modes) > 1 {
			c.reportAt(m.Pos, "keep one of them", "%s.accessModes: ReadWriteOncePod can't be combined with others", where)
		}
	}
}

// dataSource checks what a claim is filled with.
func (c *checker) dataSource(spec *value.Value, where string) {
	for _, field := range []string{"dataSource", "dataSourceRef"} {
		source := spec.Get(field)
		if kind := source.StringAt("kind"); kind != "" && kind != "PersistentVolumeClaim" && source.StringAt("apiGroup") == "" {
			c.reportAt(source.Get("kind").Pos, "add apiGroup: such as snapshot.storage.k8s.io",
				"%s.%s.kind can't be %q without an apiGroup", where, field, kind)
		}
	}
	one, other := spec.Get("dataSource"), spec.Get("dataSourceRef")
	if !one.Is(value.Map) || !other.Is(value.Map) {
		return
	}
	for _, field := range []string{"apiGroup", "kind", "name"} {
		if one.StringAt(field) != other.StringAt(field) {
			c.reportAt(other.Pos, "keep one of them", "%s.dataSourceRef is not the same as dataSource", where)
			return
		}
	}
}

func (c *checker) configMap(v *value.Value) {
	for _, field := range []string{"data", "binaryData"} {
		for _, e := range v.Get(field).AllEntries() {
			if field == "binaryData" && v.Get("data").Has(e.Key) {
				c.reportAt(e.KeyPos, "remove one of them", "the key %q is in data and in binaryData", e.Key)
			}
		}
	}
}

func (c *checker) secret(v *value.Value) {
	needed := map[string][]string{
		"kubernetes.io/tls": {"tls.crt", "tls.key"}, "kubernetes.io/dockerconfigjson": {".dockerconfigjson"},
		"kubernetes.io/dockercfg": {".dockercfg"}, "kubernetes.io/ssh-auth": {"ssh-privatekey"},
	}
	typ := v.StringAt("type")
	for _, key := range needed[typ] {
		if !v.Get("data").Has(key) && !v.Get("stringData").Has(key) {
			c.reportAt(v.Get("type").At(), "add it to stringData, or change the type",
				"a Secret of type %s needs the key %q", typ, key)
		}
	}
	if text := v.Get("stringData", ".dockerconfigjson"); typ == "kubernetes.io/dockerconfigjson" && text.IsScalar() &&
		!json.Valid([]byte(text.Text)) {
		c.reportAt(text.Pos, "", "stringData..dockerconfigjson is no JSON")
	}
	if typ == "kubernetes.io/basic-auth" {
		for _, field := range []string{"data", "stringData"} {
			if v.Get(field).Has("username") || v.Get(field).Has("password") {
				return
			}
		}
		c.reportAt(v.Get("type").At(), "add username or password",
			"a Secret of type %s needs a user name or a password", typ)
	}
}
