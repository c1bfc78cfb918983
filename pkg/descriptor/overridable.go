package descriptor

import (
	"slices"
	"strings"
	"unicode"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Overridable is a row of the table of what can be overridden from outside of the
// descriptor. The parameters and variables of an Application, the flags, the
// announcements in Argo CD's UI and the documentation are made of it.
type Overridable struct {
	// Name is that of the parameter, and of the field of app.yaml unless Set says otherwise.
	Name string
	// Title and Tooltip are for Argo CD's UI and the documentation, Usage and Letter for the flag.
	Title, Tooltip, Usage, Letter string
	// Map says that it takes keys with a value each.
	Map bool
	// Current returns the value in the app, nil for one that Argo CD's UI does not show.
	Current func(*App) (text string, keys map[string]string)

	// ambiguous says why a value can't be meant for all workloads, "" where it can. It is nil for what is no workload's
	// own; else WORKLOAD=VALUE is for one of several workloads, and commas separate more of them.
	ambiguous func(o Override, workloads []value.Entry) string
	// means reports whether a value for all is for a workload too; nil is each of them.
	means func(workload *value.Value) bool
	// beside says that hooks and jobs go by a value that is meant for all workloads.
	beside bool
	// set puts the value into a layer, over what is below; nil sets the field of that name.
	set func(e *effective, layer, below *value.Value, o Override)
}

// HostSuffix is the name of an override that is no field: see Overridables.
const HostSuffix = "hostSuffix"

// Overridables returns the table. A value for a workload is set over one for the app, and each over those in the rows
// before it: a tag over an image.
func Overridables() []Overridable {
	return []Overridable{
		{Name: "image", Title: "Image", Tooltip: "The image, as REPOSITORY[:TAG][@DIGEST]; of one of several workloads as WORKLOAD=IMAGE",
			Usage: "image to use instead of the descriptor's, or WORKLOAD=IMAGE", ambiguous: differentImages, beside: true,
			Current: ofEach(func(w Workload) string { return w.Repository })},
		{Name: "tag", Title: "Tag", Tooltip: "The image's tag; of one of several workloads as WORKLOAD=TAG",
			Usage: "tag to use instead of the descriptor's, or WORKLOAD=TAG", ambiguous: differentImages, beside: true,
			set:     (*effective).setTag,
			Current: ofEach(func(w Workload) string { return w.Tag })},
		{Name: "replicas", Title: "Replicas", Tooltip: "How many pods run; of one of several workloads as WORKLOAD=COUNT",
			Usage: "number of pods to use instead of the descriptor's, or WORKLOAD=COUNT", ambiguous: severalWorkloads,
			set:     (*effective).setReplicas,
			Current: ofEach(func(w Workload) string { return w.Replicas.StringAt() })},
		{Name: "host", Title: "Host",
			Tooltip: "The host that leads to the app, in place of all others; to one of several workloads as WORKLOAD=HOST",
			Usage:   "host to use instead of the descriptor's, or WORKLOAD=HOST", ambiguous: severalHosts, means: hasHost,
			set:     (*effective).setHost,
			Current: ofEach(firstHost)},
		{Name: "config", Title: "Config", Tooltip: "Further keys of config", Usage: "additional KEY=VALUE for config; can be repeated",
			Map: true,
			set: (*effective).setConfig, Current: configKeys},
		{Name: HostSuffix, Title: "Host suffix",
			Tooltip: "Makes every host the name of its Ingress or route with this behind it, such as -pr-7.example.com",
			Usage:   "use NAME and this suffix as every host; NAME is that of its Ingress or route", set: (*effective).setHostSuffix},
		{Name: "nameSuffix", Title: "Name suffix",
			Tooltip: "What the names of all objects end with, for the app once more beside itself: a preview",
			Usage:   "suffix for the names of all objects, to run the app a second time"},
		{Name: "namespace", Title: "Namespace", Tooltip: "The namespace, which has to be the Application's",
			Usage: "namespace to use instead of the descriptor's", Letter: "n"},
	}
}

// Flag returns the name as a flag has it: name-suffix of nameSuffix.
func (o Overridable) Flag() string { return separate(o.Name, '-') }

// Variable returns the name as a variable has it: NAME_SUFFIX of nameSuffix.
func (o Overridable) Variable() string { return strings.ToUpper(separate(o.Name, '_')) }

// separate puts a character between the words of a name, and writes them in lower case.
func separate(name string, with rune) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteRune(with)
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// ofEach returns a workload's value: of several workloads that differ as WORKLOAD=VALUE,
// which is how it is given too.
func ofEach(get func(Workload) string) func(*App) (string, map[string]string) {
	return func(app *App) (string, map[string]string) {
		var parts []string
		same := true
		for _, w := range app.Workloads {
			text := get(w)
			if text == "" {
				same = false
				continue
			}
			same = same && text == get(app.Workloads[0])
			parts = append(parts, w.Key+"="+text)
		}
		if len(parts) > 0 && same {
			_, text, _ := strings.Cut(parts[0], "=")
			return text, nil
		}
		return strings.Join(parts, ","), nil
	}
}

// firstHost returns the host that the override replaces, "" for none.
func firstHost(w Workload) string {
	if len(w.Ingresses) > 0 {
		return w.Ingresses[0].Hosts[0].Name.Text
	}
	if w.Route != nil {
		return w.Route.Hosts[0].Text
	}
	return ""
}

func configKeys(app *App) (string, map[string]string) {
	keys := map[string]string{}
	for _, e := range app.Config.AllEntries() {
		keys[e.Key] = e.Value.Text
	}
	return "", keys
}

func hasHost(workload *value.Value) bool { return len(hostFields(workload)) > 0 }

func severalWorkloads(o Override, workloads []value.Entry) string {
	if len(workloads) < 2 {
		return ""
	}
	return "the app has several workloads, and " + o.Name + " does not say which is meant"
}

func severalHosts(o Override, workloads []value.Entry) string {
	if len(workloads) < 2 {
		return ""
	}
	with := slices.DeleteFunc(slices.Clone(workloads), func(w value.Entry) bool { return !hasHost(w.Value) })
	switch len(with) {
	case 0:
		return "no workload has a host, and " + o.Name + " does not say which is meant"
	case 1:
		return ""
	}
	return "several workloads have hosts, and " + o.Name + " does not say which is meant"
}

func differentImages(o Override, workloads []value.Entry) string {
	for _, w := range workloads {
		if w.Value.StringAt("image", "repository") != workloads[0].Value.StringAt("image", "repository") {
			return "the app's workloads have different images, and " + o.Name + " does not say which is meant"
		}
	}
	return ""
}

// setTag sets the image's tag, which puts a digest aside.
func (e *effective) setTag(layer, _ *value.Value, o Override) {
	tag := e.override(o.Name, value.NewString(o.Pos, o.Text))
	if tag == nil {
		return
	}
	image := layer.Get("image").Copy()
	if image == nil {
		image = value.NewMap(o.Pos)
	}
	image.Delete("digest")
	layer.Set("image", image.Set("tag", tag))
}

// setReplicas takes a text for the number that it is in app.yaml.
func (e *effective) setReplicas(layer, _ *value.Value, o Override) {
	v := value.NewString(o.Pos, o.Text)
	if digits := strings.TrimPrefix(o.Text, "-"); digits == "" || !schema.Only(digits, schema.Digits) {
		hint := "write a number such as 3"
		if e.multi {
			hint = "write a number such as 3, or WORKLOAD=3 for one workload"
		}
		e.diags.Errorh(o.Pos, "wrong-type", hint, "%s must be a whole number, not %q", o.Name, o.Text)
		return
	}
	v.Kind, v.Plain = value.Int, true
	layer.Set(o.Name, e.override(o.Name, v))
}

// setConfig sets a key of config.
func (e *effective) setConfig(layer, _ *value.Value, o Override) {
	if problem := schema.ConfigEnvName.Problem(o.Key); problem != "" {
		e.diags.Errorf(o.Pos, "bad-name", "config can't have the key %q: it %s", o.Key, problem)
		return
	}
	if !layer.Has(o.Name) {
		layer.Set(o.Name, value.NewMap(o.Pos))
	}
	layer.Get(o.Name).Set(o.Key, value.NewString(o.Pos, o.Text))
}

// setHostSuffix asks for an Ingress of an app of one workload with a port and no host; rehost changes its host, and
// those of all others.
func (e *effective) setHostSuffix(layer, below *value.Value, o Override) {
	if !e.multi && !hasHost(below) && !below.Get("ports").Empty() && !isNone(below.Get("service")) && !e.kind.Completes {
		layer.Set("ingress", value.MapOf(o.Pos, "host", value.NewList(o.Pos, value.NewString(o.Pos, "host"+o.Text))))
	}
}
