package scaffold

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// yamlFiles returns the paths of YAML files.
func (f files) yamlFiles() []string {
	var out []string
	for _, p := range f.paths {
		if ext := path.Ext(p); ext == ".yaml" || ext == ".yml" {
			out = append(out, p)
		}
	}
	return out
}

// documents returns the maps in a YAML file, none for one that is no YAML.
func (f files) documents(name string) []*value.Value {
	content, ok := f.read(name)
	if !ok {
		return nil
	}
	docs, diags := value.ReadAll(name, content)
	if diags.HasErrors() {
		return nil
	}
	return slices.DeleteFunc(docs, func(v *value.Value) bool { return !v.Is(value.Map) })
}

// running is a Kubernetes object that runs pods.
type running struct {
	file string
	kind kinds.Kind
	*value.Value
}

// manifests looks for the objects that run the app today. It takes what they say if there is one alone.
func (f *Facts) manifests(in files) {
	var found []running
	for _, p := range in.yamlFiles() {
		for _, v := range in.documents(p) {
			kind, ok := kinds.Find(v.StringAt("kind"))
			if ok && len(kind.Template) > 0 && kind.Is(v.StringAt("apiVersion"), kind.Name) {
				found = append(found, running{p, kind, v})
			}
		}
	}
	if len(found) == 1 {
		f.workload(found[0])
		return
	}
	for _, x := range found {
		f.Notes = append(f.Notes, fmt.Sprintf("%s has the %s %q, one of several: write each as one of workloads, or as an app", x.file,
			x.kind.Name, diag.Line(x.StringAt("metadata", "name"))))
	}
}

// workload takes what an object says.
func (f *Facts) workload(x running) {
	var container *value.Value
	if all := x.Get(x.kind.Below("spec", "containers")...).AllItems(); len(all) > 0 {
		container = all[0]
	}
	var taken takings
	take := func(what string, fact *Fact, set func()) { taken.take(what, fact, x.file, set) }
	take("name", &f.Name, func() { f.Name.first(Name(x.StringAt("metadata", "name")), x.file) })
	take("kind", &f.Kind, func() {
		if slices.Contains(kinds.Chosen(), x.kind.Name) && x.kind.Name != kinds.Deployment {
			f.Kind.first(x.kind.Name, x.file)
		}
	})
	take("schedule", &f.Schedule, func() { f.Schedule.first(x.StringAt("spec", "schedule"), x.file) })
	if labels := x.Get("spec", "selector", "matchLabels"); x.kind.Selector && labels.Is(value.Map) {
		take("selector", &f.Selector, func() { f.Selector.first(plainLabels(labels), x.file) })
	}
	take("image", &f.Image, func() { f.image(container.StringAt("image"), x.file) })
	for _, p := range container.Get("ports").AllItems() {
		take("port", &f.Port, func() { f.port(p.StringAt("containerPort"), x.file) })
		break
	}
	take("probes", &f.Probe, func() {
		for _, probe := range []string{"readinessProbe", "livenessProbe"} {
			f.Probe.first(plainPath(container.StringAt(probe, "httpGet", "path")), x.file)
		}
	})
	take("the names of variables", &f.Variables, func() {
		var names []string
		for _, e := range container.Get("env").AllItems() {
			names = append(names, e.StringAt("name"))
		}
		f.Variables.first(plainNames(names), x.file)
	})
	f.Notes = append(f.Notes, fmt.Sprintf("%s has the %s %q: %s taken from it; copy the rest, then remove it, or Argo CD gets both", x.file,
		x.kind.Name, diag.Line(x.StringAt("metadata", "name")), taken))
}

// takings are what was taken from a file.
type takings []string

// take adds what a fact is, if set takes it from the file.
func (t *takings) take(what string, fact *Fact, file string, set func()) {
	if set(); fact.From == file {
		*t = append(*t, what)
	}
}

// String returns the takings with their verb, such as "name and port are".
func (t takings) String() string {
	switch {
	case len(t) == 0:
		return "nothing is"
	case len(t) == 1 && !strings.HasSuffix(t[0], "s"):
		return t[0] + " is"
	case len(t) == 1:
		return t[0] + " are"
	}
	return strings.Join(t[:len(t)-1], ", ") + " and " + t[len(t)-1] + " are"
}

// plainPath returns a text that can be written as a path without quotes, else "".
func plainPath(text string) string {
	if strings.HasPrefix(text, "/") && find(`^(/[A-Za-z0-9._~/-]*)$`, []byte(text)) != "" {
		return text
	}
	return ""
}

