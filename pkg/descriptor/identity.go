package descriptor

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// ServiceAccount is who pods are, and what that may do.
type ServiceAccount struct {
	Name string
	Pos  diag.Pos
	// Object is the usual name of what belongs to it, of the roles too.
	Object string
	Create bool
	Full   *value.Value
	// Rules are Kubernetes' own, in the namespace and in the cluster.
	Rules, ClusterRules []*value.Value
}

// serviceAccount completes the one that fields describe, nil for none. Object is
// the name of the objects it belongs to, names says what they are called.
func (e *effective) serviceAccount(fields *value.Value, object string, names Names) *ServiceAccount {
	sa, rbac := fields.Entry("serviceAccount"), fields.Entry("rbac")
	if rbac != nil && rbac.Value.Empty() {
		rbac = nil
	}
	if sa != nil && sa.Value.Is(value.Bool) {
		if rbac != nil {
			e.diags.Errorh(rbac.KeyPos, "contradiction", "remove serviceAccount: false, or rbac",
				"rbac needs a service account, but serviceAccount is false")
		}
		return nil
	}
	if sa == nil && rbac == nil {
		return nil
	}
	out := &ServiceAccount{Name: names.Of("ServiceAccount", "", object), Object: object, Create: true}
	if rbac != nil {
		out.Pos = rbac.Value.Pos
		out.Rules, out.ClusterRules = e.rules(rbac.Value), e.rules(rbac.Value.Get("cluster"))
	}
	if sa == nil {
		return out
	}
	out.Pos, out.Full = sa.Value.Pos, sa.Value
	if name := sa.Value.StringAt("name"); name != "" {
		out.Name = name
	}
	if create := sa.Value.Get("create"); create != nil && !create.IsTrue() {
		out.Create = false
		switch {
		case sa.Value.Has("name"):
		case sa.Value.Has("automount") && rbac == nil: // that of the namespace
			out.Name = ""
		default:
			e.diags.Errorh(create.Pos, "missing-field", "add name: with the service account's name",
				"serviceAccount has create: false, but no name of an existing one")
		}
		for _, key := range []string{"labels", "annotations", "imagePullSecrets"} {
			if x := sa.Value.Entry(key); x != nil && !x.Value.Empty() {
				e.diags.Errorh(x.KeyPos, "contradiction", "remove it, or create: false",
					"serviceAccount.%s has no effect, since the service account is not created here", key)
			}
		}
	}
	return out
}

// account returns the service account of a workload's pods: its own, else the one
// of all.
func (a *App) account(w *Workload) *ServiceAccount {
	if w.ServiceAccount != nil {
		return w.ServiceAccount
	}
	return a.ServiceAccount
}

// identity sets who a workload's pods are, and whether they get a token: a
// workload that does not talk to the cluster's API needs none.
func (e *effective) identity(app *App, w *Workload) {
	if e.multi {
		w.ServiceAccount = e.serviceAccount(w.Fields, w.Own, w.Names)
		if none := w.Fields.Get("serviceAccount"); none.Is(value.Bool) {
			w.Automount = e.automount(app, w, nil)
			return
		}
	}
	sa := app.account(w)
	e.sameAccount(app, w)
	w.Automount = e.automount(app, w, sa)
	if sa != nil {
		w.Account = value.From(sa.Pos, sa.Name)
	}
}

// identityBeside sets for a hook or job what its owner has, a workload or the app, under what it says itself.
func (e *effective) identityBeside(app *App, w *Workload) {
	w.Automount = e.automount(app, w, nil)
	if !w.NoConfig { // or a hook may run before anything is made
		e.ownersIdentity(app, w)
	}
	own := w.Fields.Get("serviceAccount")
	if name := own.Get("name"); name != nil || own.Is(value.Bool) {
		w.Account, w.Automount = name, e.automount(app, w, nil)
	}
	if automount := own.Get("automount"); automount != nil {
		w.Automount = automount
	}
}

func (e *effective) ownersIdentity(app *App, w *Workload) {
	for _, owner := range app.Workloads {
		if e.multi && owner.Key == w.Owner.Workload {
			w.Secrets, w.Account, w.Automount = owner.Secrets, owner.Account, owner.Automount
			return
		}
	}
	sa := app.ServiceAccount
	w.Automount = e.automount(app, w, sa)
	if sa != nil {
		w.Account = value.From(sa.Pos, sa.Name)
	}
}

// sameAccount reports two service accounts of one name.
func (e *effective) sameAccount(app *App, w *Workload) {
	if e.accounts == nil {
		e.accounts = map[string]bool{}
		if all := app.ServiceAccount; all != nil && all.Create {
			e.accounts[all.Name] = true
		}
	}
	mine := w.ServiceAccount
	if mine == nil || !mine.Create {
		return
	}
	if e.accounts[mine.Name] {
		e.diags.Errorh(mine.Pos, "duplicate-object", "write only its name to use the existing one, or rename it",
			"the service account %q of %s exists already", mine.Name, w.what())
	}
	e.accounts[mine.Name] = true
}

func (e *effective) automount(app *App, w *Workload, sa *ServiceAccount) *value.Value {
	if sa != nil {
		if x := sa.Full.Get("automount"); x != nil {
			return x
		}
		if len(sa.Rules)+len(sa.ClusterRules) > 0 {
			return nil
		}
	}
	if !app.Opinions {
		return nil
	}
	return value.NewBool(w.Pos, false)
}

// resourceHint says what to write for a resource that Kubernetes does not have.
func resourceHint(name string) string {
	const custom = "write RESOURCE.GROUP for a custom resource, such as certificates.cert-manager.io"
	if meant := diag.Suggest(name, types.Resources()); meant != "" {
		return "did you mean " + strconv.Quote(meant) + "? Or " + custom
	}
	return custom
}

// rules returns Kubernetes' own rules: those by resource, then those in full. A resource of Kubernetes without a group
// gets the one that has it.
func (e *effective) rules(v *value.Value) []*value.Value {
	var out []*value.Value
	for _, x := range v.AllEntries() {
		if x.Key == "rules" || x.Key == "cluster" || x.Value.Empty() {
			continue
		}
		name, sub, has := strings.Cut(x.Key, "/")
		resource, group, grouped := strings.Cut(name, ".")
		if groups := types.ResourceGroups(resource); !grouped && len(groups) > 0 {
			group = groups[0]
		} else if !grouped && resource != "*" {
			e.diags.Errorh(x.KeyPos, "unknown-resource", resourceHint(resource), "Kubernetes has no resource %q", resource)
			continue
		}
		if has {
			resource += "/" + sub
		}
		text := func(s string) *value.Value { return value.NewList(x.KeyPos, value.NewString(x.KeyPos, s)) }
		out = append(out, value.NewMap(x.KeyPos).Set("apiGroups", text(group)).Set("resources", text(resource)).Set("verbs", x.Value))
	}
	return append(out, v.Get("rules").AllItems()...)
}
