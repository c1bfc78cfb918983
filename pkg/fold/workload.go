package fold

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// workload folds one workload with the objects that belong to it.
type workload struct {
	*folder
	object *value.Value
	kind   kinds.Kind
	fields *value.Value
	// selector and labels are those of the pods.
	selector, podLabels *value.Value
	// objects are those that the workload's fields make.
	objects []*value.Value
	own     *value.Value // its own container
	// portNamed are the keys of ports by "service" or "container" and their names there.
	portNamed map[string]string
}

// fold sets the workload's fields, and returns those of the objects that don't
// belong to it.
func (w *workload) fold(rest []*value.Value) []*value.Value {
	id := idOf(w.object)
	w.kind, _ = kinds.Find(id.Kind)
	if id.Kind != kinds.Deployment {
		w.fields.Set("kind", text(id.Kind))
	}
	w.objects = []*value.Value{w.object}
	spec, template := w.object.Get("spec"), w.template()
	job := spec
	if w.kind.Scheduled {
		w.schedule(spec)
		job = spec.Get("jobTemplate", "spec")
	}
	w.selector, w.podLabels = spec.Get("selector", "matchLabels"), template.Get("metadata", "labels")
	if w.kind.Selector {
		w.fields.Set("selector", w.selector)
	}
	w.fields.Set("podLabels", less(w.podLabels, w.selector))
	w.fields.Set("podAnnotations", template.Get("metadata", "annotations"))
	w.fields.Set("replicas", spec.Get("replicas"))
	if w.kind.Strategy != "" {
		w.fields.Set("strategy", job.Get(w.kind.Strategy))
	}
	w.pod(template.Get("spec"), spec)
	rest = w.attach(rest)
	w.fields.Set("spec", without(job, "replicas", "selector", "template", "volumeClaimTemplates", orNone(w.kind.Strategy)))
	w.names()
	w.metadata()
	for _, v := range w.objects {
		w.made[idOf(v)] = true
		w.of[idOf(v)] = w.keys[id.String()]
		w.kindsMade = append(w.kindsMade, idOf(v).Kind)
	}
	return rest
}

// template returns the template of the workload's pods.
func (w *workload) template() *value.Value {
	k, _ := kinds.Find(w.object.StringAt("kind"))
	return w.object.Get(k.Template...)
}

// less returns the entries of a map that another does not have.
func less(m, part *value.Value) *value.Value {
	out := newMap()
	for _, e := range m.AllEntries() {
		if !value.Equal(part.Get(e.Key), e.Value) {
			out.SetEntry(e)
		}
	}
	if len(out.Entries) == 0 {
		return nil
	}
	return out
}

func orNone(key string) string {
	if key == "" {
		return "template"
	}
	return key
}

func (w *workload) schedule(spec *value.Value) {
	s := newMap("cron", spec.Get("schedule"))
	for _, e := range without(spec, "schedule", "jobTemplate").AllEntries() {
		s.SetEntry(e)
	}
	w.fields.Set("schedule", s)
}

// pod sets the fields that come from the pod's template.
func (w *workload) pod(spec, outer *value.Value) {
	set := func(field string, v *value.Value) { w.fields.Set(field, v) }
	security := newMap("pod", spec.Get("securityContext"))
	containers := spec.Get("containers").AllItems()
	if len(containers) == 0 {
		return
	}
	w.own = containers[0]
	security.Set("container", w.own.Get("securityContext"))
	if len(security.Entries) > 0 {
		set("security", security)
	}
	w.container(w.own)
	for _, group := range []struct {
		field string
		list  []*value.Value
	}{{"initContainers", spec.Get("initContainers").AllItems()}, {"sidecars", containers[1:]}} {
		all := newMap()
		for _, c := range group.list {
			x := w.further(c)
			if group.field == "sidecars" {
				x.Set("native", value.NewBool(c.At(), false))
			}
			all.Set(c.StringAt("name"), x)
		}
		if len(all.Entries) > 0 {
			set(group.field, all)
		}
	}
	w.volumes(spec, outer.Get("volumeClaimTemplates"))
	set("pullSecrets", namesOf(spec.Get("imagePullSecrets")))
	account := newMap("name", spec.Get("serviceAccountName"))
	account.Set("automount", spec.Get("automountServiceAccountToken"))
	if len(account.Entries) > 0 {
		set("serviceAccount", account.Set("create", value.NewBool(spec.At(), false)))
	}
	set("gracePeriod", spec.Get("terminationGracePeriodSeconds"))
	for _, field := range []string{"nodeSelector", "tolerations", "affinity"} {
		set(field, spec.Get(field))
	}
	set("priorityClass", spec.Get("priorityClassName"))
	w.spread(spec.Get("topologySpreadConstraints"))
	set("pod", without(spec, "containers", "initContainers", "volumes", "imagePullSecrets", "serviceAccountName", "serviceAccount",
		"automountServiceAccountToken", "securityContext", "terminationGracePeriodSeconds", "nodeSelector", "tolerations", "affinity",
		"priorityClassName", "topologySpreadConstraints"))
}

