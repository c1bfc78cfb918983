// Package validation tells what the API server, the kubelet, and of a Rollout its controller,
// would refuse about an object, without a server: what its type does not allow, and the
// rules beyond types, one file for each sort of object. What depends on the
// cluster (quotas, admission webhooks, what is there already) can't be known here.
// The functions named in comments are those of Kubernetes' pkg/apis/*/validation.
package validation

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Check reports what is wrong with an object. Kinds of groups that are not known may
// well be there in the cluster: they are not checked.
func Check(v *value.Value, diags *diag.List) {
	apiVersion, kind := v.StringAt("apiVersion"), v.StringAt("kind")
	t, ok := types.Lookup(apiVersion, kind)
	if !ok {
		unknown(v, apiVersion, kind, diags)
		return
	}
	t.Check(v, nil, diags)
	c := checker{diags: diags, file: v.Pos.File}
	c.name(apiVersion, kind, v.Get("metadata"))
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		group = ""
	}
	spec := v.Get("spec")
	if k, ok := kinds.Find(kind); ok && k.Is(apiVersion, kind) && !k.Completes {
		c.workload(v, k)
	}
	switch group + "/" + kind {
	case "/Service":
		c.service(spec)
	case "/ConfigMap":
		c.configMap(v)
		c.data(v, kind, "data", "binaryData")
	case "/Secret":
		c.secret(v)
		c.data(v, kind, "stringData", "data")
	case "bitnami.com/SealedSecret":
		c.sealedSecret(spec)
	case "/PersistentVolumeClaim":
		c.claim(spec, "spec")
	case "apps/Deployment":
		c.deployment(spec)
	case "argoproj.io/Rollout":
		c.rollout(spec)
	case "apps/StatefulSet":
		c.statefulSet(spec)
	case "apps/DaemonSet":
		c.daemonSet(spec)
	case "batch/Job":
		c.job(spec, "spec")
	case "batch/CronJob":
		c.cronJob(spec)
	case "autoscaling/HorizontalPodAutoscaler":
		c.autoscaler(spec)
	case "networking.k8s.io/Ingress":
		c.ingress(spec)
	case "gateway.networking.k8s.io/HTTPRoute":
		c.httpRoute(spec)
	case "networking.k8s.io/NetworkPolicy":
		c.networkPolicy(spec)
	case "policy/PodDisruptionBudget":
		c.disruptionBudget(spec)
	case "rbac.authorization.k8s.io/Role", "rbac.authorization.k8s.io/ClusterRole":
		c.role(v, kind)
	case "rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding":
		c.binding(v)
	}
	c.anywhere(v)
}

type checker struct {
	diags *diag.List
	file  string // that the object is from
}

// reportAt adds what the API server would refuse.
func (c *checker) reportAt(pos diag.Pos, hint, format string, args ...any) {
	*c.diags = append(*c.diags, diag.Diagnostic{Pos: pos, Code: "invalid-object", Message: fmt.Sprintf(format, args...), Hint: hint})
}

// once reports the second of two items with the same key.
func (c *checker) once(seen map[string]bool, key string, v *value.Value, where, what string) {
	if key == "" {
		return
	}
	if seen[key] {
		c.reportAt(v.At(), "give each one of its own", "%s has the %s %q twice", where, what, key)
	}
	seen[key] = true
}

// excluded reports a field that another excludes.
func (c *checker) excluded(v *value.Value, field, where, because string) {
	if e := v.Entry(field); e != nil && !e.Value.Is(value.Null) {
		c.reportAt(e.KeyPos, "remove one of them", "%s can't have %s: %s", where, field, because)
	}
}

// needs reports a field that has to be there.
func (c *checker) needs(v *value.Value, field, where, because string) {
	if x := v.Get(field); x == nil || x.Is(value.Null) || x.Is(value.String) && x.Text == "" {
		c.reportAt(v.At(), "add "+field+":", "%s needs %s: %s", where, field, because)
	}
}

// zero reports whether a number or percentage is there and is none.
func zero(v *value.Value) bool {
	return v.IsScalar() && (v.Text == "0" || v.Text == "0%")
}
