// Package credentials_test measures how often the detector of credentials is
// right, on labelled lists.
package credentials_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/secret/credential"
)

var update = flag.Bool("update", false, "write the figures in docs/secrets.md anew")

// entry is a line of a list.
type entry struct {
	line       int
	secret     bool
	key, value string
}

func entries(t *testing.T, name string) []entry {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	unescape := strings.NewReplacer(`\\n`, `\n`, `\n`, "\n", "⋮", "")
	var out []entry
	n := 0
	for line := range strings.Lines(string(content)) {
		n++
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(fields) != 3 || fields[0] != "secret" && fields[0] != "innocent" {
			t.Fatalf("%s.txt:%d: not a label, a key and a value", name, n)
		}
		out = append(out, entry{n, fields[0] == "secret", fields[1], unescape.Replace(fields[2])})
	}
	return out
}

// matches returns what the rules of pkg/lint would look at.
func (e entry) matches() []credential.Match {
	switch {
	case e.key != "args":
		return credential.InValue(e.key, e.value)
	case strings.ContainsAny(e.value, `'"`) || strings.HasPrefix(e.value, "-c "):
		return credential.InArgs([]string{"sh", "-c", strings.TrimPrefix(e.value, "-c ")})
	}
	return credential.InArgs(strings.Fields(e.value))
}

// counts are those of a list: how many of its secrets and of its other entries the
// detector calls credentials, and how many it thinks random beyond that.
type counts struct {
	secrets, innocents           int
	found, alarms                int // by the rule plain-credential
	foundRandom, alarmsForRandom int // by random-value
}

func (e entry) count(c *counts) {
	matches := e.matches()
	sure := slices.ContainsFunc(matches, func(s credential.Match) bool { return !s.Guess })
	switch {
	case e.secret && sure:
		c.found++
	case e.secret && len(matches) > 0:
		c.foundRandom++
	case !e.secret && sure:
		c.alarms++
	case !e.secret && len(matches) > 0:
		c.alarmsForRandom++
	}
	if e.secret {
		c.secrets++
	} else {
		c.innocents++
	}
}

// row returns a row of the table in docs/secrets.md: precision is how many of what is
// reported are secrets, recall how many of the secrets are reported.
func row(list, rules string, secrets, innocents, found, alarms int) string {
	precision := 100 * float64(found) / float64(found+alarms)
	recall := 100 * float64(found) / float64(secrets)
	return fmt.Sprintf("| %s | %s | %d of %d | %d of %d | %.1f %% | %.1f %% |\n", list, rules, found, secrets, alarms, innocents, precision,
		recall)
}

// The least that the detector has to reach on what it was not made by.
const (
	leastPrecision = 0.97
	leastRecall    = 0.90
)

// TestMeasured holds docs/secrets.md to what the detector reaches, and that to a
// minimum.
func TestMeasured(t *testing.T) {
	table := "| list | reported by | secrets found | false alarms | precision | recall |\n| --- | --- | --- | --- | --- | --- |\n"
	all := 0
	for _, list := range []string{"tuned", "held-out"} {
		var c counts
		for _, e := range entries(t, list) {
			all++
			e.count(&c)
		}
		table += row(list, "`plain-credential`", c.secrets, c.innocents, c.found, c.alarms)
		table += row(list, "that or `random-value`", c.secrets, c.innocents, c.found+c.foundRandom, c.alarms+c.alarmsForRandom)
		if p, r := float64(c.found)/float64(c.found+c.alarms), float64(c.found)/float64(c.secrets); p < leastPrecision || r < leastRecall {
			t.Errorf("%s: precision %.3f and recall %.3f, want at least %.2f and %.2f", list, p, r, leastPrecision, leastRecall)
		}
	}
	if all < 300 {
		t.Errorf("%d entries say too little", all)
	}
	const file = "../../docs/secrets.md"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	part := regexp.MustCompile(`(?s)(<!-- figures:[^\n]*-->\n)(.*?)(<!-- end -->)`).FindSubmatchIndex(content)
	if part == nil {
		t.Fatal("docs/secrets.md has no part \"figures\"")
	}
	got := string(content[part[4]:part[5]])
	if *update && got != table {
		if err := os.WriteFile(file, []byte(string(content[:part[4]])+table+string(content[part[5]:])), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table, got); diff != "" {
		t.Errorf("docs/secrets.md says otherwise; run make update (-measured +documented):\n%s", diff)
	}
}

// TestListsShareNothing holds the lists apart: what is held out is no copy.
func TestListsShareNothing(t *testing.T) {
	seen := map[string]bool{}
	for _, list := range []string{"tuned", "held-out"} {
		for _, e := range entries(t, list) {
			if key := e.key + "\t" + e.value; seen[key] {
				t.Errorf("%s.txt:%d: the entry is there twice", list, e.line)
			} else {
				seen[key] = true
			}
		}
	}
}

// TestConceal looks whether a found credential is gone from what is shown.
func TestConceal(t *testing.T) {
	for _, e := range entries(t, "tuned") {
		if matches := e.matches(); e.key != "args" && len(matches) > 0 && !matches[0].Guess {
			shown := credential.Replace(e.value, matches, func(string) string { return "***" })
			if again := credential.InValue(e.key, shown); slices.ContainsFunc(again, func(s credential.Match) bool { return !s.Guess }) ||
				!strings.Contains(shown, "***") {
				t.Errorf("tuned.txt:%d: still there after concealing", e.line)
			}
		}
	}
}
