package credential

import (
	"strings"
)

// scanner collects the matches in a text.
type scanner struct {
	text    string
	matches []Match
	// public are the blocks in which there is nothing to look for.
	public [][2]int
}

// scan returns all matches in a text.
func scan(text string) []Match {
	s := scanner{text: text}
	s.known()
	assignments(text, s.assigned)
	return resolve(text, s.matches)
}

func (s *scanner) add(start, end int, what string) {
	if !s.isPublic(start) {
		s.matches = append(s.matches, Match{What: what, start: start, end: end})
	}
}

func (s *scanner) isPublic(at int) bool {
	for _, b := range s.public {
		if at >= b[0] && at < b[1] {
			return true
		}
	}
	return false
}

// known finds what is a credential whatever stands around it.
func (s *scanner) known() {
	addresses(s.text, s.add)
	const least = 14 // of anything else
	if len(s.text) < least {
		return
	}
	s.blocks()
	tokens(s.text, s.add)
	headers(s.text, s.add)
	if plain, ok := decoded(strings.TrimSpace(s.text)); ok && len(s.text) >= 40 {
		inner := scanner{text: plain}
		inner.known()
		for _, x := range inner.matches {
			s.add(0, len(s.text), x.What)
		}
	}
}

// assigned looks at what a name in the text is given.
func (s *scanner) assigned(key string, start, end int) {
	value := s.text[start:end]
	x, ok := named(key, value, false)
	switch {
	case ok:
		s.add(start, end, x.What)
	case lastWord(key) == "auth" && userAndPassword(value):
		s.add(start, end, aPassword)
	case !quiet(key) && random(value) && !s.isPublic(start):
		s.matches = append(s.matches, Match{What: randomText, Guess: true, start: start, end: end})
	}
}

func lastWord(key string) string {
	words := wordsOf(key)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// blocks finds PEM blocks: private keys are matches, and nothing in others is one.
func (s *scanner) blocks() {
	text := s.text
	const begin, end = "-----BEGIN ", "-----END "
	for at := 0; ; {
		i := strings.Index(text[at:], begin)
		if i < 0 {
			return
		}
		start := at + i
		label, _, ok := strings.Cut(text[start+len(begin):min(len(text), start+len(begin)+80)], "-----")
		stop := len(text)
		if j := strings.Index(text[start:], end); j >= 0 {
			stop = start + j + len(end)
			if k := strings.Index(text[stop:], "-----"); k >= 0 {
				stop += k + len("-----")
			}
			for strings.HasPrefix(text[stop:], `\n`) { // as JSON has it
				stop += len(`\n`)
			}
		}
		if ok && strings.Contains(label, "PRIVATE KEY") {
			s.add(start, stop, "a private key")
		} else {
			s.public = append(s.public, [2]int{start, stop})
		}
		at = stop
	}
}

// addresses finds passwords in URLs, webhooks whose address is the secret, and
// signatures of Azure's storage.
func addresses(text string, add func(start, end int, what string)) {
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			return
		}
		start := at + i + len("://")
		end := start + until(text[start:], " \t\r\n\"'<>`,|")
		at = start
		address := text[start:end]
		authority, _, _ := strings.Cut(address, "/")
		authority, _, _ = strings.Cut(authority, "?")
		if j := strings.LastIndexByte(authority, '@'); j > 0 {
			_, password, ok := strings.Cut(authority[:j], ":")
			if ok && !innocentInURL(password) {
				add(start+j-len(password), start+j, "the password of an address")
			}
		}
		for _, hook := range []string{"hooks.slack.com/services/", "hooks.slack.com/workflows/", "discord.com/api/webhooks/",
			"discordapp.com/api/webhooks/"} {
			if rest, ok := strings.CutPrefix(address, hook); ok && len(rest) > 30 && strings.Contains(rest, "/") && !reference(rest) &&
				!placeholder(strings.ToLower(rest)) {
				add(start+len(hook), end, "the address of a webhook")
			}
		}
		if j := strings.Index(address, "sig="); j > 0 && (address[j-1] == '?' || address[j-1] == '&') && strings.Contains(address, "se=") {
			sig, _, _ := strings.Cut(address[j+4:], "&")
			if len(sig) >= 40 {
				add(start+j+4, start+j+4+len(sig), "a shared access signature")
			}
		}
	}
}

