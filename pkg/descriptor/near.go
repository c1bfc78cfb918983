package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// NearName is a name in a map of an environment, such as that of a job, that is most likely meant for one of a layer below:
// the environment has both.
type NearName struct {
	Field, Name, Meant string
	Pos                diag.Pos
}

// nearNames returns the names of the environment, in all maps by name, that are almost those of a layer below it in the same map.
func (e *effective) nearNames(layers []layer) []NearName {
	own := e.environment(e.env)
	var below []*value.Value
	for _, l := range layers {
		if l.fields != own && l.name != overrideLayer {
			below = append(below, l.fields)
		}
	}
	var out []NearName
	var visit func(t *schema.Type, v *value.Value, path []string)
	visit = func(t *schema.Type, v *value.Value, path []string) {
		if t == nil || t.Kind == schema.KubeKind {
			return
		}
		var names []string
		for _, l := range below {
			for _, x := range l.Get(path...).AllEntries() {
				if !x.Value.Is(value.Null) {
					names = append(names, x.Key)
				}
			}
		}
		for _, x := range v.AllEntries() {
			at := append(slices.Clone(path), x.Key)
			unknown := slices.Equal(path, []string{"workloads"}) && !saysWhatItRuns(x.Value) // which checkWorkloads reports
			if t.NamedByUser(x.Key) && !unknown && !x.Value.Is(value.Null) && !isOff(x.Value) && !slices.Contains(names, x.Key) {
				if meant := nearName(x.Key, names); meant != "" && !v.Has(meant) {
					out = append(out, NearName{inWorkload(path), x.Key, meant, x.KeyPos})
				}
			}
			visit(t.Child(x.Key), x.Value, at)
		}
	}
	visit(fields.Environment(), own, nil)
	return out
}

// IsName reports whether the last key of a path in the descriptor is a name that the user chose, such as that of a job.
func IsName(path []string) bool {
	t := fields.Document()
	for _, key := range path[:len(path)-1] {
		t = t.Child(key)
	}
	return t != nil && t.NamedByUser(path[len(path)-1])
}

// IsList reports whether the value at a path in the descriptor is a list.
func IsList(path []string) bool {
	t := fields.Document()
	for _, key := range path {
		t = t.Child(key)
	}
	return t != nil && t.Kind == schema.ListKind
}

// nearName returns the name that another one is most likely a slip of, "" for none: a single word has one slip. Words of up to
// three letters, numbers and plurals differ by intention, and so do words of a series, such as nodea and nodeb.
func nearName(name string, names []string) string {
	for _, other := range names {
		if len(strings.FieldsFunc(name, between)) == len(strings.FieldsFunc(other, between)) && nearWords(name, other) {
			return other
		}
	}
	return ""
}

// between reports whether a character separates the words of a name. Hosts, paths, files and annotations are no names with slips.
func between(r rune) bool { return r == '-' || r == '_' }

func nearWords(a, b string) bool {
	const short = 3
	if strings.ContainsAny(a+b, "./*") {
		return false
	}
	of, with := strings.FieldsFunc(a, between), strings.FieldsFunc(b, between)
	slips := 0
	for i := range of {
		x, y := strings.ToLower(of[i]), strings.ToLower(with[i])
		switch {
		case of[i] == with[i]:
			continue
		case x == y:
		case min(len(x), len(y)) <= short, strings.ContainsAny(x+y, "0123456789"), x+"s" == y, y+"s" == x, !diag.OneSlip(x, y),
			len(x) == len(y) && x[:len(x)-1] == y[:len(y)-1]:
			return false
		}
		slips++
	}
	return slips == 1
}

// meantNames puts the name that was most likely meant into the hints about what a near one lacks, and returns the others.
func (e *effective) meantNames(near []NearName) []NearName {
	return slices.DeleteFunc(near, func(x NearName) bool {
		reported := false
		for i, d := range e.diags {
			if d.Pos == x.Pos && strings.HasPrefix(d.Code, "missing-") {
				e.diags[i].Hint = "did you mean " + strconv.Quote(x.Meant) + "? If not, " + d.Hint
				reported = true
			}
		}
		return reported
	})
}
