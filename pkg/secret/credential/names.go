package credential

import (
	"strings"
	"unicode"
)

// strength is how much a name says about the value under it.
type strength uint8

const (
	nothing strength = iota
	// ifRandom names are those of keys of all sorts: a value that looks random is a
	// credential there.
	ifRandom
	// secretName and passwordName values are credentials unless they are obviously
	// something else.
	secretName
	passwordName
)

const (
	aPassword = "a password"
	aSecret   = "a secret"
)

// Named reports whether what stands under a name is a credential, by the name
// alone.
func Named(key string) bool { return strengthOf(key) >= secretName }

// strengthOf looks at the last word of a name, which says what it is: the TOKEN of
// GITHUB_TOKEN is one, that of TOKEN_TTL is not.
func strengthOf(key string) strength {
	words := wordsOf(key)
	for len(words) > 1 && isOne(words[len(words)-1],
		"prod dev staging stage test qa live default primary secondary old new current previous next backup base value plain raw b64 "+
			"base64 1 2 3") {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return nothing
	}
	last := words[len(words)-1]
	before := ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	if before == "public" || before == "publishable" {
		return nothing
	}
	switch {
	case isOne(last, "password passwd pwd passphrase passcode pass pw requirepass masterauth"),
		strings.HasSuffix(last, "password"), strings.HasSuffix(last, "passwd"), strings.HasSuffix(last, "passphrase"):
		return passwordName
	case isOne(last, "secret token apikey secretkey privatekey psk"), strings.HasSuffix(last, "token"), strings.HasSuffix(last, "secret"),
		strings.HasSuffix(last, "apikey"):
		return secretName
	case last == "key" && isOne(before, "api secret private encryption encrypt signing sign master hmac aes account shared auth jwt "+
		"session"):
		return secretName
	case last == "key" && !isOne(before, "site partition sort primary foreign cache map object lookup kms idempotency row hash range "+
		"index label group routing message id host public"),
		isOne(last, "accesskey salt pepper credential credentials creds"):
		return ifRandom
	}
	return nothing
}

// named returns the match that a text is by its name. Direct says that the text
// stands there by itself, and not somewhere in a file.
func named(key, text string, direct bool) (Match, bool) {
	s := strengthOf(key)
	trimmed := strings.TrimSpace(text)
	if fallback, ok := fallbackOf(trimmed); ok {
		trimmed = fallback
	}
	whole := Match{What: aSecret, Line: 1, end: len(text)}
	switch {
	case s == passwordName && !innocent(trimmed, true, direct):
		whole.What = aPassword
		return whole, true
	case s == secretName && !innocent(trimmed, false, direct), s == ifRandom &&
		(random(trimmed) || len(trimmed) >= 32 && span(trimmed, hexa) == len(trimmed)):
		return whole, true
	case withAccount(key) && userAndPassword(trimmed):
		whole.What = aPassword
		return whole, true
	}
	return Match{}, false
}

// withAccount reports whether the value under a name may be USER:PASSWORD.
func withAccount(key string) bool {
	words := wordsOf(key)
	for _, w := range words {
		if w == "basic" || w == "credentials" || w == "creds" || w == "basicauth" {
			return true
		}
	}
	return false
}

// userAndPassword reports whether a text is USER:PASSWORD, or the base64 of that.
func userAndPassword(text string) bool {
	if plain, ok := decoded(text); ok {
		text = plain
	}
	user, password, ok := strings.Cut(text, ":")
	return ok && user != "" && !strings.ContainsAny(text, " /\n\t") && !isNumber(password) && !innocent(password, true, true)
}

// wordsOf takes a name apart: at anything but letters and digits, and where a
// capital follows.
func wordsOf(key string) []string {
	var words []string
	start := -1
	end := func(i int) {
		if start >= 0 {
			words = append(words, strings.ToLower(key[start:i]))
		}
		start = -1
	}
	var before rune
	for i, r := range key {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end(i)
		case start >= 0 && unicode.IsUpper(r) && !unicode.IsUpper(before):
			end(i)
			start = i
		case start < 0:
			start = i
		}
		before = r
	}
	end(len(key))
	return words
}

// isOne reports whether a word is one of a list.
func isOne(word, list string) bool {
	for at := 0; word != ""; {
		i := strings.Index(list[at:], word)
		if i < 0 {
			return false
		}
		at += i
		end := at + len(word)
		if (at == 0 || list[at-1] == ' ') && (end == len(list) || list[end] == ' ') {
			return true
		}
		at = end
	}
	return false
}

// quiet names are those of identifiers and digests, which look random too.
func quiet(key string) bool {
	for _, w := range wordsOf(key) {
		if isOne(w, "id ids sid uid uuid guid sha sha1 sha256 sha512 digest hash checksum integrity etag fingerprint public publishable "+
			"site version commit revision arn cert certificate ca etags sum md5 url uri image") {
			return true
		}
	}
	return false
}
