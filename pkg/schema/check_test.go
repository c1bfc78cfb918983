package schema

import (
	"strings"
	"testing"
)

// TestChecks holds the rules for names and amounts to Kubernetes'.
func TestChecks(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, tt := range []struct {
		name      string
		rule      func(string) string
		ok, wrong []string
	}{
		{"Label1035", Label1035.Problem,
			[]string{"a", "a1", "a-b", x(63)},
			[]string{"", "1a", "-a", "a-", "A", "a.b", "a_b", "ä", x(64)}},
		{"Label", Label.Problem,
			[]string{"a", "1", "1a", "a-b", x(63)},
			[]string{"", "-a", "a-", "A", "a.b", "a_b", "a b", x(64)}},
		{"Subdomain", Subdomain.Problem,
			[]string{"a", "a.b", "1.2", "a-b.c", x(100), x(60) + "." + x(60) + "." + x(60) + "." + x(60)},
			[]string{"", ".", "a.", ".a", "a..b", "A", "a_b", "-a.b", "a.b-", x(254)}},
		{"PortName", PortName.Problem,
			[]string{"http", "a", "1a", "a-b", "h2c", x(15)},
			[]string{"", "8080", "HTTP", "-a", "a-", "a--b", "a_b", x(16), "1-2"}},
		{"EnvName", EnvName.Problem,
			[]string{"A", "a_b", "_A", "a.b", "a-b", "A1", "-a", ".a"},
			[]string{"", "1A", "A B", "A=B", "Ä", "A$"}},
		{"ConfigKey", ConfigKey.Problem,
			[]string{"A", "a.b", ".a", "a-b", "1", x(253)},
			[]string{"", ".", "..", "..a", "...", "a/b", "a b", "ä", x(254)}},
		{"ConfigEnvName", ConfigEnvName.Problem,
			[]string{"A", "a.b"},
			[]string{"", "..", "..A", "1A", x(254)}},
		{"QualifiedName", QualifiedName.Problem,
			[]string{"a", "A", "a.b_c-d", "example.com/a", x(63), "a/b", "1"},
			[]string{"", "/a", "a/", "a/b/c", "-a", "a-", "A B", "Example.com/a", x(64), "-/a"}},
		{"LabelValue", LabelValue.Problem,
			[]string{"", "a", "A.b_c-d", "1", x(63)},
			[]string{"-a", "a-", "a b", "a/b", "ä", x(64)}},
		{"MountPath", MountPath.Problem,
			[]string{"/a", "/a/b.conf", "/..a", "/a b"},
			[]string{"", "/", "a", "./a", "/a/", "/a//b", "/a/../b", "/./a", "/a:b"}},
		{"Quantity", Quantity.Problem,
			[]string{"0", "1", "1.5", ".5", "1.", "+1", "100m", "64Mi", "1.5Gi", "1e3", "1E3", "1e-3", "1e+3", "2E", "5k", "7Ei", "10n",
				"10u"},
			[]string{"", ".", "m", "1 Gi", "1gb", "64MB", "1,5", "1..5", "0x10", "1K", "1mi", "e3", "1e", "1e1.5", "--1", "-1", "- 1",
				"1e99999", "lots", "Inf"}},
		{"Percent", Percent.Problem,
			[]string{"0%", "25%", "100%"},
			[]string{"", "%", "25", "2.5%", "-1%", "25 %", "1000%", "half"}},
		{"FileMode", FileMode.Problem,
			[]string{"644", "0644", "0o644", "0400", "777"},
			[]string{"", "8", "0888", "1777", "99999", "rw-r--r--", "0x1ff", "64"}},
	} {
		for _, s := range tt.ok {
			if problem := tt.rule(s); problem != "" {
				t.Errorf("%s(%.40q): it %s", tt.name, s, problem)
			}
		}
		for _, s := range tt.wrong {
			if tt.rule(s) == "" {
				t.Errorf("%s(%.40q): no problem", tt.name, s)
			}
		}
	}
}
