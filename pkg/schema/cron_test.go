package schema

import (
	"archive/zip"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

var updateZones = flag.Bool("update-timezones", false, "write the names of this Go's tz database")

// TestCronExpression holds the check to the parser that Kubernetes uses, but for
// time zones, which Kubernetes does not take there.
func TestCronExpression(t *testing.T) {
	for _, s := range []string{
		"0 3 * * *", "*/5 * * * *", "0 0 1 1 *", "0 0 * * sun", "0 0 * * SUN-sat", "0 0 * jan,Mar *", "1,2,3 4-6 */2 * ?", "5/15 * * * *",
		"0-30/10 * * * *",
		"@daily", "@every 1h30m", "@hourly", "@yearly", "@annually", "@monthly", "@weekly", "@midnight", "  0  3\t* * * ", "0,,1 * * * *",
		", * * * *", "*-5 * * * *", "*-5-6 * * * *", "? ? ? ? ?",
		"+5 * * * *", "59 23 31 12 6", "0 0 31 2 *",
		"", " ", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * 0 *", "* * * * 7",
		"-1 * * * *", "a * * * *", "1-2-3 * * * *",
		"10-5 * * * *", "*/0 * * * *", "*/-1 * * * *", "*/a * * * *", "*/2/3 * * * *", "1/ * * * *", "/5 * * * *", "- * * * *",
		"1- * * * *", "@reboot", "@every", "@every x", "@Daily", "@daily ", "0 0 * sun *",
		"0 0 * * jan", "0 0 * * su", "0 0 * * sunday", "70/5 * * * *", "5-70/5 * * * *", "0 3 * * *\n", "x", "H * * * *", "L * * * *",
		"0 0 L * *", "0 0 * * 1#1",
	} {
		_, err := cron.ParseStandard(s)
		if got := CronExpression.Problem(s); (got == "") != (err == nil) {
			t.Errorf("%q: %q, but the parser says %v", s, got, err)
		}
	}
	for _, s := range []string{"TZ=UTC 0 3 * * *", "CRON_TZ=UTC 0 3 * * *", "0 3 * * * TZ"} {
		if CronExpression.Problem(s) == "" {
			t.Errorf("%q passes", s)
		}
	}
}

func FuzzCronExpression(f *testing.F) {
	for _, s := range []string{"0 3 * * *", "*/5 1-3 1,2 jan sun", "@every 1h", "5/2 ? * * 0-6"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "TZ") {
			return
		}
		_, err := cron.ParseStandard(s)
		if got := CronExpression.Problem(s); (got == "") != (err == nil) {
			t.Errorf("%q: %q, but the parser says %v", s, got, err)
		}
	})
}

// TestTimeZones holds that Go, which Kubernetes asks, knows every name in the
// list. It is written by a flag of its own: it changes with Go, not with unfold.
func TestTimeZones(t *testing.T) {
	if *updateZones {
		if err := os.WriteFile("timezones.txt", []byte(strings.Join(databaseNames(t), "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	names := strings.Fields(timeZones)
	if len(names) < 500 || !slices.IsSorted(names) {
		t.Errorf("%d names, sorted: %v", len(names), slices.IsSorted(names))
	}
	for _, name := range names {
		if _, err := time.LoadLocation(name); err != nil || TimeZone.Problem(name) != "" {
			t.Errorf("%s: %v, %q", name, err, TimeZone.Problem(name))
		}
	}
	for _, name := range []string{"", "Local", "Europe", "europe/berlin", "Berlin", "UTC\nZulu", "UTC+1", "Europe/Berlin ", "../UTC"} {
		if TimeZone.Problem(name) == "" {
			t.Errorf("%q passes", name)
		}
	}
}

func databaseNames(t *testing.T) []string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var names []string
	for _, f := range r.File {
		if !strings.HasSuffix(f.Name, "/") {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}
