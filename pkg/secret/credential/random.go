package credential

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Shortest and longest text of which randomness says something.
const (
	shortest = 20
	longest  = 1024
)

// random reports whether a text looks as if it were drawn letter by letter from
// capitals, small letters and digits. Hexadecimal never does: digests and
// commits are that too.
func random(text string) bool {
	if len(text) < shortest || len(text) > longest || !mixed(text) || wellKnown(text) {
		return false
	}
	if strings.ContainsFunc(text, func(r rune) bool {
		return r > 127 || !alphanumeric(byte(r)) && !strings.ContainsRune("+/=_-.!#%&*@^~", r)
	}) {
		return false
	}
	_, isText := decoded(text)
	return !isText
}

// mixed reports whether capitals, small letters and digits follow one another as
// they do by chance (62 of 100 times), and not as in words.
func mixed(text string) bool {
	var seen [3]int
	changes, pairs, before := 0, 0, -1
	for i := range len(text) {
		class := -1
		switch c := text[i]; {
		case c >= 'a' && c <= 'z':
			class = 0
		case c >= 'A' && c <= 'Z':
			class = 1
		case digit(c):
			class = 2
		}
		if class >= 0 {
			seen[class]++
			if before >= 0 {
				pairs++
				if class != before {
					changes++
				}
			}
		}
		before = class
	}
	return seen[0] > 0 && seen[1] > 0 && seen[2] > 0 && pairs*2 > len(text) && changes*100 > pairs*42
}

// wellKnown reports whether a random text is one that everybody may read: a
// digest, a public key, a picture, compressed data.
func wellKnown(text string) bool {
	for _, start := range []string{"sha1-", "sha256-", "sha384-", "sha512-", "sha256:", "SHA256:", "h1:", "AAAA", "data:", "iVBORw0KGgo",
		"H4sI", "JVBERi0", "R0lGOD", "/9j/"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// decoded returns the text that a text is the base64 of, if it is that.
func decoded(text string) (string, bool) {
	if len(text) < 8 || strings.ContainsAny(text, " :.,{") {
		return "", false
	}
	trimmed := strings.TrimRight(text, "=")
	enc := base64.RawStdEncoding
	if strings.ContainsAny(trimmed, "-_") {
		enc = base64.RawURLEncoding
	}
	b, err := enc.DecodeString(trimmed)
	if err != nil || len(b) == 0 || !utf8.Valid(b) {
		return "", false
	}
	for _, r := range string(b) {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 127 {
			return "", false
		}
	}
	return string(b), true
}

const randomText = "random text"

// guesses returns the match that a value is by its randomness alone.
func guesses(key, text string) []Match {
	if quiet(key) || !random(strings.TrimSpace(text)) {
		return nil
	}
	return []Match{{What: randomText, Line: 1, Guess: true, end: len(text)}}
}
