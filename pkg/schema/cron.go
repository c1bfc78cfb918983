package schema

import (
	_ "embed"
	"strconv"
	"strings"
	"time"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// cronField is a field of a cron expression.
type cronField struct {
	what     string
	min, max int
	names    string // of its values, from min on
}

// CronExpression is when something runs, and TimeZone a name of the tz database.
var (
	CronExpression = Check{Problem: cronExpressionProblem}
	TimeZone       = Check{Problem: timeZoneProblem}
)

// cronExpressionProblem says what is wrong with a schedule, by the rules of the parser
// that Kubernetes uses (robfig/cron, ParseStandard).
func cronExpressionProblem(s string) string {
	const problem = `is not a cron expression of five fields such as "0 3 * * *", nor one of @hourly, @daily, @weekly, @monthly, @yearly`
	switch {
	case strings.Contains(s, "TZ"):
		return "names a time zone"
	case strings.HasPrefix(s, "@"):
		return cronDescriptor(s, problem)
	}
	fields := strings.Fields(s)
	if len(fields) != 5 {
		return problem + ": it has " + diag.Plural(len(fields), "field")
	}
	for i, f := range [5]cronField{
		{"minute", 0, 59, ""}, {"hour", 0, 23, ""}, {"day of the month", 1, 31, ""},
		{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
		{"day of the week", 0, 6, "sun mon tue wed thu fri sat"},
	} {
		for part := range strings.SplitSeq(fields[i], ",") {
			if part == "" {
				continue // as the parser does
			}
			if why := f.part(part); why != "" {
				return "has the " + f.what + " " + strconv.Quote(part) + ", which " + why
			}
		}
	}
	return ""
}

func cronDescriptor(s, problem string) string {
	switch s {
	case "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly":
		return ""
	}
	if every, ok := strings.CutPrefix(s, "@every "); ok {
		if _, err := time.ParseDuration(every); err == nil {
			return ""
		}
	}
	return problem
}

// part checks RANGE[/STEP], where a range is *, N or N-M.
func (f cronField) part(s string) string {
	span, step, stepped := strings.Cut(s, "/")
	low, high, ranged := strings.Cut(span, "-")
	if stepped {
		switch n, err := strconv.Atoi(step); {
		case err != nil:
			return "has a step that is no number"
		case n <= 0:
			return "has a step below 1"
		}
	}
	if low == "*" || low == "?" {
		return "" // whatever follows the hyphen, the parser does not look
	}
	from, ok := f.number(low)
	to := from
	if ranged && ok {
		to, ok = f.number(high)
	} else if stepped {
		to = f.max
	}
	switch {
	case !ok && f.names == "":
		return "is neither a number nor *"
	case !ok:
		return "is neither a number, nor *, nor a name such as " + f.names[:3]
	case from < f.min || to > f.max:
		return "is not between " + strconv.Itoa(f.min) + " and " + strconv.Itoa(f.max)
	case from > to:
		return "ends before it begins"
	}
	return ""
}

func (f cronField) number(s string) (int, bool) {
	if i := strings.Index(f.names+" ", strings.ToLower(s)+" "); len(s) == 3 && i >= 0 && f.names != "" {
		return f.min + i/4, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

// timeZones are the names of the tz database, one on each line, sorted.
//
//go:embed timezones.txt
var timeZones string

// timeZoneProblem takes a name of the tz database, for which the cluster looks too.
func timeZoneProblem(s string) string {
	if s != "" && !strings.Contains(s, "\n") && strings.Contains("\n"+timeZones, "\n"+s+"\n") {
		return ""
	}
	if near := diag.Suggest(s, strings.Fields(timeZones)); near != "" {
		return "is not a time zone: did you mean " + strconv.Quote(near) + "?"
	}
	return "is not a time zone such as Europe/Berlin or UTC"
}

// NeverRuns reports whether a cron expression is for dates that there are not, such as 31 February. A day of the week besides would
// be an alternative.
func NeverRuns(cron string) bool {
	fields := strings.Fields(cron)
	if len(fields) != 5 || fields[4] != "*" {
		return false
	}
	longest := [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	for month := range strings.SplitSeq(fields[3], ",") {
		m, ok := cronField{min: 1, names: "jan feb mar apr may jun jul aug sep oct nov dec"}.number(month)
		if !ok || m < 1 || m > len(longest) {
			return false
		}
		for day := range strings.SplitSeq(fields[2], ",") {
			if d, err := strconv.Atoi(day); err != nil || d <= longest[m-1] {
				return false
			}
		}
	}
	return true
}
