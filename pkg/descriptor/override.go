package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Override is a value from outside of the descriptor: an Argo CD parameter, a
// variable or a flag. Pos names it. An empty text overrides nothing.
type Override struct {
	Text string
	Pos  diag.Pos
}

// Overrides are the highest layer. Image, Tag, Replicas and Host take VALUE or, for
// one of several workloads, WORKLOAD=VALUE; commas separate more of them.
type Overrides struct {
	Image, Tag, Replicas, Namespace, Host Override
	// NameSuffix makes the app run once more beside itself: a preview.
	NameSuffix Override
	// HostSuffix makes every host that of its object's name with this behind it. An
	// app of one workload with a port and no host gets an Ingress.
	HostSuffix Override
	Config     []ConfigOverride
}

// ConfigOverride sets one key of config.
type ConfigOverride struct {
	Key string
	Override
}

// overrideLayer returns the overrides of the app, and of its workload where it
// has only one.
func (e *effective) overrideLayer(merged *value.Value) *value.Value {
	o := e.options.Overrides
	layer := value.NewMap(merged.Pos)
	if o.Namespace.Text != "" {
		layer.Set("namespace", e.override("namespace", o.Namespace))
	}
	if o.NameSuffix.Text != "" {
		layer.Set("nameSuffix", e.override("nameSuffix", o.NameSuffix))
	}
	if len(o.Config) > 0 {
		config := value.NewMap(o.Config[0].Pos)
		for _, c := range o.Config {
			if problem := schema.ConfigEnvName.Problem(c.Key); problem != "" {
				e.diags.Errorf(c.Pos, "bad-name", "config can't have the key %q: it %s", c.Key, problem)
				continue
			}
			config.Set(c.Key, value.Str(c.Text, c.Pos))
		}
		layer.Set("config", config)
	}
	if e.multi {
		return layer
	}
	if o := e.options.Overrides.HostSuffix; o.Text != "" && len(hostFields(merged)) == 0 && !merged.Get("ports").Empty() &&
		!isNone(merged.Get("service")) && !e.kind.Completes && !e.multi {
		// which it gets another name for
		layer.Set("ingress", value.MapOf(o.Pos, "host", value.NewList(o.Pos, value.Str("host"+o.Text, o.Pos))))
	}
	for _, x := range e.workloadOverrides() {
		if x.Text == "" {
			continue
		}
		if name, _, named := e.cutWorkload(x.Text); named {
			e.diags.Errorh(x.Pos, "unknown-workload", "give the value alone", "the app has no workload %q: it has one without a name", name)
			continue
		}
		e.setOverride(layer, merged, x.field, x.Override)
	}
	return layer
}

// overrideWorkloads returns layers for some of several workloads.
func (e *effective) overrideWorkloads(workloads []value.Entry) []value.Entry {
	var out []value.Entry
	set := func(w value.Entry, field string, o Override) {
		i := slices.IndexFunc(out, func(x value.Entry) bool { return x.Key == w.Key })
		if i < 0 {
			i = len(out)
			out = append(out, value.Entry{Key: w.Key, Value: value.NewMap(o.Pos)})
		}
		e.setOverride(out[i].Value, w.Value, field, o)
	}
	for _, x := range e.workloadOverrides() {
		if x.Text == "" {
			continue
		}
		for part := range strings.SplitSeq(x.Text, ",") {
			name, text, named := e.cutWorkload(strings.TrimSpace(part))
			o := Override{Text: text, Pos: x.Pos}
			if named {
				i := slices.IndexFunc(workloads, func(w value.Entry) bool { return w.Key == name })
				if i < 0 {
					e.diags.Errorh(x.Pos, "unknown-workload", diag.Hint(name, "the workloads are", keysOf(workloads)),
						"there is no workload %q", name)
					continue
				}
				set(workloads[i], x.field, o)
				continue
			}
			if problem := ambiguous(x.field, workloads); problem != "" {
				e.diags.Errorh(x.Pos, "ambiguous-override", "name the workload: "+keysOf(workloads)[0]+"="+text, "%s", problem)
				continue
			}
			for _, w := range workloads {
				if x.field != "host" || len(workloads) == 1 || len(hostFields(w.Value)) > 0 {
					set(w, x.field, o)
				}
			}
		}
	}
	return out
}

// ambiguous says why a value can't be meant for all workloads.
func ambiguous(field string, workloads []value.Entry) string {
	if len(workloads) < 2 {
		return ""
	}
	switch field {
	case "host":
		with := slices.DeleteFunc(slices.Clone(workloads), func(w value.Entry) bool { return len(hostFields(w.Value)) == 0 })
		switch len(with) {
		case 0:
			return "no workload has a host, and host does not say which is meant"
		case 1:
			return ""
		}
		return "several workloads have hosts, and host does not say which is meant"
	case "replicas":
		return "the app has several workloads, and replicas does not say which is meant"
	}
	first := workloads[0].Value.StringAt("image", "repository")
	for _, w := range workloads {
		if w.Value.StringAt("image", "repository") != first {
			return "the app's workloads have different images, and " + field + " does not say which is meant"
		}
	}
	return ""
}

type workloadOverride struct {
	field string
	Override
}

