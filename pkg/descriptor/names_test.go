package descriptor

import (
	"strings"
	"testing"
)

// TestNames holds the rules for names, references and amounts to Kubernetes'.
func TestNames(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, tt := range []struct {
		name      string
		rule      func(string) string
		ok, wrong []string
	}{
		{"dnsLabel", dnsLabel.problem,
			[]string{"a", "a1", "a-b", x(63)},
			[]string{"", "1a", "-a", "a-", "A", "a.b", "a_b", "ä", x(64)}},
		{"dnsLabel1123", dnsLabel1123.problem,
			[]string{"a", "1", "1a", "a-b", x(63)},
			[]string{"", "-a", "a-", "A", "a.b", "a_b", "a b", x(64)}},
		{"dnsSubdomain", dnsSubdomain.problem,
			[]string{"a", "a.b", "1.2", "a-b.c", x(100), x(60) + "." + x(60) + "." + x(60) + "." + x(60)},
			[]string{"", ".", "a.", ".a", "a..b", "A", "a_b", "-a.b", "a.b-", x(254)}},
		{"portName", portName.problem,
			[]string{"http", "a", "1a", "a-b", "h2c", x(15)},
			[]string{"", "8080", "HTTP", "-a", "a-", "a--b", "a_b", x(16), "1-2"}},
		{"envName", envName.problem,
			[]string{"A", "a_b", "_A", "a.b", "a-b", "A1", "-a", ".a"},
			[]string{"", "1A", "A B", "A=B", "Ä", "A$"}},
		{"configKey", configKey.problem,
			[]string{"A", "a.b", ".a", "a-b", "1", x(253)},
			[]string{"", ".", "..", "..a", "...", "a/b", "a b", "ä", x(254)}},
		{"configEnvName", configEnvName.problem,
			[]string{"A", "a.b"},
			[]string{"", "..", "..A", "1A", x(254)}},
		{"qualifiedName", qualifiedName.problem,
			[]string{"a", "A", "a.b_c-d", "example.com/a", x(63), "a/b", "1"},
			[]string{"", "/a", "a/", "a/b/c", "-a", "a-", "A B", "Example.com/a", x(64), "-/a"}},
		{"ownLabel", ownLabel.problem,
			[]string{"team", "app.kubernetes.io/part-of", "app.kubernetes.io/version"},
			[]string{"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "app.kubernetes.io/managed-by", "a b"}},
		{"labelValue", labelValue.problem,
			[]string{"", "a", "A.b_c-d", "1", x(63)},
			[]string{"-a", "a-", "a b", "a/b", "ä", x(64)}},
		{"mountPath", mountPath.problem,
			[]string{"/a", "/a/b.conf", "/..a", "/a b"},
			[]string{"", "/", "a", "./a", "/a/", "/a//b", "/a/../b", "/./a", "/a:b"}},
		{"quantity", quantity.problem,
			[]string{"0", "1", "1.5", ".5", "1.", "+1", "100m", "64Mi", "1.5Gi", "1e3", "1E3", "1e-3", "1e+3", "2E", "5k", "7Ei", "10n", "10u"},
			[]string{"", ".", "m", "1 Gi", "1gb", "64MB", "1,5", "1..5", "0x10", "1K", "1mi", "e3", "1e", "1e1.5", "--1", "-1", "- 1", "1e99999", "lots", "Inf"}},
		{"percent", percent.problem,
			[]string{"0%", "25%", "100%"},
			[]string{"", "%", "25", "2.5%", "-1%", "25 %", "1000%", "half"}},
		{"filePath", filePath.problem,
			[]string{"a", "a/b.yaml", "./a", "a/../b", "..a", "a b"},
			[]string{"", ".", "..", "../a", "a/../../b", "/a", `a\b`, "https://example.com/a", "a/.."}},
		{"fileMode", fileMode.problem,
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
