package lint

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// plainCredentials finds passwords, tokens and private keys in plain text. No
// message shows them.
func plainCredentials(in *Input, r *reporter) {
	for _, x := range in.suspects() {
		if !x.match.Guess {
			r.named(x.name, x.text).report(x.item, x.text, r.cure(x.name, x.seal), "%s has %s in plain text: %s",
				x.ID, x.match.What, x.where)
		}
	}
}

// randomValues finds texts that look random, as the keys of services do which
// nobody can tell by their form.
func randomValues(in *Input, r *reporter) {
	for _, x := range in.suspects() {
		if x.match.Guess {
			r.named(x.name, x.text).report(x.item, x.text, r.cure(x.name, x.seal), "%s has a text that looks as random as a key: %s",
				x.ID, x.where)
		}
	}
}

// suspect is a text that looks like a credential.
type suspect struct {
	item
	text  *value.Value
	match credential.Match
	// where is its place in the object, name what an app accepts it by, and seal the
	// key that it could be sealed under.
	where, name, seal string
}

// noted is a text that something looked at, by the name that an app accepts it by.
type noted struct {
	text *value.Value
	name string
}

// cure says what to do, and how to say that there is nothing to do.
func (r *reporter) cure(name, seal string) string {
	out := "seal it by unfold seal"
	if seal != "" {
		out += " --env " + r.in.Env + " " + seal
	}
	out += " and take it out here, or fetch it from a store of secrets"
	if r.acceptable {
		out += "; if it is no secret, accept: {" + r.rule.Name + ": {" + name + ": WHY}}"
	}
	return out
}

// suspects looks through all objects once, for both rules. Secrets have a rule of
// their own, and sealed values nothing to read.
func (in *Input) suspects() []suspect {
	if in.looked {
		return in.found
	}
	in.looked, in.noted = true, map[noted]bool{}
	for i, x := range in.items {
		s := search{in: in, item: x}
		switch x.Kind {
		case "Secret", "SealedSecret", "CustomResourceDefinition":
			s.fields(x.value.Get("metadata"), "metadata")
			continue
		case "ConfigMap":
			for _, e := range x.value.Get("data").AllEntries() {
				s.add(e.Value, e.Key, keyToSeal(e), "the key "+strconv.Quote(e.Key), credential.InValue(e.Key, e.Value.StringAt()))
			}
			s.fields(x.value.Get("metadata"), "metadata")
			continue
		}
		for _, c := range in.parts[i].containers {
			s.container(c)
		}
		s.fields(x.value, "")
	}
	return in.found
}

// keyToSeal returns the key of a ConfigMap where it is that of a variable.
func keyToSeal(e value.Entry) string {
	if strings.Trim(e.Key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") != "" || strings.Contains(e.Value.StringAt(), "\n") {
		return ""
	}
	return e.Key
}

// search is that for suspects in one object.
type search struct {
	in   *Input
	item item
	// done are texts that were looked at as what they are.
	done map[*value.Value]bool
}

// add takes note of matches in a text, once where several objects have it.
func (s *search) add(text *value.Value, name, seal, where string, matches []credential.Match) {
	if len(matches) > 0 && text.Pos.Line > 0 && s.in.noted[noted{text, name}] {
		return
	}
	if len(matches) > 0 {
		s.in.noted[noted{text, name}] = true
	}
	for _, x := range matches {
		place := where
		if strings.Contains(text.StringAt(), "\n") && x.Line > 0 {
			place += ", line " + strconv.Itoa(x.Line)
		}
		s.in.found = append(s.in.found, suspect{s.item, text, x, place, name, seal})
	}
}

// container looks at what a container is given.
func (s *search) container(c *value.Value) {
	name := c.StringAt("name")
	of := " of the container " + strconv.Quote(name)
	for _, e := range c.Get("env").AllItems() {
		text := e.Get("value")
		if !text.IsScalar() {
			continue
		}
		key := e.StringAt("name")
		s.look(text)
		s.add(text, key, key, "the variable "+strconv.Quote(key)+of, credential.InValue(key, text.Text))
	}
	s.command(name, "the command"+of, c.Get("command"), c.Get("args"))
	for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		s.handler(name, probe+of, c.Get(probe))
	}
	for _, hook := range []string{"postStart", "preStop"} {
		s.handler(name, hook+of, c.Get("lifecycle", hook))
	}
}

func (s *search) handler(name, where string, v *value.Value) {
	s.command(name, where, v.Get("exec", "command"))
	for _, h := range v.Get("httpGet", "httpHeaders").AllItems() {
		if text := h.Get("value"); text.IsScalar() {
			s.look(text)
			key := h.StringAt("name")
			s.add(text, key, "", "the header "+strconv.Quote(key)+" of "+where, credential.InValue(key, text.Text))
		}
	}
}

// command looks at a command with its arguments, since an option and what it is
// set to can be two of them.
func (s *search) command(name, where string, lists ...*value.Value) {
	var args []*value.Value
	var texts []string
	for _, list := range lists {
		for _, x := range list.AllItems() {
			s.look(x)
			args, texts = append(args, x), append(texts, x.StringAt())
		}
	}
	for _, match := range credential.InArgs(texts) {
		n := match.Line
		match.Line = 0
		s.add(args[n-1], name, "", "word "+strconv.Itoa(n)+" of "+where, []credential.Match{match})
	}
}

func (s *search) look(v *value.Value) {
	if s.done == nil {
		s.done = map[*value.Value]bool{}
	}
	s.done[v] = true
}

// fields looks at all other texts of an object.
func (s *search) fields(v *value.Value, path string) {
	if s.done[v] {
		return
	}
	for i, x := range v.AllItems() {
		s.fields(x, path+"["+strconv.Itoa(i)+"]")
	}
	for _, e := range v.AllEntries() {
		below := strings.TrimPrefix(path+"."+e.Key, ".")
		if e.Value.Is(value.String) && !s.done[e.Value] {
			s.add(e.Value, e.Key, "", below, credential.InField(e.Key, e.Value.Text))
			continue
		}
		s.fields(e.Value, below)
	}
	if v.Is(value.String) {
		s.add(v, s.in.plain(s.item.ID).String(), "", path, credential.InField("", v.Text))
	}
}