// workloadOverrides lists them in the order they apply: a tag over an image.
func (e *effective) workloadOverrides() []workloadOverride {
	o := e.options.Overrides
	return []workloadOverride{{"image", o.Image}, {"tag", o.Tag}, {"replicas", o.Replicas}, {"host", o.Host}}
}

// cutWorkload takes WORKLOAD=VALUE apart; an image or tag holds no "=".
func (e *effective) cutWorkload(text string) (name, rest string, named bool) {
	if name, rest, ok := strings.Cut(text, "="); ok {
		return name, rest, true
	}
	return "", text, false
}

func (e *effective) setOverride(layer, below *value.Value, field string, o Override) {
	if field == "host" {
		e.setHost(layer, below, o)
		return
	}
	full := e.override(field, o)
	switch {
	case full == nil:
	case field == "tag":
		image := layer.Get("image").Copy()
		if image == nil {
			image = value.NewMap(o.Pos)
		}
		image.Delete("digest")
		layer.Set("image", image.Set("tag", full))
	default:
		layer.Set(field, full)
	}
}

// override returns an override its full form by the same rules as the field.
func (e *effective) override(field string, o Override) *value.Value {
	v := value.Str(o.Text, o.Pos)
	if field == "replicas" && o.Text != "" && schema.Only(o.Text, schema.Digits) {
		v.Kind = value.Int
		if v.Text = strings.TrimLeft(o.Text, "0"); v.Text == "" {
			v.Text = "0"
		}
	}
	n := newNormaliser(field)
	full := n.Full(environmentType().Field(field).Type, v)
	e.diags = append(e.diags, n.Diags...)
	return full
}

// hostFields returns the places of a workload's hosts: of its Ingress, of those with
// names, and of its route.
func hostFields(w *value.Value) [][]string {
	var out [][]string
	add := func(path ...string) {
		if v := w.Get(path...); !v.Get("host").Empty() || !v.Get("hosts").Empty() || v.Is(value.Map) && len(v.Entries) == 0 {
			out = append(out, path)
		}
	}
	add("ingress")
	for _, x := range w.Get("ingress").Fields() {
		if ingressType.Field(x.Key) == nil {
			add("ingress", x.Key)
		}
	}
	add("route")
	return out
}

// setHost puts a host in the place of all others of a workload, which gets an
// Ingress where it has neither that nor a route. Paths stay.
func (e *effective) setHost(layer, below *value.Value, o Override) {
	n := newNormaliser("host")
	hosts := n.Full(hostList, value.Str(o.Text, o.Pos))
	e.diags = append(e.diags, n.Diags...)
	if hosts == nil || hosts.Empty() {
		return
	}
	places := hostFields(below)
	if len(places) == 0 {
		places = [][]string{{"ingress"}}
	}
	if len(places) > 1 && places[1][0] == "ingress" {
		e.diags.Errorh(o.Pos, "ambiguous-override", "set the hosts in an environment",
			"the app has several Ingresses, and host does not say which is meant")
		return
	}
	for _, path := range places {
		at, old := layer, below.Get(path...)
		for _, key := range path {
			if at.Get(key) == nil {
				at.Set(key, value.NewMap(o.Pos))
			}
			at = at.Get(key)
		}
		by := old.Get("hosts")
		if by.Empty() {
			at.Set("host", hosts)
			continue
		}
		// The paths of the only host are those of the new one.
		moved := value.NewMap(o.Pos)
		for _, x := range by.Entries {
			moved.Set(x.Key, &value.Value{Kind: value.Null, Pos: o.Pos})
		}
		if old.Get("host").Empty() && len(by.Entries) == 1 {
			moved.Set(hosts.Items[0].Text, by.Entries[0].Value)
		} else {
			at.Set("host", hosts)
		}
		at.Set("hosts", moved)
	}
}

// rehost returns an Ingress or route the hosts that hostSuffix says: the name of the
// object, and further ones with a number. Of returns the new host of an old one.
func (e *effective) rehost(name string, hosts []*value.Value) (of map[string]*value.Value) {
	o := e.options.Overrides.HostSuffix
	if o.Text == "" || schema.Subdomain.Problem("x"+o.Text) != "" {
		return nil
	}
	of = map[string]*value.Value{}
	for i, host := range hosts {
		text := name + o.Text
		if i > 0 {
			text = name + "-" + strconv.Itoa(i+1) + o.Text
		}
		of[host.Text] = value.Str(text, o.Pos)
	}
	return of
}

// hostSuffix checks the override.
func (e *effective) hostSuffix() {
	o := e.options.Overrides.HostSuffix
	if problem := schema.Subdomain.Problem("x" + o.Text); o.Text != "" && problem != "" {
		e.diags.Errorh(o.Pos, "bad-name", "write what stands behind a name, such as -pr-7.example.com",
			"hosts can't end with %q: a host %s", o.Text, problem)
	}
}

func keysOf(entries []value.Entry) []string {
	keys := make([]string, len(entries))
	for i, e := range entries {
		keys[i] = e.Key
	}
	return keys
}

// Check reports what is wrong with a value of a top-level field, for one that
// does not come from a descriptor. The value's place is that of the diagnostics.
func Check(field string, v *value.Value) diag.List {
	n := newNormaliser(field)
	n.Full(documentType().Field(field).Type, v)
	return n.Diags
}
