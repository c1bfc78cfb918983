package validation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func (c *checker) job(spec *value.Value, where string) {
	job, _ := kinds.Find(kinds.Job)
	c.pod(spec.Get("template", "spec"), where+".template.spec", job)
	if spec.StringAt("completionMode") == "Indexed" {
		c.needs(spec, "completions", where, "its completionMode is Indexed")
	} else {
		for _, field := range []string{"backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"} {
			c.excluded(spec, field, where, "its completionMode is not Indexed")
		}
	}
	if e := spec.Entry("podFailurePolicy"); e != nil && e.Value.Is(value.Map) &&
		spec.StringAt("template", "spec", "restartPolicy") != "Never" {
		c.reportAt(e.KeyPos, "set restartPolicy: Never",
			"%s can't have podFailurePolicy: its pods' restartPolicy is not Never", where)
	}
	if e := spec.Entry("podReplacementPolicy"); e != nil && spec.Get("podFailurePolicy").Is(value.Map) && !e.Value.Is(value.Null) &&
		e.Value.Text != "Failed" {
		c.reportAt(e.KeyPos, "write podReplacementPolicy: Failed, or remove it",
			"%s can't have podReplacementPolicy: %s: it has podFailurePolicy", where, e.Value.Text)
	}
	if !spec.Get("manualSelector").IsTrue() {
		c.excluded(spec, "selector", where, "Kubernetes makes it")
	}
	c.failurePolicy(spec, where)
}

// failurePolicy checks that rules about exit codes are about containers that there are
// (validatePodFailurePolicyRuleOnExitCodes).
func (c *checker) failurePolicy(spec *value.Value, where string) {
	var names []string
	for _, list := range []string{"initContainers", "containers"} {
		for _, x := range spec.Get("template", "spec", list).AllItems() {
			names = append(names, x.StringAt("name"))
		}
	}
	for i, r := range spec.Get("podFailurePolicy", "rules").AllItems() {
		codes := r.Get("onExitCodes")
		at := where + ".podFailurePolicy.rules." + strconv.Itoa(i) + ".onExitCodes"
		if name := codes.Get("containerName"); name.Is(value.String) && !slices.Contains(names, name.Text) {
			c.reportAt(name.Pos, diag.Hint(name.Text, "the containers are", names),
				"%s.containerName can't be %q: the pod has no such container",
				at, name.Text)
		}
		last, ordered := int64(-1<<31), true
		for _, x := range codes.Get("values").AllItems() {
			n, ok := x.Int64()
			if ok && n == 0 && codes.StringAt("operator") == "In" {
				c.reportAt(x.Pos, "remove it", "%s.values can't have 0: a container that ends with it has not failed", at)
			}
			ordered, last = ordered && (!ok || n > last), max(n, last)
		}
		if !ordered {
			c.reportAt(codes.Get("values").Pos, "sort them", "%s.values must be in ascending order, each once", at)
		}
	}
}

func (c *checker) cronJob(spec *value.Value) {
	job := spec.Get("jobTemplate", "spec")
	c.job(job, "spec.jobTemplate.spec")
	if e := job.Entry("manualSelector"); e != nil && e.Value.IsTrue() {
		c.reportAt(e.KeyPos, "remove it", "spec.jobTemplate.spec can't have manualSelector: Kubernetes makes the selector of each Job")
	}
	if s := spec.Get("schedule"); s.Is(value.String) {
		if problem := Schedule(s.Text); problem != "" {
			c.reportAt(s.Pos, "", "spec.schedule can't be %q: it %s", s.Text, problem)
		}
	}
	if z := spec.Get("timeZone"); z.Is(value.String) && (z.Text == "" || strings.EqualFold(z.Text, "local")) {
		c.reportAt(z.Pos, "name one such as Europe/Berlin", "spec.timeZone can't be %q", z.Text)
	}
}

// Schedule says what is wrong with a schedule of cron, as Kubernetes reads it
// (github.com/robfig/cron), or "".
func Schedule(s string) string {
	if strings.Contains(s, "TZ=") {
		return "names a time zone: use timeZone"
	}
	if s, ok := strings.CutPrefix(s, "@"); ok {
		if every, ok := strings.CutPrefix(s, "every "); ok && every != "" {
			return ""
		}
		if has("yearly annually monthly weekly daily midnight hourly", s) {
			return ""
		}
		return "is none of @hourly, @daily, @weekly, @monthly, @yearly"
	}
	fields := strings.Fields(s)
	if len(fields) != 5 {
		return "has " + strconv.Itoa(len(fields)) + " fields, not the five of minute, hour, day, month and weekday"
	}
	for i, r := range [...]struct {
		what      string
		low, high int
		names     string
	}{
		{"minute", 0, 59, ""}, {"hour", 0, 23, ""}, {"day", 1, 31, ""},
		{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"}, {"weekday", 0, 6, "sun mon tue wed thu fri sat"},
	} {
		for part := range strings.SplitSeq(fields[i], ",") {
			if !cronRange(part, r.low, r.high, r.names) {
				return "has the " + r.what + " " + strconv.Quote(part)
			}
		}
	}
	return ""
}

// cronRange reports whether a text is a range of cron: *, N, N-M, each with /STEP.
func cronRange(s string, low, high int, names string) bool {
	s, step, stepped := strings.Cut(s, "/")
	if stepped {
		if n, err := strconv.Atoi(step); err != nil || n <= 0 {
			return false
		}
	}
	if s == "*" || s == "?" {
		return true
	}
	number := func(s string) (int, bool) {
		for i, name := range strings.Fields(names) {
			if strings.EqualFold(s, name) {
				return i + low, true
			}
		}
		n, err := strconv.Atoi(s)
		return n, err == nil && n >= low && n <= high
	}
	from, to, ranged := strings.Cut(s, "-")
	a, ok := number(from)
	if !ranged {
		return ok
	}
	b, ok2 := number(to)
	return ok && ok2 && a <= b
}
