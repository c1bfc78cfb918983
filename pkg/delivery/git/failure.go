package git

import (
	"errors"
	"regexp"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// Failure is what git could not do, with the next step for the user.
type Failure struct {
	Message, Hint string
	kind          kind
}

// kind tells apart the failures of which there is more to say, or which are worth
// another try.
type kind uint8

const (
	final kind = iota
	race       // somebody else was faster
	network
	noRepository
	mistaken // what was asked for can't be, or is not in the repository
)

// Error returns the message and, on a line of its own, the hint.
func (f *Failure) Error() string {
	return diag.WithHint(f.Message, f.Hint)
}

// Mistake reports whether the one who called made the mistake: they named a revision,
// a remote, a branch or an author that can't be or is not there.
func (f *Failure) Mistake() bool { return f.kind == mistaken }

// kindOf returns the kind of failure of what is wrong with a name: a mistake of the one who called, unless
// it is not from them but from git's configuration.
func kindOf(from string) kind {
	if from == "" {
		return final
	}
	return mistaken
}

// fetchAll is the hint where a partial clone lacks an object.
const fetchAll = "run git fetch --refetch --no-filter: nothing is fetched by the way"

// firstCommit is the hint where there is no commit yet.
const firstCommit = "make the first commit, then run it again"

func is(err error, k kind) bool {
	var f *Failure
	return errors.As(err, &f) && f.kind == k
}

// explain turns git's words into ours, where they are ones that people often
// meet. The text is one without secrets. Git's exit codes don't tell its failures
// apart, so the words do.
func explain(verb, text string) error {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	f := &Failure{Message: "git " + verb + ": " + reason(verb, text)}
	switch {
	case has("not a git repository"):
		f.kind = noRepository
	case has("bad revision 'HEAD'"):
		f.Message, f.Hint = "the repository has no commit yet", firstCommit
	case has("lazy fetching disabled"), has("from promisor remote") && has("' not allowed"):
		f.Message, f.Hint = "the clone is a partial one and lacks objects that git "+verb+" needs", fetchAll
	case has("Please tell me who you are", "empty ident name", "no email was given", "no name was given", "unable to auto-detect email"):
		f.Message = "git does not know who makes the commit"
		f.Hint = `pass --author "NAME <EMAIL>", or set git's user.name and user.email`
	case has("gpg failed to sign", "failed to sign", "No private key found", "Couldn't load public key"):
		f.Hint = "git is configured to sign commits: make the key available, or set commit.gpgsign to false"
	case has("hook declined", "protected branch", "push declined", "Protected branch", "GH006", "GH013", "not allowed to push",
		"[remote rejected]") && verb == "push" &&
		!has("cannot lock ref", "failed to update ref", "incorrect old value", "reference already exists", "fetch first"):
		f.Message = "the push was refused: " + rejection(text)
		f.Hint = "allow whoever runs this to push to the branch, or push to another one with --branch and open a pull request"
	case has("[rejected]", "cannot lock ref", "failed to update ref", "incorrect old value", "reference already exists", "remote rejected",
		"couldn't find remote ref"):
		f.kind = race
		if verb != "push" && has(".lock': File exists") { // of a push it may be the remote's
			f.Hint = "run it again when the git that works in this clone has ended; remove the file if there is none"
		}
	case has("does not appear to be a git repository", "does not exist", "No such remote"):
		f.Hint = "name a remote that git remote -v lists with --remote"
	case has("Authentication failed", "could not read Username", "could not read Password", "Permission denied", "permission denied",
		"error: 403", "error: 401",
		"insufficient permission", "Permission to ", "access rights", "terminal prompts disabled", "Repository not found"):
		f.Hint = "give the clone a deploy key or a token that may write to the repository"
	case has("Could not resolve host", "Connection refused", "Connection timed out", "Connection reset", "unable to access",
		"Network is unreachable", "early EOF", "hung up unexpectedly", "Operation timed out"):
		f.kind, f.Hint = network, "nothing was changed: run it again when the remote can be reached"
	}
	return f
}

// reason returns the lines in which git says what is wrong, and of a push what its
// hook says.
func reason(verb, text string) string {
	var wrong []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"fatal: ", "error: ", "remote: error: "} {
			if rest, ok := strings.CutPrefix(line, mark); ok {
				wrong = append(wrong, rest)
			}
		}
	}
	if verb == "push" {
		wrong = append(wrong, hookLines(text)...)
	}
	if len(wrong) == 0 {
		wrong = strings.Split(strings.TrimSpace(text), "\n")
	}
	return strings.Join(wrong, "; ")
}

// hookLines returns the lines that are none of git's own: those of hooks, here and on
// the remote, and of ssh.
func hookLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		if rest, ok := strings.CutPrefix(line, "remote:"); ok && strings.Trim(rest, "- ") == "" {
			continue
		}
		own := false
		for _, mark := range []string{"fatal: ", "error: ", "hint: ", "remote: error: ", "To ", "Done", "!\t", " \t", "*\t", "=\t", "+\t",
			"-\t"} {
			own = own || strings.HasPrefix(line, mark)
		}
		if line != "" && !own {
			out = append(out, line)
		}
	}
	return out
}

// rejection returns the reasons for which the server refuses a push.
func rejection(text string) string {
	var reasons []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "remote: "); ok && strings.Trim(rest, "- ") != "" {
			reasons = append(reasons, strings.TrimSpace(rest))
		}
		if _, rest, ok := strings.Cut(line, "[remote rejected] ("); ok {
			reasons = append(reasons, strings.TrimSuffix(rest, ")"))
		}
	}
	if len(reasons) == 0 {
		return reason("push", text)
	}
	return strings.Join(reasons, "; ")
}

// withoutPasswords takes the passwords out of what looks like an address in a text.
// Over HTTP a
// token often stands where the user's name does, so that goes too; an SSH address
// keeps its user. A password that should have been escaped may hold any character,
// so one ends at the last @ before the host.
func withoutPasswords(text string) string {
	// Compiled when it is needed: generate, which starts for every app, never is here.
	address := regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://)([^\s'"<>]*)`)
	text = address.ReplaceAllStringFunc(text, func(found string) string {
		scheme, rest, _ := strings.Cut(found, "://")
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		at := strings.LastIndex(rest[:end], "@")
		if _, port, ok := strings.Cut(rest[:end], ":"); at < 0 && ok && (port == "" || strings.Trim(port, "0123456789") != "") {
			at = strings.LastIndex(rest, "@") // no port, but a password with a slash in it
		}
		if at < 0 {
			return found
		}
		user, _, _ := strings.Cut(rest[:at], ":")
		if strings.HasPrefix(strings.ToLower(scheme), "http") || user == "" {
			return scheme + "://" + rest[at+1:]
		}
		return scheme + "://" + user + "@" + rest[at+1:]
	})
	// The scheme was forgotten.
	bare := regexp.MustCompile(`(^|[\s'"])([^\s'"/:@]+):[^\s'"/@]+@`)
	return bare.ReplaceAllString(text, "$1$2@")
}