// until returns where the first of some letters is in a text, or where it ends.
func until(text, letters string) int {
	text = text[:min(len(text), longestToken)]
	if i := strings.IndexAny(text, letters); i >= 0 {
		return i
	}
	return len(text)
}

func innocentInURL(password string) bool {
	lower := strings.ToLower(password)
	return password == "" || repeated(password) || placeholder(lower) || reference(password) || constant(password)
}

// headers finds what stands behind Bearer and Basic.
func headers(text string, add func(start, end int, what string)) {
	for _, scheme := range []string{"Bearer ", "bearer ", "Basic ", "basic "} {
		for at := 0; ; {
			i := strings.Index(text[at:], scheme)
			if i < 0 {
				break
			}
			start := at + i + len(scheme)
			n := 0
			for start+n < len(text) && (dots.has(text[start+n]) || strings.IndexByte("+/=~", text[start+n]) >= 0) {
				n++
			}
			value := text[start : start+n]
			at = start
			switch {
			case scheme[1] == 'e' && n >= 16 && strings.ContainsAny(value, "0123456789") && !innocent(value, false, false):
				add(start, start+n, "a bearer token")
			case scheme[1] == 'a' && n >= 8 && strings.Contains(decodedOr(value), ":") && userAndPassword(value):
				add(start, start+n, aPassword)
			}
		}
	}
}

func decodedOr(text string) string {
	plain, _ := decoded(text)
	return plain
}

// assignments calls visit for what looks as if it gave a value to a name, in the
// notations of configuration files, addresses, shells and programs: KEY=VALUE,
// key: value, "key": "value", <key>value</key>, --key value, and a line of two
// words.
func assignments(text string, visit func(key string, start, end int)) {
	for start := 0; start < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i
		}
		inLine(text, start, end, visit)
		start = end + 1
	}
}

func inLine(text string, start, end int, visit func(key string, start, end int)) {
	line := strings.TrimSuffix(text[start:end], "\r")
	trimmed := strings.TrimLeft(line, " \t")
	if strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, "//") && !strings.Contains(trimmed, ":_") ||
		strings.HasPrefix(trimmed, ";") {
		return
	}
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '=', ':':
			if i+1 < len(line) && (line[i+1] == '=' || line[i+1] == '~' || line[i] == ':' && line[i+1] == '/') || i > 0 &&
				strings.IndexByte("=!<>+", line[i-1]) >= 0 {
				continue
			}
			if key := keyBefore(line, i); key != "" {
				if from, to, ok := valueBehind(line, i); ok {
					visit(key, start+from, start+to)
				}
			}
		case '<':
			element(line, i, start, visit)
		case '-':
			if i == 0 || line[i-1] == ' ' || line[i-1] == '\'' || line[i-1] == '"' {
				option(line, i, start, visit)
			}
		case '\'', '"':
			quoted(line, i, start, visit)
		}
	}
	if name, rest, ok := strings.Cut(trimmed, " "); ok {
		value := strings.TrimSpace(rest)
		if strings.IndexByte(name, '=') < 0 && strings.IndexByte(value, ' ') < 0 && Named(name) &&
			strings.ContainsAny(value, "0123456789") && !strings.HasSuffix(name, ":") {
			from := start + strings.Index(line, name) + len(name) + strings.Index(rest, value) + 1
			visit(name, from, from+len(value))
		}
	}
}

// keyBefore returns the name in front of a separator.
func keyBefore(line string, at int) string {
	end := at
	for end > max(0, at-10) && (line[end-1] == ' ' || line[end-1] == '\t' || line[end-1] == ']' || line[end-1] == '"' ||
		line[end-1] == '\'') {
		end--
	}
	begin := end
	for begin > max(0, end-100) && (word.has(line[begin-1]) || line[begin-1] == '.') {
		begin--
	}
	if begin > 0 && (line[begin-1] == '/' || line[begin-1] == ':' && (begin < 2 || line[begin-2] != '/')) {
		return "" // a part of a path, or of an identifier such as an ARN
	}
	return line[begin:end]
}

