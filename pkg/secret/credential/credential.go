// Package credential tells texts that look like credentials from those that do
// not: private keys, the tokens of well-known services, addresses with a
// password, and what stands under a name such as PASSWORD. It reads texts alone,
// compiles nothing and keeps nothing; what it costs grows with the text.
//
// How often it is right is measured by test/credentials on a labelled list, and
// stands in docs/secrets.md.
package credential

import (
	"cmp"
	"slices"
	"strings"
)

// Match is a part of a text that looks like a credential.
type Match struct {
	// What names its sort, such as "a private key"; never the text itself.
	What string
	// Line is the line of the text, or the number of the argument, from 1.
	Line int
	// Guess says that nothing but its randomness speaks for it.
	Guess bool

	start, end int // in the text
}

// InValue returns the matches in a value by the name it stands under, or "". A value
// of several lines is read as a file.
func InValue(key, text string) []Match {
	if strings.Contains(strings.TrimSpace(text), "\n") {
		return InText(text)
	}
	matches := certain(scan(text))
	if x, ok := named(key, text, true); ok { // all of it
		if len(matches) > 0 {
			x.What = matches[0].What
		}
		return []Match{x}
	}
	if len(matches) > 0 {
		return matches
	}
	return guesses(key, text)
}

// InField returns the matches in a text of any field of an object: what is a
// credential wherever it stands, and a password by the field's name.
func InField(name, text string) []Match {
	if strings.ContainsAny(name, "pP") && strengthOf(name) == passwordName {
		if x, ok := named(name, text, true); ok {
			return []Match{x}
		}
	}
	s := scanner{text: text}
	s.known()
	return resolve(text, s.matches)
}

// InText returns the matches in a file: what InValue knows, wherever it stands.
func InText(text string) []Match { return scan(text) }

// InArgs returns the matches in a command and its arguments. Line counts arguments.
func InArgs(args []string) []Match {
	var out []Match
	for i, arg := range args {
		matches := scan(arg)
		if len(matches) == 0 && i > 0 {
			flag := args[i-1]
			switch {
			case len(flag) > 2 && flag[0] == '-' && !strings.ContainsAny(flag, "= ") && !strings.HasPrefix(arg, "-"):
				if x, ok := named(strings.TrimLeft(flag, "-"), arg, true); ok {
					matches = []Match{x}
				}
			case (flag == "-u" || flag == "--user") && userAndPassword(arg):
				matches = []Match{{What: aPassword, end: len(arg)}}
			}
		}
		for _, x := range matches {
			x.Line = i + 1
			out = append(out, x)
		}
	}
	return out
}

// Replace returns text without the credentials in it, each replaced by what replacement
// returns for it.
func Replace(text string, matches []Match, replacement func(found string) string) string {
	var b strings.Builder
	at := 0
	for _, x := range matches {
		if x.start < at || x.end > len(text) {
			continue
		}
		b.WriteString(text[at:x.start])
		b.WriteString(replacement(text[x.start:x.end]))
		at = x.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// Redact returns a text as messages may quote it.
func Redact(text string) string {
	return Replace(text, InText(text), func(string) string { return "…" })
}

func certain(matches []Match) []Match {
	return slices.DeleteFunc(matches, func(x Match) bool { return x.Guess })
}

// apart leaves out what overlaps the one before it.
func apart(matches []Match) []Match {
	var out []Match
	for _, x := range matches {
		if len(out) == 0 || x.start >= out[len(out)-1].end {
			out = append(out, x)
		}
	}
	return out
}

// resolve orders matches by their place, leaves out what others cover, guesses
// first, and counts lines.
func resolve(text string, matches []Match) []Match {
	slices.SortStableFunc(matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	sure := apart(certain(slices.Clone(matches)))
	out := sure
	for _, x := range apart(matches) {
		i, _ := slices.BinarySearchFunc(sure, x.start, func(s Match, at int) int { return cmp.Compare(s.end, at+1) })
		if x.Guess && (i == len(sure) || sure[i].start >= x.end) {
			out = append(out[:len(out):len(out)], x)
		}
	}
	slices.SortFunc(out, func(a, b Match) int { return cmp.Compare(a.start, b.start) })
	line, at := 1, 0
	for i := range out {
		line += strings.Count(text[at:out[i].start], "\n")
		at = out[i].start
		out[i].Line = line
	}
	return out
}
