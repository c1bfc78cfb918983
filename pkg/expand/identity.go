package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// serviceAccount adds a service account with its roles.
func (e *expander) serviceAccount(sa *descriptor.ServiceAccount, w *descriptor.Workload) {
	if sa == nil {
		return
	}
	if sa.Create {
		e.add(object.Object{
			Value: e.newObject(sa.Pos, "v1", "ServiceAccount", sa.Name, w, sa.Full.Get("labels"), sa.Full.Get("annotations")).
				Set("imagePullSecrets", names(sa.Full.Get("imagePullSecrets"))),
			Origin: sa.Pos,
		})
	}
	e.role(sa, w, "Role", sa.Object, sa.Rules)
	if e.app.Env != "" { // without which there is no namespace to make the name unique
		e.role(sa, w, "ClusterRole", e.app.Namespace.Name+"-"+sa.Object, sa.ClusterRules)
	}
}

// role adds a role and its binding. kustomize would set the subject's namespace
// only for a service account that it sees, so it is written out.
func (e *expander) role(sa *descriptor.ServiceAccount, w *descriptor.Workload, kind, name string, rules []*value.Value) {
	if len(rules) == 0 {
		return
	}
	const group = "rbac.authorization.k8s.io"
	pos := rules[0].Pos
	subject := newMap(sa.Pos, "kind", "ServiceAccount", "name", sa.Name)
	if e.app.Env != "" {
		subject.Set("namespace", value.NewString(e.app.Namespace.Pos, e.app.Namespace.Name))
	}
	names, usual := e.names(w), name
	name = names.Of(kind, "", usual)
	e.add(object.Object{
		Value:  e.newObject(pos, group+"/v1", kind, name, w, nil, nil).Set("rules", newList(pos, rules...)),
		Origin: pos,
	})
	e.add(object.Object{
		Value: e.newObject(pos, group+"/v1", kind+"Binding", names.Of(kind+"Binding", "", usual), w, nil, nil).
			Set("roleRef", newMap(pos, "apiGroup", group, "kind", kind, "name", name)).
			Set("subjects", newList(sa.Pos, subject)),
		Origin: pos,
	})
}
