package git

import (
	"net/url"
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		doubtful   bool
	}{
		{"https://host/x.git", "https://host/x.git", false},
		{"https://user:s3cret@host:8443/x.git", "https://host:8443/x.git", false},
		{"https://s3cret@host/x.git", "https://host/x.git", false},
		{"https://:s3cret@host/x.git", "https://host/x.git", false},
		{"https://user:s3cr'et@host/x.git", "https://host/x.git", false},
		{`https://user:s3cr"<>` + "\t et@host/x.git", "https://host/x.git", false},
		{"https://user:s3c@ret@host/x.git", "https://host/x.git", false},
		{"https://user:12/s3cret@host/x.git", "https://host/x.git", true},
		{"https://s3c/ret@host/x.git", "https://host/x.git", true},
		{"https://user:s3c?r#et@host/x.git", "https://host/x.git", true},
		{"https://user:s3c@a/ret@host/x.git", "https://host/x.git", true},
		{"https:/user:s3cret@host/x.git", "https:/host/x.git", false},
		{"https:user:s3cret@host/x.git", "https:host/x.git", false},
		{"https:///user:s3cret@host/x.git", "https:///host/x.git", false},
		{"HTTPS://user:s3cret@host/x.git", "HTTPS://host/x.git", false},
		{"https://host/x.git?private_token=s3cret", "https://host/x.git", false},
		{"https://user:s3cret@host/x.git?private_token=s3cret#s3cret", "https://host/x.git", false},
		{"https://host/@scope/x.git", "https://scope/x.git", true},
		{"ssh://git@host/x.git", "ssh://git@host/x.git", false},
		{"ssh://git:s3cret@host:22/x.git", "ssh://git@host:22/x.git", false},
		{"ssh://git:s3c/ret@host/x.git", "ssh://git@host/x.git", true},
		{"git@host:org/x.git", "git@host:org/x.git", false},
		{"host:org/x.git", "host:org/x.git", false},
		{"user:s3cret@host/x.git", "user@host/x.git", true},
		{"s3cret@host/x.git", "host/x.git", false},
		{"file:///srv/a@b/x.git", "file:///srv/a@b/x.git", false},
		{"file://user:s3cret@/srv/x.git", "file://user@/srv/x.git", false},
		{"/srv/a:b@c/x.git", "/srv/a:b@c/x.git", false},
		{"../a@b/x.git", "../a@b/x.git", false},
		{`C:\a@b`, `C:\a@b`, false},
		{"codecommit::us-east-1://profile@x", "codecommit::us-east-1://profile@x", false},
		{"codecommit::https://user:s3cret@host/x", "codecommit::https://host/x", false},
		{"ext::sh -c s3cret", "ext::", true},
		{"origin", "origin", false},
		{"", "", false},
	} {
		got := parseAddress(tt.text)
		if got.String() != tt.want || got.doubtful != tt.doubtful {
			t.Errorf("%s: %s, doubtful %v, want %s, %v", tt.text, got, got.doubtful, tt.want, tt.doubtful)
		}
	}
}

// FuzzAddress: whatever a password holds, and wherever it stands, it is not in what
// is shown, and the address of the host is what another parser takes for it.
func FuzzAddress(f *testing.F) {
	f.Add("https://", "user", "s3c'/ret", "host/x.git")
	f.Add("ssh://", "git", " \"<?#", "host/x.git")
	f.Add("https://", "user", "%27s3cr'et", "host/x.git")
	f.Fuzz(func(t *testing.T, scheme, user, password, rest string) {
		const mark = "hunter2"
		for _, s := range []string{scheme, user, password, rest} {
			if strings.Contains(mark, s) && s != "" || strings.Contains(s, mark) {
				t.Skip()
			}
		}
		if !strings.HasSuffix(scheme, "://") || !isScheme(strings.TrimSuffix(scheme, "://")) || len(scheme) < 5 ||
			strings.ContainsAny(user+rest, "@:?#") || strings.Contains(user, "/") || user == "" || rest == "" {
			t.Skip()
		}
		whole := scheme + user + ":" + password + mark + "@" + rest
		a := parseAddress(whole)
		if strings.Contains(a.String(), mark) {
			t.Errorf("%q is shown as %q", whole, a)
		}
		r := Repo{addresses: []string{whole}}
		for _, said := range []string{whole, "'" + whole + "/'", password + mark, user + ":" + password + mark + "@" + rest} {
			if got := r.withoutSecrets("fatal: unable to access " + said + ": no"); strings.Contains(got, mark) {
				t.Errorf("of %q it is said %q", whole, got)
			}
		}
		if u, err := url.Parse(whole); err == nil && !a.doubtful {
			if shown, err := url.Parse(a.String()); err != nil || shown.Host != u.Host || shown.Path != u.Path {
				t.Errorf("%q is shown as %q: %v", whole, a, err)
			}
		}
	})
}
