package fold

import (
	"slices"
	"strings"
)

// affix is what an environment puts around the names of its objects.
type affix struct{ prefix, suffix string }

func (a affix) strip(name string) string {
	return strings.TrimSuffix(strings.TrimPrefix(name, a.prefix), a.suffix)
}

// affixes returns what each environment puts around names: the shortest by which the
// most workloads of different environments have the same name.
func affixes(envs []Environment) []affix {
	out := make([]affix, len(envs))
	if len(envs) < 2 {
		return out
	}
	names := make([][]string, len(envs))
	for i, e := range envs {
		names[i] = workloadNames(e)
	}
	best, length := -1, 0
	for _, first := range candidates(names[0]) {
		chosen := make([]affix, len(envs))
		chosen[0] = first
		score, long := 0, len(first.prefix+first.suffix)
		for i := range envs[1:] {
			most, least := -1, 0
			for _, c := range candidates(names[i+1]) {
				n := overlap(names[0], first, names[i+1], c)
				if l := len(c.prefix + c.suffix); n > most || n == most && l < least {
					most, least, chosen[i+1] = n, l, c
				}
			}
			score, long = score+most, long+least
		}
		if score > best || score == best && long < length {
			best, length, out = score, long, chosen
		}
	}
	return out
}

// BaseNames returns the names of all workloads without what their environments put
// around them, each once.
func BaseNames(envs []Environment) []string {
	var out []string
	all := affixes(envs)
	for i, e := range envs {
		for _, name := range workloadNames(e) {
			if base := all[i].strip(name); !slices.Contains(out, base) {
				out = append(out, base)
			}
		}
	}
	return out
}

func workloadNames(e Environment) []string {
	var out []string
	for _, v := range e.Objects {
		if runsPods(v) {
			out = append(out, idOf(v).Name)
		}
	}
	return out
}

// candidates returns what all names have in common at their beginnings or ends, up to
// a hyphen.
func candidates(names []string) []affix {
	out := []affix{{}}
	if len(names) == 0 {
		return out
	}
	for i, c := range names[0] {
		if c != '-' || i == 0 || i == len(names[0])-1 {
			continue
		}
		prefix, suffix := names[0][:i+1], names[0][i:]
		all := func(has func(string) bool) bool {
			return !slices.ContainsFunc(names, func(n string) bool { return !has(n) })
		}
		if all(func(n string) bool { return len(n) > len(prefix) && strings.HasPrefix(n, prefix) }) {
			out = append(out, affix{prefix: prefix})
		}
		if all(func(n string) bool { return len(n) > len(suffix) && strings.HasSuffix(n, suffix) }) {
			out = append(out, affix{suffix: suffix})
		}
	}
	return out
}

func overlap(a []string, by affix, b []string, of affix) int {
	n := 0
	for _, x := range a {
		if slices.ContainsFunc(b, func(y string) bool { return by.strip(x) == of.strip(y) }) {
			n++
		}
	}
	return n
}
