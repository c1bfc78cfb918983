package delivery_test

import (
	"encoding/base64"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTransports pushes with what CI has: a token in the address, a token in a
// header as actions/checkout leaves it, and an SSH key.
func TestTransports(t *testing.T) {
	r := newRepository(t, 1)
	r.git(filepath.Join(r.dir, "remote.git"), "config", "http.receivepack", "true")
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(r.git(r.dir, "--exec-path")), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + r.dir, "GIT_HTTP_EXPORT_ALL=1"},
	}
	const token = "the-token"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, password, _ := req.BasicAuth(); password != token {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, req)
	}))
	defer server.Close()
	// In place of ssh: the command, without the host that it would run on.
	ssh := filepath.Join(r.dir, "ssh")
	r.write(ssh, "#!/bin/sh\n[ \"$1 $2\" = '-i key' ] || exit 255\nfor last; do :; done\nexec sh -c \"$last\"\n")
	if err := os.Chmod(ssh, 0o755); err != nil {
		t.Fatal(err)
	}
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
	for i, c := range []struct {
		name, url string
		config    []string
	}{
		{"a token in the address", strings.Replace(server.URL, "://", "://ci:"+token+"@", 1) + "/remote.git", nil},
		{"a token in a header", server.URL + "/remote.git", []string{"http." + server.URL + "/.extraheader",
			"AUTHORIZATION: basic " + basic}},
		{"a deploy key", "ssh://git@git.example.com" + r.dir + "/remote.git", []string{"core.sshCommand", ssh + " -i key"}},
	} {
		clone := r.clone(strings.ReplaceAll(c.name, " ", "-"), "--depth=1")
		r.git(clone, "remote", "set-url", "origin", c.url)
		if c.config != nil {
			r.git(clone, append([]string{"config"}, c.config...)...)
		}
		tag := string(rune('a' + i))
		code, out := r.unfold(clone, "set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:"+tag, "--push")
		r.want(code, out, 0, "pushed ", " to origin main\n")
		if strings.Contains(out, token) {
			t.Errorf("%s: the token is shown:\n%s", c.name, out)
		}
		if got := r.show("main:apps/app0/app.yaml"); !strings.Contains(got, "{tag: "+tag) && !strings.Contains(got, "tag: '"+tag+"'") {
			t.Errorf("%s: the remote has\n%s", c.name, got)
		}
	}
	// A wrong one is not shown either.
	clone := r.clone("wrong", "--depth=1")
	head := r.head(clone)
	r.git(clone, "remote", "set-url", "origin", strings.Replace(server.URL, "://", "://ci:hunter2@", 1)+"/remote.git")
	code, out := r.unfold(clone, "set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:z", "--push")
	r.want(code, out, 3, "Authentication failed", "\n  hint: give the clone a deploy key or a token")
	if strings.Contains(out, "hunter2") {
		t.Errorf("the token is shown:\n%s", out)
	}
	r.clean(clone, head)
}
