package git

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
)

// address is that of a remote, taken apart by where its credentials are. Users write
// passwords into addresses as they are, so these may hold any character: what git
// and its servers make of such an address does not matter here.
type address struct {
	before, user, password, after string
	query                         string // with what is before it: a token may be there
	// doubtful: an @ that may belong to a path was taken for the end of a password.
	doubtful bool
}

// parseAddress takes a whole address apart. Everything before the last @ is the user
// and the password. That @ is beyond doubt where no slash, ? or # stands before it.
func parseAddress(text string) address {
	if helper, rest, ok := strings.Cut(text, "::"); ok && isScheme(helper) {
		a := parseAddress(rest)
		a.before = helper + "::" + a.before
		if scheme, _ := cutScheme(rest); scheme == "" { // the arguments of a program
			a = address{before: helper + "::", password: rest, doubtful: true}
		}
		return a
	}
	scheme, rest := cutScheme(text)
	if scheme == "" {
		return parsePlace(text)
	}
	a := address{before: scheme, after: rest}
	name := strings.ToLower(strings.TrimRight(scheme, ":/"))
	if name == "file" && strings.HasSuffix(scheme, "///") { // no host, so no user
		return a
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		a.user, a.password, _ = strings.Cut(rest[:at], ":")
		a.after = rest[at+1:]
		a.doubtful = strings.ContainsAny(rest[:at], "/?#")
		if strings.ContainsAny(a.user, "/?#") || strings.HasPrefix(name, "http") { // a token often stands where the user does
			a.user, a.password = "", rest[:at]
		}
	}
	if end := strings.IndexAny(a.after, "?#"); end >= 0 && strings.HasPrefix(name, "http") {
		a.after, a.query = a.after[:end], a.after[end:]
	}
	return a
}

// parsePlace takes what has no scheme apart: USER@HOST:PATH as ssh has it, a path, or
// an address whose scheme was forgotten.
func parsePlace(text string) address {
	a := address{after: text}
	at, colon, slash := strings.LastIndex(text, "@"), strings.Index(text, ":"), strings.Index(text, "/")
	if at < 0 || strings.HasPrefix(text, "/") || strings.HasPrefix(text, ".") || colon < 0 && slash >= 0 && slash < at ||
		colon == 1 { // a drive
		return a
	}
	a.after = text[at+1:]
	switch end := strings.IndexAny(text, ":@/"); {
	case colon > at: // what ssh takes for the user's name
		a.user = text[:at]
	case colon < 0: // a token
		a.password = text[:at]
	default:
		a.user, a.password, a.doubtful = text[:end], text[end+1:at], true
	}
	return a
}

// cutScheme returns the scheme of an address with its colon and slashes, of which
// users forget some; "" where it has none.
func cutScheme(text string) (scheme, rest string) {
	name, after, ok := strings.Cut(text, ":")
	rest = strings.TrimLeft(after, "/")
	if !ok || !isScheme(name) || len(name) < 2 || len(rest) == len(after) && !strings.HasPrefix(strings.ToLower(name), "http") {
		return "", text
	}
	return text[:len(text)-len(rest)], rest
}

func isScheme(name string) bool {
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789+.-") == ""
}

// String returns the address without password, query and fragment.
func (a address) String() string {
	if a.user == "" {
		return a.before + a.after
	}
	return a.before + a.user + "@" + a.after
}

// secrets returns the texts in it that nobody is to see, as they are written and as
// they are sent.
func (a address) secrets() []string {
	secrets := []string{a.password}
	if _, password, ok := strings.Cut(a.password, ":"); ok && a.user == "" {
		secrets = append(secrets, password)
	} else if a.user == "" && !a.doubtful { // that is a user's name more often than a token
		secrets = nil
	}
	for pair := range strings.FieldsFuncSeq(a.query, func(r rune) bool { return strings.ContainsRune("?&;#", r) }) {
		_, value, _ := strings.Cut(pair, "=")
		secrets = append(secrets, value)
	}
	for _, s := range secrets {
		if sent, err := url.PathUnescape(s); err == nil && sent != s {
			secrets = append(secrets, sent)
		}
	}
	return secrets
}

// withoutSecrets takes the credentials in the addresses of remotes out of a text that
// git prints: those of the addresses that are known, whatever they hold, and what
// looks like one.
func (r *Repo) withoutSecrets(text string) string {
	if strings.TrimSpace(text) == "" {
		return text
	}
	if r.addresses == nil {
		r.addresses = append(r.configured(), "") // not asked for again
	}
	const short = 4 // what is shorter may be part of any word
	var replace []string
	for _, known := range r.addresses {
		a := parseAddress(known)
		if a.String() == known {
			continue
		}
		replace = append(replace, known, a.String())
		for _, secret := range a.secrets() {
			if len(secret) >= short {
				replace = append(replace, secret, "***")
			}
		}
	}
	pairs := slices.Collect(slices.Chunk(replace, 2))
	slices.SortStableFunc(pairs, func(x, y []string) int { return cmp.Compare(len(y[0]), len(x[0])) })
	for _, pair := range pairs {
		text = strings.ReplaceAll(text, pair[0], pair[1])
	}
	return withoutPasswords(text)
}

// configured returns the addresses that git's configuration has.
func (r *Repo) configured() []string {
	// Whatever git could not do, what it says is to be shown.
	out, err := r.command(context.Background(), call{args: []string{"config", "--null", "--get-regexp",
		`^(remote\..*\.(url|pushurl|proxy)|url\..*\.(insteadof|pushinsteadof)|branch\..*\.(remote|pushremote)|remote\.pushdefault|` +
			`http\.(.*\.)?proxy)$`}}).Output()
	if err != nil {
		return nil
	}
	var addresses []string
	instead := map[string]string{}
	for _, entry := range names(string(out)) {
		key, value, _ := strings.Cut(entry, "\n")
		addresses = append(addresses, value)
		if base, ok := strings.CutPrefix(key, "url."); ok {
			base = base[:strings.LastIndex(base, ".")]
			instead[value] = base
			addresses = append(addresses, base)
		}
	}
	for short, base := range instead {
		for _, a := range addresses {
			if rest, ok := strings.CutPrefix(a, short); ok {
				addresses = append(addresses, base+rest)
			}
		}
	}
	return addresses
}
