package image_test

import (
	"crypto/sha256"
	_ "crypto/sha512" // so that the judge knows these digests, as in a kubelet
	"encoding/hex"
	"strings"
	"testing"

	judge "github.com/distribution/reference"

	"github.com/unfold-gitops/unfold/pkg/kube/image"
)

var (
	sha = hex.EncodeToString(sha256.New().Sum(nil))
	x   = strings.Repeat
)

// references are right and wrong ones, and what a fuzzer starts from.
func references() []string {
	return []string{
		"", "app", "app:v1", "team/app", "ghcr.io/team/app", "localhost/app", "localhost:5000/app", "reg.io:443/a/b-c_d.e/f__g",
		"REG.io/app", "10.0.0.1:5000/app", "a--b",
		"App", "team/", "/app", "a//b", "ghcr.io/Team/app", "reg:port/app", "reg:/app", "-reg.io/app", "https://ghcr.io/app", "app ",
		" app", "a..b", "a___b", "a._b", "a.-b", "-a", "a-", "ä", "a/../../b", "x@y", "x@", "x:",
		"a/.", "./a", "../a", "a/..", "a\n", "a:b\n", "a\x00b", "Foo/bar", "foo/bar", "Foo", "a.b/", "a.b", "a.b./c", ".a.b/c", "a-.b/c",
		"a.-b/c", "a.b:/c", "a.b:1a/c", "a.b:1:2/c",
		"[::1]/a", "[::1]:5000/a:v1", "[]/a", "[::1]x/a", "x[::1]/a", "[::1/a", "::1]/a", "[::1]", "[fe80::1%eth0]/a", "[::FF]/a",
		"[[::1]]/a",
		"docker.io/app", "index.docker.io/app", "index.docker.io/team/app", "Docker.io/app", "DOCKER.IO/team/app", "docker.io/library/app",
		"docker.io:443/app", "library/app", "docker.io", "docker.io/",
		"app:latest", "app:-a", "app:.a", "app:" + x("t", 128), "app:" + x("t", 129), "app:a/b", "app:a:b", "app:_", "app:ä",
		"app@sha256:" + sha, "app:v1@sha256:" + sha, "app@sha256:" + sha[1:], "app@sha256:" + strings.ToUpper(sha),
		"app@sha256:" + sha + "0", "app@sha512:" + sha + sha, "app@sha384:" + sha + sha[:32], "app@sha512:" + sha,
		"app@blake3:" + sha, "app@sha256:" + sha + "@sha256:" + sha, "app@sha256:", "app@:" + sha, "app@SHA256:" + sha, "app@sha256",
		"app@sha256+b64:" + sha, "@sha256:" + sha, ":v1",
		sha, sha + ":v1", "a/" + sha, sha[1:], "0" + sha, x("a", 247), x("a", 248), x("a", 255), x("a", 256), "ghcr.io/" + x("a", 247),
		"ghcr.io/" + x("a", 248), "team/" + x("a", 251), "a.b/" + x("c/", 200) + "d",
	}
}

// TestParse holds the parser to the one that kubelets use: what it takes, and what
// it makes of short names.
func TestParse(t *testing.T) {
	right := 0
	for _, ref := range references() {
		if agrees(t, ref) {
			right++
		}
	}
	if right < 30 {
		t.Errorf("only %d of the references are right", right)
	}
}

func FuzzParse(f *testing.F) {
	for _, ref := range references() {
		f.Add(ref)
	}
	f.Fuzz(func(t *testing.T, ref string) { agrees(t, ref) })
}