// namesOf returns the names of references.
func namesOf(list *value.Value) *value.Value {
	if list == nil {
		return nil
	}
	out := value.NewList(list.At())
	for _, x := range list.AllItems() {
		out.Items = append(out.Items, x.Get("name"))
	}
	return out
}

func (w *workload) spread(constraints *value.Value) {
	if constraints == nil {
		return
	}
	all := newMap()
	for _, c := range constraints.AllItems() {
		x := without(c, "topologyKey")
		if value.Equal(x.Get("labelSelector", "matchLabels"), w.selector) && len(x.Get("labelSelector").AllEntries()) == 1 {
			x = without(x, "labelSelector")
		}
		all.Set(c.StringAt("topologyKey"), x)
	}
	w.fields.Set("spread", all)
}

// container sets the fields of the workload's own container.
func (w *workload) container(c *value.Value) {
	set := func(field string, v *value.Value) { w.fields.Set(field, v) }
	set("image", imageOf(c))
	set("command", c.Get("command"))
	set("args", c.Get("args"))
	set("probes", probes(c))
	set("resources", c.Get("resources"))
	set("env", env(c))
	set("envFrom", envFrom(c))
	set("lifecycle", c.Get("lifecycle"))
	raw := newMap()
	if name := c.Get("name"); name.StringAt() != w.key() {
		raw.Set("name", name)
	}
	for _, e := range without(c, described...).AllEntries() {
		raw.SetEntry(e)
	}
	if len(raw.Entries) > 0 {
		set("container", raw)
	}
}

// described are the fields of a container that fields of the descriptor describe.
var described = []string{"name", "image", "imagePullPolicy", "command", "args", "ports", "livenessProbe", "readinessProbe",
	"startupProbe", "resources", "env", "envFrom", "lifecycle", "securityContext", "volumeMounts"}

// further returns the fields of a container beside the workload's own.
func (w *workload) further(c *value.Value) *value.Value {
	out := newMap("image", imageOf(c), "command", c.Get("command"), "args", c.Get("args"))
	if list := c.Get("ports"); list != nil {
		ports := newMap()
		for i, p := range list.AllItems() {
			name := p.StringAt("name")
			if name == "" {
				p = p.Copy().Set("unnamed", value.NewBool(p.At(), true))
				for n := i; name == "" || ports.Has(name); n++ {
					name = unnamed(n)
				}
			}
			ports.Set(name, without(p, "name"))
		}
		out.Set("ports", ports)
	}
	out.Set("probes", probes(c)).Set("resources", c.Get("resources")).Set("env", env(c)).Set("envFrom", envFrom(c)).
		Set("lifecycle", c.Get("lifecycle")).Set("security", c.Get("securityContext")).Set("volumeMounts", c.Get("volumeMounts"))
	for _, e := range without(c, described...).AllEntries() {
		out.SetEntry(e)
	}
	return out
}

func unnamed(i int) string { return "port-" + string(rune('a'+i%26)) }

// imageOf returns a container's image in its full form.
func imageOf(c *value.Value) *value.Value {
	ref := image.Split(c.StringAt("image"))
	if ref.Repository == "" {
		return nil
	}
	return newMap("repository", ref.Repository, "tag", ref.Tag, "digest", ref.Digest, "pullPolicy", c.Get("imagePullPolicy"))
}

func probes(c *value.Value) *value.Value {
	out := newMap("liveness", c.Get("livenessProbe"), "readiness", c.Get("readinessProbe"), "startup", c.Get("startupProbe"))
	if len(out.Entries) == 0 {
		return nil
	}
	return out
}

// env returns the variables of a container by name.
func env(c *value.Value) *value.Value {
	list := c.Get("env")
	if list == nil {
		return nil
	}
	out := newMap()
	for _, v := range list.AllItems() {
		x := newMap()
		from := v.Get("valueFrom")
		switch {
		case from == nil && v.Has("value"):
			x.Set("value", v.Get("value"))
		case from == nil:
			x.Set("value", text(""))
		}
		x.Set("secret", from.Get("secretKeyRef")).Set("configMap", from.Get("configMapKeyRef")).Set("field", from.Get("fieldRef")).
			Set("resource", from.Get("resourceFieldRef"))
		out.Set(v.StringAt("name"), x)
	}
	return out
}

