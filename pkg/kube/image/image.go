// Package image reads references to container images as a kubelet does: by the
// grammar of github.com/distribution/reference, which the tests hold it to.
package image

import "strings"

// Reference is REPOSITORY[:TAG][@DIGEST]. Tag and Digest may be empty.
type Reference struct{ Repository, Tag, Digest string }

// Parse returns the parts of REPOSITORY[:TAG][@DIGEST]. The problem says what is
// wrong with it, as the end of a sentence about the reference; it is "" where
// nothing is.
func Parse(ref string) (r Reference, problem string) {
	r = Split(ref)
	rest := ref[len(r.Repository):]
	problem = CheckRepository(r.Repository)
	if problem == "" && strings.HasPrefix(rest, ":") {
		problem = CheckTag(r.Tag)
	}
	if problem == "" && strings.Contains(rest, "@") {
		problem = CheckDigest(r.Digest)
	}
	if problem == "" && len(ref) == 64 && only(ref, hexDigits) {
		problem = "is an identifier of 64 hexadecimal digits, which names no repository"
	}
	return r, problem
}

// Split returns the parts of a reference that need not be right. A colon before
// the last slash belongs to a registry's port.
func Split(ref string) Reference {
	var r Reference
	r.Repository, r.Digest, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(r.Repository, ':'); i > strings.LastIndexByte(r.Repository, '/') {
		r.Repository, r.Tag = r.Repository[:i], r.Repository[i+1:]
	}
	return r
}

// String returns REPOSITORY[:TAG][@DIGEST].
func (r Reference) String() string {
	out := r.Repository
	if r.Tag != "" {
		out += ":" + r.Tag
	}
	if r.Digest != "" {
		out += "@" + r.Digest
	}
	return out
}

// The registry that images without one come from, its old name, and the folder of
// its images without a folder.
const (
	hub        = "docker.io"
	oldHub     = "index.docker.io"
	hubLibrary = "library/"
)

// FullName returns the repository with the registry and folder that a short name
// leaves out, as the runtime asks for it. Names of hosts are in lower case, since
// case makes no difference there.
func (r Reference) FullName() string {
	host, path := splitHost(r.Repository)
	switch host {
	case "", hub, oldHub:
		host = hub
		if !strings.Contains(path, "/") {
			path = hubLibrary + path
		}
	}
	return strings.ToLower(host) + "/" + path
}

// splitHost takes the registry off a repository; host is "" where there is none.
// The first part is a registry where it can't be a folder's name.
func splitHost(repository string) (host, path string) {
	first, rest, several := strings.Cut(repository, "/")
	if several && (strings.ContainsAny(first, ".:") || first == "localhost" || strings.ToLower(first) != first) {
		return first, rest
	}
	return "", repository
}

// longest is how long a name may be: "many clients impose a limit of 255
// characters" on registry and repository (OCI distribution specification).
const longest = 255

// CheckRepository returns what is wrong with a repository, "" where nothing is.
func CheckRepository(s string) string {
	const problem = "is not an image repository such as ghcr.io/team/app: lower-case letters and digits, separated by . _ - and /"
	host, path := splitHost(s)
	if host != "" && !isHost(host) || !isPath(path) {
		return problem
	}
	if len(s) > longest || len(Reference{Repository: s}.FullName()) > longest {
		return "is longer than 255 characters"
	}
	return ""
}

// CheckTag returns what is wrong with a tag, "" where nothing is.
func CheckTag(s string) string {
	if s == "" || len(s) > 128 || s[0] == '.' || s[0] == '-' ||
		!only(s, letters+digits+"_-.") {
		return `is not an image tag: up to 128 letters, digits, "_", "-" and ".", not starting with "-" or "."`
	}
	return ""
}

// LooksLikeTag reports whether s, which could be a repository too, is far more likely a tag:
// a version such as v1 or 1.2.3-rc.1, an abbreviated commit, or latest.
func LooksLikeTag(s string) bool {
	if s == "latest" {
		return true
	}
	if len(s) >= 7 && len(s) <= 40 && only(s, hexDigits) {
		return strings.ContainsAny(s, digits)
	}
	version := strings.TrimPrefix(s, "v")
	end := strings.IndexAny(version, "-+_")
	if end < 0 {
		end = len(version)
	}
	for number := range strings.SplitSeq(version[:end], ".") {
		if number == "" || !only(number, digits) {
			return false
		}
	}
	return CheckTag(s) == ""
}

// CheckDigest returns what is wrong with a digest, "" where nothing is. Runtimes
// know these three algorithms.
func CheckDigest(s string) string {
	algorithm, hex, _ := strings.Cut(s, ":")
	length := map[string]int{"sha256": 64, "sha384": 96, "sha512": 128}[algorithm]
	if length == 0 || len(hex) != length || !only(hex, hexDigits) {
		return `is not an image digest such as "sha256:" and 64 hexadecimal digits`
	}
	return ""
}

// A Scope is a registry, or a repository or a folder of repositories in one.
type Scope struct{ name string }

// ParseScope returns the scope that REGISTRY[/PATH] names. The problem says what
// is wrong with it, "" where nothing is.
func ParseScope(s string) (x Scope, problem string) {
	const notRegistry = "is not a registry such as ghcr.io or ghcr.io/team"
	s = strings.TrimSuffix(s, "/")
	host, path, below := strings.Cut(s, "/")
	if !strings.ContainsAny(host, ".:") && host != "localhost" || !isHost(host) || below && !isPath(path) {
		return x, notRegistry
	}
	host = strings.ToLower(host)
	if host == oldHub {
		host = hub
	}
	if below {
		host += "/" + path
	}
	return Scope{host}, ""
}

// Has reports whether the repository of a right reference is the scope's own, or
// in it.
func (x Scope) Has(r Reference) bool {
	below, ok := strings.CutPrefix(r.FullName(), x.name)
	return ok && x.name != "" && (below == "" || below[0] == '/')
}

// isHost reports whether s is a host's name or address, with or without a port.
func isHost(s string) bool {
	end := strings.LastIndexByte(s, ']') + 1 // behind an IPv6 address
	name, port, hasPort := strings.Cut(s[end:], ":")
	if hasPort && (port == "" || !only(port, digits)) {
		return false
	}
	if end > 0 {
		return name == "" && end > 2 && s[0] == '[' && only(s[1:end-1], hexDigits+"ABCDEF:")
	}
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || strings.Trim(part, "-") != part || !only(part, letters+digits+"-") {
			return false
		}
	}
	return true
}

// isPath reports whether each part of s is made of lower-case letters and digits,
// separated by one ".", by "_" or "__", or by any number of "-".
func isPath(s string) bool {
	for part := range strings.SplitSeq(s, "/") {
		if !isPathPart(part) {
			return false
		}
	}
	return true
}

func isPathPart(s string) bool {
	separator := func(s string) bool { return s == "." || s == "_" || s == "__" || strings.Trim(s, "-") == "" }
	end := 0 // of the last letter or digit
	for i := range len(s) {
		if strings.IndexByte(lowerLetters+digits, s[i]) < 0 {
			continue
		}
		if i > 0 && end == 0 || !separator(s[end:i]) {
			return false
		}
		end = i + 1
	}
	return s != "" && end == len(s)
}

const (
	digits       = "0123456789"
	hexDigits    = digits + "abcdef"
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	letters      = lowerLetters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func only(s, characters string) bool { return strings.Trim(s, characters) == "" }