// agrees compares a reference's parts with the judge's.
func agrees(t *testing.T, ref string) (right bool) {
	t.Helper()
	want, err := judge.ParseNormalizedNamed(ref)
	got, problem := image.Parse(ref)
	if err == nil && problem == "is longer than 255 characters" && len(want.Name()) > 255 {
		return false // the judge does not count the registry, as many clients do
	}
	if (err == nil) != (problem == "") {
		t.Fatalf("%q: the judge says %v, we say %q", ref, err, problem)
	}
	if err != nil {
		return false
	}
	if got.String() != ref {
		t.Errorf("%q is written as %q", ref, got)
	}
	if full := strings.ToLower(judge.Domain(want)) + "/" + judge.Path(want); got.FullName() != full {
		t.Errorf("%q has the full name %q, want %q", ref, got.FullName(), full)
	}
	tag, digest := "", ""
	if tagged, ok := want.(judge.Tagged); ok {
		tag = tagged.Tag()
	}
	if digested, ok := want.(judge.Digested); ok {
		digest = digested.Digest().String()
	}
	if got.Tag != tag || got.Digest != digest {
		t.Errorf("%q has the tag %q and the digest %q, want %q and %q", ref, got.Tag, got.Digest, tag, digest)
	}
	return true
}

func TestScope(t *testing.T) {
	for _, tt := range []struct {
		scope       string
		has, hasNot []string
	}{
		{"docker.io/library", []string{"nginx", "library/nginx", "docker.io/nginx", "index.docker.io/nginx",
			"index.docker.io/library/nginx:1"},
			[]string{"evil/nginx", "docker.io/evil/nginx", "DOCKER.IO/nginx", "docker.io/library-evil/x", "docker.io:443/library/nginx",
				"ghcr.io/library/nginx", "docker.io.evil.com/library/nginx"}},
		{"index.docker.io", []string{"nginx", "team/app", "docker.io/team/app", "Docker.IO/team/app"},
			[]string{"ghcr.io/app", "docker.io:5000/team/app"}},
		{"ghcr.io/team/", []string{"ghcr.io/team/app", "GHCR.io/team/app:v1", "ghcr.io/team"},
			[]string{"ghcr.io/teams/app", "ghcr.io/app", "team/app", "ghcr.io:443/team/app"}},
		{"GHCR.io", []string{"ghcr.io/a", "ghcr.io/a/b"}, []string{"ghcr.io.evil.com/a", "xghcr.io/a"}},
		{"localhost:5000", []string{"localhost:5000/a"}, []string{"localhost/a", "localhost:50001/a"}},
	} {
		scope, problem := image.ParseScope(tt.scope)
		if problem != "" {
			t.Errorf("%s %s", tt.scope, problem)
		}
		for i, refs := range [][]string{tt.has, tt.hasNot} {
			for _, ref := range refs {
				r, problem := image.Parse(ref)
				if problem != "" {
					t.Errorf("%s %s", ref, problem)
				}
				if want := i == 0; scope.Has(r) != want {
					t.Errorf("%s has %s: %v, want %v", tt.scope, ref, !want, want)
				}
			}
		}
	}
	for _, s := range []string{"", "/", "team", "team/app", "https://ghcr.io", "ghcr.io/a//b", "ghcr.io/../a", "ghcr.io/Team", "*.io",
		"ghcr.io/a:v1", "ghcr.io/a@sha256:0", "gh cr.io", "ghcr.io//", "/ghcr.io"} {
		if _, problem := image.ParseScope(s); problem == "" {
			t.Errorf("%q is taken for a registry", s)
		}
	}
	if (image.Scope{}).Has(image.Reference{Repository: "a"}) {
		t.Error("the zero scope has an image")
	}
}

func TestLooksLikeTag(t *testing.T) {
	for _, s := range []string{"v1", "v1.2.3", "1.2", "17", "v2-rc.1", "1.2.3_build5", "2026.11.26", "3f2a91c", "latest",
		strings.Repeat("a1", 20)} {
		if !image.LooksLikeTag(s) {
			t.Errorf("%q is no tag", s)
		}
	}
	for _, s := range []string{"", "v", "web", "nginx", "v1beta", "1password", "deadbeef", "abc123", "vault", "v1..2", "a/v1", "shop-v2"} {
		if image.LooksLikeTag(s) {
			t.Errorf("%q is a tag", s)
		}
	}
}
