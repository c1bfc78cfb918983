package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// Image is a reference to a container image. Tag and Digest may be empty.
type Image struct{ Repository, Tag, Digest string }

// String gives REPOSITORY[:TAG][@DIGEST].
func (i Image) String() string { return joinImage(i.Repository, i.Tag, i.Digest) }

// ParseImage reads REPOSITORY[:TAG][@DIGEST] by the rules of the field image. The
// problem says what is wrong with it, "" where nothing is.
func ParseImage(ref string) (i Image, problem string) {
	i.Repository, i.Tag, i.Digest = splitImage(ref)
	rest := strings.TrimPrefix(ref, i.Repository)
	problem = imageRepository(i.Repository)
	if problem == "" && strings.HasPrefix(rest, ":") {
		problem = imageTag(i.Tag)
	}
	if problem == "" && strings.Contains(rest, "@") {
		problem = imageDigest(i.Digest)
	}
	return i, problem
}

// splitImage takes REPOSITORY[:TAG][@DIGEST] apart. A colon before the last
// slash belongs to a registry's port.
func splitImage(ref string) (repository, tag, digest string) {
	repository, digest, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(repository, ':'); i > strings.LastIndexByte(repository, '/') {
		repository, tag = repository[:i], repository[i+1:]
	}
	return repository, tag, digest
}

func joinImage(repository, tag, digest string) string {
	if tag != "" {
		repository += ":" + tag
	}
	if digest != "" {
		repository += "@" + digest
	}
	return repository
}

// The rules below are those of the distribution specification
// (github.com/distribution/reference, regexp.go).

func imageRepository(s string) string {
	const problem = "is not an image repository such as ghcr.io/team/app: lower-case letters and digits, separated by . _ - and /"
	parts := strings.Split(s, "/")
	if len(s) > 255 {
		return "is longer than 255 characters"
	}
	if host := parts[0]; len(parts) > 1 && (strings.ContainsAny(host, ".:") || host == "localhost") {
		name, port, hasPort := strings.Cut(host, ":")
		if hasPort && (port == "" || !only(port, digit)) || strings.Trim(name, ".-") != name ||
			name == "" || !only(name, func(c byte) bool { return letterOrDigit(c) || c == '.' || c == '-' }) {
			return problem
		}
		parts = parts[1:]
	}
	for _, p := range parts {
		if p == "" || strings.Trim(p, "._-") != p || strings.Contains(p, "..") || strings.Contains(p, "___") ||
			!only(p, func(c byte) bool { return digit(c) || c >= 'a' && c <= 'z' || c == '.' || c == '_' || c == '-' }) {
			return problem
		}
	}
	return ""
}

func imageTag(s string) string {
	if s == "" || len(s) > 128 || s[0] == '.' || s[0] == '-' ||
		!only(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' || c == '.' }) {
		return `is not an image tag: up to 128 letters, digits, "_", "-" and ".", not starting with "-" or "."`
	}
	return ""
}

func imageDigest(s string) string {
	algorithm, hex, ok := strings.Cut(s, ":")
	bad := !ok || algorithm == "" || len(hex) < 32 ||
		!only(hex, func(c byte) bool { return digit(c) || c >= 'a' && c <= 'f' })
	if bad || algorithm == "sha256" && len(hex) != 64 || algorithm == "sha512" && len(hex) != 128 {
		return `is not an image digest such as "sha256:" and 64 hexadecimal digits`
	}
	return ""
}

// imageReference is REPOSITORY[:TAG][@DIGEST].
func imageReference(s string) string {
	full := imageShort(value.Str(s, diag.Pos{}))
	for _, part := range []struct {
		key   string
		check func(string) string
	}{{"repository", imageRepository}, {"tag", imageTag}, {"digest", imageDigest}} {
		if x := full.Get(part.key); x != nil && part.check(x.Text) != "" {
			return part.check(x.Text)
		}
	}
	return ""
}

// imageShort is the one-line form of image.
func imageShort(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	repository, tag, digest := splitImage(v.Text)
	full := value.NewMap(v.Pos).Set("repository", value.Str(repository, v.Pos))
	// "app:" and "app@" are kept as an empty tag or digest, which is refused.
	rest := strings.TrimPrefix(v.Text, repository)
	if strings.HasPrefix(rest, ":") {
		full.Set("tag", value.Str(tag, v.Pos))
	}
	if strings.Contains(rest, "@") {
		full.Set("digest", value.Str(digest, v.Pos))
	}
	return full
}
