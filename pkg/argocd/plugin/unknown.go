package plugin

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
)

// otherWords returns the names that other tools have for parameters, without what separates their words.
func otherWords() map[string]string {
	return map[string]string{
		"ENV": environment, "STAGE": environment, "APPENV": environment, "IMAGETAG": "tag", "IMAGENAME": "image",
		"IMAGEREPOSITORY": "image", "IMG": "image", "REPLICACOUNT": "replicas",
		"HOSTNAME": "host", "DOMAIN": "host", "INGRESSHOST": "host", "NS": "namespace",
	}
}

// unknownVariables returns an error for each variable that is meant for unfold by its look, and that unfold does not
// read. Argo CD passes on all variables of an Application, and those of the sidecar; a team can have its own, which
// unfold leaves alone. A variable is meant for unfold if its name
//
//   - is that of a parameter in another spelling: NAMESUFFIX, hostSuffix, ARGOCD_ENV_TAG, CONFIG without a key;
//   - is one slip away from it: REPLICA, TAGS, CONFG_MODE;
//   - is another tool's word for it: ENV, IMAGE_TAG, NS;
//   - is that of a field that an environment can set: PORT, RESOURCES.
//
// It is no error if the Application sets the parameter too: then it knows the right name, and this one is its own.
func unknownVariables(vars map[string]string, given map[string][]descriptor.Override) diag.List {
	var diags diag.List
	var t table // made for the first variable of a team's own: most calls have none
	for _, variable := range slices.Sorted(maps.Keys(vars)) {
		name, ours := strings.CutPrefix(variable, userPrefix)
		if !ours || vars[variable] == "" {
			continue
		}
		if t == nil {
			t = newTable()
		}
		if t.reads(name) {
			continue
		}
		at := diag.Pos{File: variable}
		if p, right := t.meant(name); right != "" {
			if vars[userPrefix+right] == "" && len(given[p.Name]) == 0 {
				diags.Errorh(at, "unknown-variable", "did you mean "+right+"? Argo CD adds the prefix "+userPrefix,
					"unfold reads no variable of this name")
			}
		} else if field := descriptor.FieldLike(name); field != "" {
			diags.Errorh(at, "unknown-variable", "set the field in app.yaml; the variables are: "+strings.Join(variableNames(), ", "),
				"an Application can't set the field %q", field)
		}
	}
	return diags
}

// table holds the parameters with what variables are compared with.
type table []row

type row struct {
	descriptor.Overridable
	variable, folded string
	words            []string // of other tools, without what separates their parts
}

func newTable() table {
	var t table
	others := otherWords()
	for _, p := range Parameters() {
		r := row{Overridable: p, variable: p.Variable(), folded: fold(p.Name)}
		for word, name := range others {
			if name == p.Name {
				r.words = append(r.words, word)
			}
		}
		t = append(t, r)
	}
	return t
}

// variableName returns the name of a parameter's variable without its prefix, of one that takes keys with KEY.
func variableName(p descriptor.Overridable, key string) string {
	if p.Map {
		return p.Variable() + "_" + key
	}
	return p.Variable()
}

func variableNames() []string {
	var names []string
	for _, p := range Parameters() {
		names = append(names, variableName(p, "KEY"))
	}
	return names
}

// reads reports whether unfold reads a variable.
func (t table) reads(name string) bool {
	return slices.ContainsFunc(t, func(r row) bool {
		rest, ok := strings.CutPrefix(name, r.variable)
		return ok && (!r.Map && rest == "" || r.Map && len(rest) > 1 && rest[0] == '_')
	})
}

// meant returns the parameter that a name is most likely meant for, and its variable; "" for none.
func (t table) meant(name string) (p descriptor.Overridable, variable string) {
	for strings.HasPrefix(name, userPrefix) {
		name = strings.TrimPrefix(name, userPrefix)
	}
	word := strings.ToUpper(strings.ReplaceAll(name, "_", ""))
	head, key, _ := strings.Cut(name, "_")
	if key == "" {
		key = "KEY"
	}
	whole, first := fold(name), fold(head)
	known := slices.ContainsFunc(t, func(r row) bool { return slices.Contains(r.words, word) })
	for _, r := range t {
		spelt := whole
		if r.Map {
			spelt = first
		}
		if slices.Contains(r.words, word) || !known && (spelt == r.folded || slip(spelt, r.folded)) {
			return r.Overridable, variableName(r.Overridable, key)
		}
	}
	return p, ""
}

// fold takes away how the words of a name are separated.
func fold(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(name, "_", ""), "-", ""))
}

// slip reports whether one letter more, less or in another place makes a name of a word. Another letter does so only
// in long words: COST is no slip of HOST.
func slip(word, name string) bool {
	if len(word) > len(name) {
		word, name = name, word
	}
	i := 0
	for i < len(word) && word[i] == name[i] {
		i++
	}
	if i == 0 { // nobody misses the first letter
		return false
	}
	const short = 6
	switch len(name) - len(word) {
	case 0:
		swapped := i+1 < len(word) && word[i] == name[i+1] && word[i+1] == name[i] && word[i+2:] == name[i+2:]
		return swapped || i < len(word) && len(word) >= short && word[i+1:] == name[i+1:]
	case 1:
		return word[i:] == name[i+1:]
	}
	return false
}

// unknownHint returns the next step for a parameter that is not in the table.
func unknownHint(name string) string {
	if p, variable := newTable().meant(name); variable != "" {
		return "did you mean " + strconv.Quote(p.Name) + "?"
	}
	return diag.Hint(name, "the parameters are", ParameterNames())
}
