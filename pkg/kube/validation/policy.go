package validation

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func (c *checker) disruptionBudget(spec *value.Value) {
	if m := spec.Get("minAvailable"); m != nil && !m.Is(value.Null) {
		c.excluded(spec, "maxUnavailable", "spec", "it has minAvailable")
	}
}

// metricFields are the fields that belong to the types of metrics.
func metricField(typ string) string {
	switch typ {
	case "Resource":
		return "resource"
	case "ContainerResource":
		return "containerResource"
	case "Pods":
		return "pods"
	case "Object":
		return "object"
	case "External":
		return "external"
	}
	return ""
}

func (c *checker) autoscaler(spec *value.Value) {
	low, ok1 := spec.Get("minReplicas").Int64()
	high, ok2 := spec.Get("maxReplicas").Int64()
	if ok1 && ok2 && low > high {
		c.reportAt(spec.Get("maxReplicas").Pos, "raise it",
			"spec.maxReplicas is %d, less than minReplicas, which is %d", high, low)
	}
	if target := spec.Get("scaleTargetRef"); target.Is(value.Map) && !strings.Contains(target.StringAt("apiVersion"), "/") {
		c.reportAt(cmpPos(target.Get("apiVersion"), target), "write apiVersion: apps/v1 for a Deployment or StatefulSet",
			"spec.scaleTargetRef.apiVersion names no API group")
	}
	for i, m := range spec.Get("metrics").AllItems() {
		where := "spec.metrics." + strconv.Itoa(i)
		own := metricField(m.StringAt("type"))
		if own == "" {
			continue
		}
		c.needs(m, own, where, "its type is "+m.StringAt("type"))
		for _, e := range m.AllEntries() {
			if e.Key != "type" && e.Key != own {
				c.excluded(m, e.Key, where, "its type is "+m.StringAt("type"))
			}
		}
		c.target(m.Get(own, "target"), where+"."+own+".target", own)
	}
}

func (c *checker) target(t *value.Value, where, of string) {
	if !t.Is(value.Map) {
		return
	}
	typ := t.StringAt("type")
	if typ == "Utilization" && of != "resource" && of != "containerResource" {
		c.reportAt(t.Get("type").Pos, "use Value or AverageValue",
			"%s.type can't be Utilization: only resources have one", where)
		return
	}
	for _, field := range []string{"value", "averageValue"} {
		if q, ok := quantity(t.Get(field)); ok && q.Sign() <= 0 {
			c.reportAt(t.Get(field).Pos, "", "%s.%s must be more than 0", where, field)
		}
	}
	if of == "resource" || of == "containerResource" {
		if u := t.Get("averageUtilization"); u.Is(value.Int) {
			c.excluded(t, "averageValue", where, "it has averageUtilization")
		}
	}
	if of == "external" && t.Has("value") {
		c.excluded(t, "averageValue", where, "it has value")
	}
	if of == "pods" && typ != "AverageValue" {
		c.needs(t, "averageValue", where, "it is about each pod")
	}
	switch typ {
	case "Utilization":
		c.needs(t, "averageUtilization", where, "its type is Utilization")
	case "AverageValue":
		c.needs(t, "averageValue", where, "its type is AverageValue")
	case "Value":
		if of == "object" || of == "external" {
			c.needs(t, "value", where, "its type is Value")
		}
	}
}

func (c *checker) role(v *value.Value, kind string) {
	if a := v.Get("aggregationRule"); a.Is(value.Map) && a.Get("clusterRoleSelectors").Empty() {
		c.reportAt(a.Pos, "add clusterRoleSelectors: [...]", "aggregationRule selects nothing")
	}
	for i, r := range v.Get("rules").AllItems() {
		where := "rules." + strconv.Itoa(i)
		urls := !r.Get("nonResourceURLs").Empty()
		switch {
		case urls && kind != "Role" && !(r.Get("apiGroups").Empty() && r.Get("resources").Empty() && r.Get("resourceNames").Empty()):
			c.reportAt(r.Get("nonResourceURLs").Pos, "write two rules", "%s has nonResourceURLs and resources", where)
		case urls && kind == "Role":
			c.excluded(r, "nonResourceURLs", where, "only a ClusterRole has it")
		case !urls:
			for _, field := range []string{"apiGroups", "resources"} {
				if r.Is(value.Map) && r.Get(field).Empty() {
					c.reportAt(r.Pos, "add "+field+": [...]; the core group is \"\"", "%s has no %s", where, field)
				}
			}
		}
	}
}

func (c *checker) binding(v *value.Value) {
	if k := v.Get("roleRef", "kind"); k.Is(value.String) && !has("Role ClusterRole", k.Text) {
		c.reportAt(k.Pos, "use Role or ClusterRole", "roleRef.kind can't be %q", k.Text)
	}
	const group = "rbac.authorization.k8s.io"
	if g := v.Get("roleRef", "apiGroup"); g.StringAt() != "" && g.Text != group {
		c.reportAt(g.Pos, "write "+group, "roleRef.apiGroup can't be %q", g.Text)
	}
	for i, s := range v.Get("subjects").AllItems() {
		where := "subjects." + strconv.Itoa(i)
		k := s.Get("kind")
		if g := s.Get("apiGroup"); k.StringAt() != "ServiceAccount" && g.StringAt() != "" && g.Text != group {
			c.reportAt(g.Pos, "write "+group, "%s.apiGroup can't be %q", where, g.Text)
		}
		if problem := types.Subdomain(s.StringAt("name")); k.StringAt() == "ServiceAccount" && s.StringAt("name") != "" && problem != "" {
			c.reportAt(s.Get("name").Pos, "", "%s.name can't be %q: it %s", where, s.StringAt("name"), problem)
		}
		switch {
		case k.StringAt() == "ServiceAccount":
			if s.StringAt("apiGroup") != "" {
				c.excluded(s, "apiGroup", where, "a ServiceAccount is of the core group")
			}
		case k.Is(value.String) && !has("User Group", k.Text):
			c.reportAt(k.Pos, "use ServiceAccount, User or Group", "%s.kind can't be %q", where, k.Text)
		}
	}
}