// plainLabels returns labels in braces, "" if one has no value that can be written without quotes.
func plainLabels(labels *value.Value) string {
	text := labels.Flow()
	if find(`^(\{[A-Za-z][-A-Za-z0-9._/]*: [A-Za-z][-A-Za-z0-9._]*(?:, [A-Za-z][-A-Za-z0-9._/]*: [A-Za-z][-A-Za-z0-9._]*)*\})$`,
		[]byte(text)) == "" {
		return ""
	}
	var pairs []string
	for _, x := range labels.Entries {
		pairs = append(pairs, scalar(x.Key)+": "+scalar(x.Value.Text))
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// plainNames joins names of variables, without those that are none.
func plainNames(names []string) string {
	names = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return find(`^([A-Za-z_][A-Za-z0-9_]*)$`, []byte(s)) == "" })
	const most = 8
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return strings.Join(names, ", ")
}

// compose takes what a docker-compose file says of the service that is built here.
func (f *Facts) compose(in files) {
	for _, file := range []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"} {
		docs := in.documents(file)
		if len(docs) == 0 {
			continue
		}
		services := docs[0].Get("services").AllEntries()
		at := slices.IndexFunc(services, func(e value.Entry) bool { return e.Value.Has("build") })
		if at < 0 && len(services) == 1 {
			at = 0
		}
		var names []string
		for _, e := range services {
			names = append(names, diag.Line(e.Key))
		}
		if at < 0 {
			f.Notes = append(f.Notes, fmt.Sprintf("%s has the services %s: each with an image of its own is an app", file,
				strings.Join(names, ", ")))
			return
		}
		taken := f.service(file, services[at].Value)
		note := fmt.Sprintf("%s has the service %s: %s taken from it", file, names[at], taken)
		if len(names) > 1 {
			note += "; what else it has (" + strings.Join(slices.Delete(slices.Clone(names), at, at+1), ", ") +
				") is an app of its own, or runs elsewhere"
		}
		f.Notes = append(f.Notes, note)
		return
	}
}

// service takes what a service of a docker-compose file says, unless another file said it.
func (f *Facts) service(file string, s *value.Value) (taken takings) {
	taken.take("image", &f.Image, file, func() { f.image(s.StringAt("image"), file) })
	test := s.Get("healthcheck", "test")
	command := test.StringAt()
	for _, x := range test.AllItems() {
		command += " " + x.StringAt()
	}
	checkedPort, checked := checkedURL(defaults(command))
	taken.take("port", &f.Port, file, func() {
		for _, p := range slices.Concat(s.Get("ports").AllItems(), s.Get("expose").AllItems()) {
			text := p.StringAt()
			if p.Is(value.Map) {
				text = p.StringAt("target")
			}
			text, protocol, _ := strings.Cut(defaults(text), "/")
			if protocol == "" || strings.EqualFold(protocol, "tcp") {
				f.port(text[strings.LastIndex(text, ":")+1:], file)
			}
		}
		f.port(checkedPort, file)
	})
	taken.take("health check", &f.Probe, file, func() { f.Probe.first(checked, file) })
	taken.take("the names of variables", &f.Variables, file, func() {
		var names []string
		for _, e := range s.Get("environment").AllEntries() {
			names = append(names, e.Key)
		}
		for _, x := range s.Get("environment").AllItems() {
			name, _, _ := strings.Cut(x.StringAt(), "=")
			names = append(names, name)
		}
		f.Variables.first(plainNames(names), file)
	})
	return taken
}

// defaults fills in the defaults of the variables in a docker-compose file.
func defaults(text string) string { return fillVariables(text, func(string) string { return "" }) }

// charts takes what a Helm chart's values say, and names kustomizations.
func (f *Facts) charts(in files) {
	for _, p := range in.yamlFiles() {
		dir := path.Dir(p)
		switch path.Base(p) {
		case "Chart.yaml":
			for _, v := range in.documents(p) {
				f.Name.first(Name(v.StringAt("name")), p)
			}
			values := path.Join(dir, "values.yaml")
			for _, v := range in.documents(values) {
				reference := v.StringAt("image", "repository")
				if tag := v.StringAt("image", "tag"); tag != "" {
					reference += ":" + tag
				}
				f.image(reference, values)
				f.port(v.StringAt("service", "targetPort"), values)
				f.port(v.StringAt("containerPort"), values)
			}
			f.Notes = append(f.Notes, fmt.Sprintf("%s is a Helm chart, whose templates unfold does not fill in: helm template %s prints "+
				"what to "+
				"compare unfold render with", p, diag.Word(dir)))
		case "kustomization.yaml", "kustomization.yml":
			f.Notes = append(f.Notes, fmt.Sprintf("%s is a kustomization: kustomize build %s prints what to compare unfold render with", p,
				diag.Word(dir)))
		}
	}
}

// procfile names the processes of a Procfile.
func (f *Facts) procfile(in files) {
	content, ok := in.read("Procfile")
	if !ok {
		return
	}
	var names []string
	for line := range strings.Lines(string(content)) {
		if name := find(`^([A-Za-z0-9_-]+):`, []byte(line)); name != "" {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		f.Notes = append(f.Notes, "Procfile has the processes "+strings.Join(names, ", ")+
			": write the command of one as command, and of several as workloads: {NAME: {command: […]}}")
	}
}
