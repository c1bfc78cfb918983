package descriptor

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// useless are the fields that mean nothing for a kind, each with what to do.
func useless(kind kinds.Kind) map[string]string {
	out := map[string]string{}
	all := func(hint string, fields ...string) {
		for _, f := range fields {
			out[f] = hint
		}
	}
	if !kind.Scheduled {
		all("write kind: "+kinds.CronJob+" if the app is nothing else, or jobs: {NAME: {schedule: …, command: […]}} for a job beside it",
			"schedule")
	}
	if kind.PerNode {
		all("remove it: a "+kind.Name+" runs one pod on each node", "replicas", "disruption", "spread", "autoscaling")
	}
	if kind.Completes {
		all("write spec: {parallelism: N} for pods at the same time", "replicas")
		all("remove it", "disruption", "spread", "autoscaling", "probes")
		all("remove it: nothing reaches a workload that runs to an end by a Service", "service", "ingress", "route")
	}
	if kind.Strategy == "" {
		all("remove it", "strategy")
	}
	return out
}

// fit takes the fields out of a workload that mean nothing for its kind. One
// that the workload itself has is an error; one that it inherits is not meant
// for it. Own is what the workload itself says.
func (e *effective) fit(w *Workload, own *value.Value) {
	out := w.Fields
	useless := useless(w.Kind)
	for _, entry := range w.Fields.AllEntries() {
		hint, ok := useless[entry.Key]
		if !ok {
			continue
		}
		if x := own.Entry(entry.Key); x != nil && e.asked(x.Value) && !isNone(x.Value) {
			e.diags.Errorh(x.KeyPos, "no-use", hint, "%s is of no use to a %s", entry.Key, w.Kind.Name)
		}
		if out == w.Fields {
			out = w.Fields.Copy()
		}
		out.Delete(entry.Key)
	}
	if replicas := out.Get("replicas"); replicas != nil && w.Kind.Ordinal && !e.asked(replicas) {
		out = out.Copy() // three of a database nobody asked for would be a fault
		out.Delete("replicas")
	}
	w.Fields = out
}

// isNone reports whether a value says that there is none.
func isNone(v *value.Value) bool { return v.Is(value.Null) || v.Is(value.Bool) && !v.IsTrue() }

// asked reports whether the app or the Application says a value, and not a
// default.
func (e *effective) asked(v *value.Value) bool { return !e.options.Defaults.nobodyAsked(v.At()) }

// ownSpec takes the kind's own fields, but those that others of the descriptor
// make.
func (e *effective) ownSpec(w *Workload, v *value.Value) {
	w.Spec = v
	for _, entry := range v.AllEntries() {
		if hint := specOwner(w.Kind, entry.Key); hint != "" {
			e.diags.Errorh(entry.KeyPos, "owned-field", hint, "spec.%s of a %s is made of other fields", entry.Key, w.Kind.Name)
		}
	}
}

// specOwner says what makes a field of a kind's spec, "" for nothing.
func specOwner(kind kinds.Kind, key string) string {
	switch key {
	case "template":
		return "write the pod's fields beside spec"
	case "replicas":
		return "use replicas"
	case "strategy", "updateStrategy":
		if kind.Strategy == "" {
			return "" // it has no such field
		}
		return "use strategy"
	case "volumeClaimTemplates":
		return "use volumes, such as /data: 10Gi"
	case "selector":
		if !kind.Selector {
			return "remove it: Kubernetes makes the selector of a Job"
		}
		return "use selector"
	}
	if !kind.Scheduled {
		return ""
	}
	switch key {
	case "jobTemplate":
		return "write the Job's fields under spec itself"
	case "schedule":
		return "use schedule"
	case "timeZone", "concurrencyPolicy", "suspend", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit":
		return "use schedule: {cron: …, " + key + ": …}"
	}
	return ""
}

// nameFits refuses names that leave no room for what Kubernetes adds to those
// of pods and Jobs.
func (e *effective) nameFits(w *Workload) {
	if schema.Subdomain.Problem(w.Name) == "" {
		e.longName(w.Name, "a "+w.Kind.Name, w.Kind.NameLimit, w.Pos, w.Kind.NameUse)
	}
}

// governing sets by which Service a StatefulSet's pods have names: one that
// the descriptor names, a headless one that clients use too, or one of its own.
func (e *effective) governing(w *Workload, v *value.Value) {
	if !w.Kind.Ordinal {
		return
	}
	service := v.Entry("service")
	switch {
	case w.Spec.Has("serviceName"):
	case service != nil && isNone(service.Value):
		e.diags.Errorh(service.KeyPos, "missing-service",
			"write service: {headless: true} for that one alone, or name another with spec: {serviceName: NAME}",
			"%s is a %s, whose pods have no names without a Service", w.what(), w.Kind.Name)
	case w.Service.Get("headless").IsTrue():
		w.Governing = w.ServiceName()
	default:
		w.Governing = w.Names.Of("Service", "headless", w.Name+"-headless")
	}
}

// enabled reports whether the app is to be in an environment: what the highest
// layer says.
func (d *Document) enabled(env string, defaults Defaults) (bool, diag.Pos) {
	own, of := d.environment(env), defaults.environment(env)
	return enabledBy(own, d.root, of, defaults.All)
}

// environment returns what the descriptor says about an environment, nil where it
// does not list it.
func (d *Document) environment(env string) *value.Value {
	if i, ok := d.places[env]; ok {
		return d.envs[i].Value
	}
	return nil
}

// enabledBy asks layers, the highest first.
func enabledBy(layers ...*value.Value) (bool, diag.Pos) {
	for _, l := range layers {
		if v := l.Get("enabled"); v.Is(value.Bool) {
			return v.IsTrue(), v.Pos
		}
	}
	return true, diag.Pos{}
}

// Enabled returns the environments that the app is to be in.
func (d *Document) Enabled(defaults Defaults) []string {
	own, of := byKey(d.envs), byKey(defaults.Environments)
	var names []string
	for _, env := range d.Environments(defaults) {
		if on, _ := enabledBy(own[env], d.root, of[env], defaults.All); on {
			names = append(names, env)
		}
	}
	return names
}

// Allowed returns those of Enabled that the operator's file does not refuse: what a message
// may offer.
func (d *Document) Allowed(defaults Defaults) []string {
	return slices.DeleteFunc(d.Enabled(defaults), func(env string) bool { return !defaults.Allows(env) })
}

func byKey(entries []value.Entry) map[string]*value.Value {
	out := make(map[string]*value.Value, len(entries))
	for _, e := range entries {
		out[e.Key] = e.Value
	}
	return out
}

// ConcurrencyPolicy is what happens while the last run of a CronJob goes on, if the schedule does not say it
// and the app has opinions.
const ConcurrencyPolicy = "Forbid"

// schedule completes and checks when a CronJob runs.
func (e *effective) schedule(w *Workload, v *value.Value) {
	w.Schedule = v
	if w.Kind.Scheduled && v.StringAt("cron") == "" && e.env != "" {
		e.diags.Errorh(w.Pos, "missing-schedule", `add schedule: with a cron expression such as "0 3 * * *"`,
			"%s is a %s without a schedule", w.what(), w.Kind.Name)
	}
}