func envFrom(c *value.Value) *value.Value {
	list := c.Get("envFrom")
	if list == nil {
		return nil
	}
	out := value.NewList(list.At())
	for _, x := range list.AllItems() {
		item := newMap("secret", x.Get("secretRef", "name"), "configMap", x.Get("configMapRef", "name"), "prefix", x.Get("prefix"))
		for _, key := range []string{"secretRef", "configMapRef"} {
			item.Set("optional", x.Get(key, "optional"))
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// volumes sets the pod's volumes with where the workload's own container mounts
// them. The order of the mounts is kept in a list of its own where it is another.
func (w *workload) volumes(pod, templates *value.Value) {
	all := newMap()
	for _, v := range pod.Get("volumes").AllItems() {
		x := without(v, "name")
		if c := x.Get("persistentVolumeClaim"); c != nil && len(c.Entries) == 1 {
			x = newMap("claim", newMap("name", c.Get("claimName")))
		}
		if x == nil {
			x = newMap().Set("emptyDir", value.NewMap(v.At()))
		}
		all.Set(v.StringAt("name"), x)
	}
	for _, t := range templates.AllItems() {
		all.Set(t.StringAt("metadata", "name"), newMap("claim", claimFields(t)))
	}
	var got []string
	wanted := w.own.Get("volumeMounts")
	for _, m := range wanted.AllItems() {
		name := m.StringAt("name")
		v := all.Get(name)
		if v == nil {
			continue
		}
		mounts := v.Get("mounts")
		if mounts == nil {
			mounts = newMap()
		}
		options := without(m, "name", "mountPath")
		if options == nil {
			options = value.NewMap(m.At())
		}
		all.Set(name, v.Copy().Set("mounts", mounts.Copy().Set(m.StringAt("mountPath"), options)))
	}
	for _, e := range all.Entries {
		for _, m := range e.Value.Get("mounts").AllEntries() {
			got = append(got, e.Key+" "+m.Key)
		}
	}
	var want []string
	for _, m := range wanted.AllItems() {
		want = append(want, m.StringAt("name")+" "+m.StringAt("mountPath"))
	}
	if !slices.Equal(got, want) {
		for i, e := range all.Entries {
			all.Entries[i].Value = without(e.Value, "mounts")
		}
		raw := w.fields.Get("container").Copy()
		if raw == nil {
			raw = newMap()
		}
		w.fields.Set("container", raw.Set("volumeMounts", wanted))
	}
	for i, e := range all.Entries {
		if !mounted(pod, e.Key) {
			all.Entries[i].Value = e.Value.Copy().Set("mounts", value.NewMap(e.Value.At()))
		}
	}
	if len(all.Entries) > 0 {
		w.fields.Set("volumes", all)
	}
}

// mounted reports whether a container mounts a volume.
func mounted(pod *value.Value, name string) bool {
	for _, group := range []string{"containers", "initContainers"} {
		for _, c := range pod.Get(group).AllItems() {
			for _, list := range []string{"volumeMounts", "volumeDevices"} {
				if slices.ContainsFunc(c.Get(list).AllItems(), func(m *value.Value) bool { return m.StringAt("name") == name }) {
					return true
				}
			}
		}
	}
	return false
}

// names sets how the workload's objects are called where that is not what unfold
// calls them.
func (w *workload) names() {
	name := idOf(w.object).Name
	base := w.options.Name
	if !w.single {
		base += "-" + w.key()
	}
	out := newMap()
	if name != base {
		out.Set(w.kind.Name, text(w.pattern(name)))
	}
	for _, v := range w.objects[1:] {
		if id := idOf(v); id.Name != name {
			out.Set(id.Kind, text(strings.Replace(w.pattern(id.Name), w.pattern(name), "{name}", 1)))
		}
	}
	if len(out.Entries) > 0 {
		w.fields.Set("names", out)
	}
}

// key returns what {workload} is in patterns.
func (w *workload) key() string {
	if w.single {
		return w.options.Name
	}
	return w.keys[idOf(w.object).String()]
}

// pattern returns a name with holes for what it is made of.
func (w *workload) pattern(name string) string {
	out := strings.Replace(name, w.key(), "{workload}", 1)
	if rest, ok := strings.CutSuffix(out, "-"+w.env.Name); ok && strings.Contains(rest, "{workload}") {
		out = rest + "-{env}"
	}
	return out
}

// metadata sets the labels and annotations of the workload's objects: those of all,
// and those of each kind.
func (w *workload) metadata() {
	kindsOf := newMap()
	for _, key := range []string{"labels", "annotations"} {
		common := w.objects[0].Get("metadata", key)
		for _, v := range w.objects[1:] {
			common = intersect(common, v.Get("metadata", key))
		}
		if !common.Empty() {
			w.fields.Set(key, common)
		}
		for _, v := range w.objects {
			if more := less(v.Get("metadata", key), common); more != nil {
				kind := idOf(v).Kind
				of := kindsOf.Get(kind).Copy()
				if of == nil {
					of = newMap()
				}
				kindsOf.Set(kind, of.Set(key, more))
			}
		}
	}
	if w.kind.Scheduled {
		if meta := without(w.object.Get("spec", "jobTemplate", "metadata"), "name"); meta != nil {
			kindsOf.Set("JobTemplate", meta)
		}
	}
	if len(kindsOf.Entries) > 0 {
		w.fields.Set("metadata", kindsOf)
	}
}

func intersect(a, b *value.Value) *value.Value {
	out := newMap()
	for _, e := range a.AllEntries() {
		if value.Equal(b.Get(e.Key), e.Value) {
			out.SetEntry(e)
		}
	}
	return out
}