// valueBehind returns the value behind a separator. One without quotes is a word,
// or the rest of the line: what goes on after it is code or prose.
func valueBehind(line string, at int) (from, to int, ok bool) {
	from = at + 1
	for from < len(line) && (line[from] == ' ' || line[from] == '\t') {
		from++
	}
	if from == len(line) {
		return 0, 0, false
	}
	near := line[max(0, at-100):at]
	if inner := strings.LastIndex(near, "${"); inner >= 0 && !strings.Contains(near[inner:], "}") { // ${NAME:-FALLBACK}, ${NAME:FALLBACK}
		from += span(line[from:min(from+1, len(line))], dash)
		n := until(line[from:], "}")
		return from, from + n, n > 0 && line[at+1] != '?' && line[at+1] != '+'
	}
	if q := line[from]; q == '"' || q == '\'' {
		n := until(line[from+1:], string(q))
		if n == 0 || from+1+n == len(line) {
			return 0, 0, false
		}
		return from + 1, from + 1 + n, true
	}
	spaced := from > at+1
	to = from
	for to < len(line) && strings.IndexByte(" \t\"'`", line[to]) < 0 && (spaced || strings.IndexByte(";&,", line[to]) < 0) {
		to++
	}
	rest := strings.TrimLeft(line[to:min(len(line), to+100)], " \t")
	if spaced && rest != "" && rest[0] != '#' && rest[0] != '\'' && rest[0] != '"' && !strings.HasPrefix(rest, "//") {
		return 0, 0, false
	}
	for to > from && strings.IndexByte(",;})", line[to-1]) >= 0 && spaced {
		to--
	}
	return from, to, to > from
}

// element looks for <key>value</key> at a "<", and for <name>key</name> with
// <value> behind it.
func element(line string, at, offset int, visit func(key string, start, end int)) {
	rest := line[at+1 : min(len(line), at+1+longestToken)]
	n := 0
	for n < len(rest) && (word.has(rest[n]) || rest[n] == '.' || rest[n] == ':') {
		n++
	}
	if n == 0 || n >= len(rest) || rest[n] != '>' {
		return
	}
	key := rest[:n]
	length := strings.Index(rest[n+1:], "</"+key+">")
	if length <= 0 {
		return
	}
	from := at + 1 + n + 1
	if key == "name" {
		behind := line[from+length+len("</name>") : min(len(line), from+length+longestToken)]
		i := strings.Index(behind, "<value>")
		if i < 0 || strings.TrimSpace(behind[:i]) != "" {
			return
		}
		value, _, ok := strings.Cut(behind[i+len("<value>"):], "</value>")
		if ok {
			begin := from + length + len("</name>") + i + len("<value>")
			visit(line[from:from+length], offset+begin, offset+begin+len(value))
		}
		return
	}
	visit(key, offset+from, offset+from+length)
}

// option looks for --key value, and for the -u USER:PASSWORD of curl.
func option(line string, at, offset int, visit func(key string, start, end int)) {
	n := 0
	for at+n < len(line) && word.has(line[at+n]) {
		n++
	}
	key := line[at : at+n]
	if at+n >= len(line) || line[at+n] != ' ' {
		return
	}
	from := at + n + 1
	to := from + until(line[from:], " \t\"'")
	value := line[from:to]
	switch {
	case value == "" || value[0] == '-':
	case key == "-u" && strings.Contains(line[max(0, at-100):at], "curl") && userAndPassword(value):
		visit("basic-auth", offset+from, offset+to)
	case strings.HasPrefix(key, "--"):
		visit(strings.TrimLeft(key, "-"), offset+from, offset+to)
	}
}

// quoted looks for a quoted value right behind a name, without a separator, as
// SQL and some configuration files have it.
func quoted(line string, at, offset int, visit func(key string, start, end int)) {
	if at < 2 || line[at-1] != ' ' {
		return
	}
	key := keyBefore(line, at-1)
	n := until(line[at+1:], line[at:at+1])
	if key == "" || n == 0 || at+1+n == len(line) {
		return
	}
	if strings.EqualFold(key, "by") && strings.HasSuffix(strings.ToLower(line[max(0, at-20):at-1]), "identified by") {
		key = "password"
	}
	if Named(key) {
		visit(key, offset+at+1, offset+at+1+n)
	}
}
