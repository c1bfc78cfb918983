package git

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWithoutPasswords(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"https://host/x.git", "https://host/x.git"},
		{"https://user:secret@host/x.git", "https://host/x.git"},
		{"https://secret@host:8443/x.git", "https://host:8443/x.git"},
		{"https://:secret@host/x.git", "https://host/x.git"},
		{"HTTPS://user:secret@host", "HTTPS://host"},
		{"https://user:sec@ret@host/x", "https://host/x"},
		{"https://user:sec/ret@host/x", "https://host/x"},
		{"https://user:sec?r#et@host/x", "https://host/x"},
		{"https://host:443/a@b", "https://host:443/a@b"},
		{"https://host/@scope/x", "https://host/@scope/x"},
		{"ssh://git@host/x.git", "ssh://git@host/x.git"},
		{"ssh://git:secret@host:22/x.git", "ssh://git@host:22/x.git"},
		{"git@host:org/x.git", "git@host:org/x.git"},
		{"user:secret@host/x.git", "user@host/x.git"},
		{"codecommit::https://user:secret@host", "codecommit::https://host"},
		{"fatal: unable to access 'https://u:secret@h/x/': bad\nto https://u:secret@h",
			"fatal: unable to access 'https://h/x/': bad\nto https://h"},
		{`"https://a:secret@b" and <ftp://c:secret@d>`, `"https://b" and <ftp://c@d>`},
	} {
		if got := withoutPasswords(tt.text); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

func FuzzWithoutPasswords(f *testing.F) {
	f.Add("user", "sec/ret", "host")
	f.Add("user", "s3c@ret", "host")
	f.Add("ü", "%2f", "host.example.com")
	f.Fuzz(func(t *testing.T, user, password, host string) {
		const mark = "hunter2"
		for _, s := range []string{user, password, host} {
			if strings.ContainsAny(s, " \t\n\r\f\v'\"<>") || strings.Contains(mark, s) && s != "" {
				t.Skip()
			}
		}
		if strings.ContainsAny(user+host, "@/?#:") || user == "" || host == "" {
			t.Skip()
		}
		// Such an address has another host, for git too.
		if i := strings.IndexAny(password, "/?#"); i > 0 && strings.Trim(password[:i], "0123456789") == "" || i >= 0 &&
			strings.Contains(password, "@") {
			t.Skip()
		}
		for _, scheme := range []string{"https", "ssh", "git+ssh"} {
			if got := withoutPasswords("in " + scheme + "://" + user + ":" + password + mark + "@" + host +
				"/x.git out"); strings.Contains(got,
				mark) {
				t.Errorf("got %q", got)
			}
		}
	})
}

func TestEnviron(t *testing.T) {
	got := environ([]string{
		"HOME=/h", "GIT_DIR=x", "GIT_WORK_TREE=x", "GIT_INDEX_FILE=x", "GIT_OBJECT_DIRECTORY=x", "GIT_ALTERNATE_OBJECT_DIRECTORIES=x",
		"GIT_COMMON_DIR=x",
		"GIT_NAMESPACE=x", "GIT_CONFIG=x", "GIT_CONFIG_PARAMETERS=x", "GIT_GLOB_PATHSPECS=1", "GIT_NOGLOB_PATHSPECS=1",
		"GIT_ICASE_PATHSPECS=1",
		"GIT_LITERAL_PATHSPECS=0", "GIT_PREFIX=x", "GIT_QUARANTINE_PATH=x", "GIT_EXTERNAL_DIFF=x", "GIT_REPLACE_REF_BASE=x",
		"GIT_SHALLOW_FILE=x",
		"GIT_GRAFT_FILE=x", "GIT_ATTR_SOURCE=x", "GIT_DEFAULT_HASH=x", "git_dir=x",
		"GIT_SSH_COMMAND=s", "GIT_AUTHOR_NAME=a", "GIT_COMMITTER_DATE=d", "GIT_CONFIG_GLOBAL=g", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=k",
		"GIT_CONFIG_VALUE_0=v",
		"GIT_SSL_CAINFO=c", "GIT_TRACE=1", "GIT_TERMINAL_PROMPT=1",
	})
	want := []string{
		"HOME=/h",
		"GIT_SSH_COMMAND=s", "GIT_AUTHOR_NAME=a", "GIT_COMMITTER_DATE=d", "GIT_CONFIG_GLOBAL=g", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=k",
		"GIT_CONFIG_VALUE_0=v",
		"GIT_SSL_CAINFO=c", "GIT_TRACE=1", "GIT_TERMINAL_PROMPT=1", "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_LITERAL_PATHSPECS=1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSpoken(t *testing.T) {
	got := hookLines("remote: \nremote: Create a pull request:        \nremote:   https://host/new\nhook says so\nerror: failed\n" +
		"To https://host\nDone\n!\ta:b\t[rejected]\nhint: x\n\n")
	if diff := cmp.Diff([]string{"remote: Create a pull request:", "remote:   https://host/new", "hook says so"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
