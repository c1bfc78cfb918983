package schema

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
)

// Check is a rule for texts: what is wrong with one, and as much of that as JSON
// Schema can say. The patterns take every text that the rule takes; that they refuse
// as many is the aim.
type Check struct {
	// Problem returns what is wrong with a text, such as "is empty", or "".
	Problem func(text string) string
	// Cure returns what to write in place of a wrong text, or "". It is nil where the problem says it all.
	Cure func(text string) (hint string)
	// Pattern is a regular expression that matches all right texts, notPattern one
	// that matches none of them.
	Pattern, NotPattern string
	// MaxLength is the most characters that a right text has, 0 for any number.
	MaxLength int
	// Enum lists all right texts, notEnum some wrong ones.
	Enum, NotEnum []string
	// NotNegative says that a number in place of a text is not negative.
	NotNegative bool
}

// Expressions for names, to make patterns of.
const (
	NamePattern      = `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
	SubdomainPattern = NamePattern + `(\.` + NamePattern + `)*`
	KeyRune          = `[-._a-zA-Z0-9]`
	labelPattern     = `[A-Za-z0-9](` + KeyRune + `{0,61}[A-Za-z0-9])?`
	QualifiedPattern = `^(` + SubdomainPattern + `/)?` + labelPattern + `$`
)

var (
	// Label1035 is RFC 1035's label, which the name of a Service has to be.
	Label1035 = Check{Problem: types.Label1035, Pattern: `^[a-z]([-a-z0-9]*[a-z0-9])?$`, MaxLength: 63}
	// Label is RFC 1123's label, which the name of a namespace has to be.
	Label = Check{Problem: types.Label, Pattern: `^` + NamePattern + `$`, MaxLength: 63}
	// Subdomain is RFC 1123's subdomain, which the names of most objects have to be.
	Subdomain = Check{Problem: types.Subdomain, Pattern: `^` + SubdomainPattern + `$`, MaxLength: 253}
	// PortName is an IANA service name, which the name of a container's port has to be.
	PortName = Check{Problem: types.PortName, Pattern: `^([a-z0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*$`, MaxLength: 15}
	// ConfigKey is a key of a ConfigMap or Secret.
	ConfigKey = Check{Problem: types.ConfigKey, Pattern: `^\.?[-_a-zA-Z0-9]` + KeyRune + `*$`, MaxLength: 253}
	// QualifiedName is the key of a label or annotation, or the name of a resource.
	QualifiedName = Check{Problem: types.QualifiedName, Pattern: QualifiedPattern}
	// LabelValue is the value of a label.
	LabelValue = Check{Problem: types.LabelValue, Pattern: `^(` + labelPattern + `)?$`}
	// Quantity is a Kubernetes quantity that is not negative.
	Quantity = Check{Problem: quantityProblem, Cure: quantityCure, NotNegative: true,
		Pattern: `^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$`}
	// Percent is a percentage of up to three digits.
	Percent = Check{Problem: percentProblem, Pattern: `^[0-9]{1,3}%$`}
)

func quantityProblem(s string) string {
	_, ok := types.ParseQuantity(s)
	switch {
	case !ok:
		return "is not a quantity such as 500m, 2, 64Mi or 1.5Gi"
	case strings.HasPrefix(s, "-"):
		return "is negative"
	}
	return ""
}

// quantityCure completes what other tools and people write for an amount: 64MB, 64 MiB, 1gb, 0,5.
func quantityCure(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(Digits+".", r) })
	if end <= 0 || !Only(s[:1], Digits) {
		return ""
	}
	number, unit := s[:end], strings.ToLower(strings.TrimSpace(s[end:]))
	switch unit {
	case "m":
		if number+unit != s && strings.HasSuffix(s, "m") {
			return "write " + number + "m"
		}
		fallthrough
	case "k", "kb", "mb", "g", "gb", "t", "tb":
		letter := strings.ToUpper(unit[:1])
		decimal := letter
		if letter == "K" {
			decimal = "k"
		}
		return "write " + number + letter + "i, or " + number + decimal + " for powers of ten"
	case "ki", "kib", "mi", "mib", "gi", "gib", "ti", "tib":
		return "write " + number + strings.ToUpper(unit[:1]) + "i"
	case "b", "byte", "bytes", "core", "cores", "cpu", "cpus":
		return "write " + number
	}
	return ""
}

// cure returns what to write in place of a text that the rule refuses, or "".
func (c *Check) cure(text string) string {
	if c.Cure != nil {
		if hint := c.Cure(text); hint != "" {
			return hint
		}
	}
	return templateHint(text)
}

func percentProblem(s string) string {
	number, ok := strings.CutSuffix(s, "%")
	if !ok || number == "" || len(number) > 3 || !Only(number, Digits) {
		return `is neither a whole number nor a percentage such as "25%"`
	}
	return ""
}

// Sets of characters for only.
const (
	Digits    = "0123456789"
	LowerCase = "abcdefghijklmnopqrstuvwxyz"
	Letters   = LowerCase + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// Only reports whether a text holds none but some characters.
func Only(s, chars string) bool { return strings.Trim(s, chars) == "" }

// JSONSchema returns what JSON Schema can say of a rule, nil for no rule.
func (c *Check) JSONSchema() JSON {
	if c == nil {
		return nil
	}
	var out JSON
	if c.Pattern != "" {
		out = append(out, Member{"pattern", c.Pattern})
	}
	if c.MaxLength != 0 {
		out = append(out, Member{"maxLength", c.MaxLength})
	}
	if c.NotPattern != "" {
		out = append(out, Member{"not", JSON{{"pattern", c.NotPattern}}})
	}
	if c.NotEnum != nil {
		out = append(out, Member{"not", JSON{{"enum", texts(c.NotEnum)}}})
	}
	if c.NotNegative {
		out = append(out, Member{"minimum", 0})
	}
	if c.Enum != nil {
		out = append(out, Member{"enum", texts(c.Enum)})
	}
	if c.Pattern != "" {
		// Editors show this in place of the pattern.
		out = append(out, Member{"patternErrorMessage", "it " + c.Problem("\x00")})
	}
	return out
}

// EnvName is what every shell and program takes as the name of an environment
// variable; Kubernetes takes more.
var EnvName = Check{Problem: envNameProblem, Pattern: `^[-._a-zA-Z]` + KeyRune + `*$`}

func envNameProblem(s string) string {
	if s == "" || Only(s[:1], Digits) || !Only(s, Letters+Digits+"_-.") {
		return `takes letters, digits, "_", "-" and ".", and does not start with a digit`
	}
	return ""
}

// ConfigEnvName is a key of a ConfigMap that an environment variable can have for its name.
var ConfigEnvName = Check{Problem: configEnvNameProblem, Pattern: `^([-_a-zA-Z]|\.[-_a-zA-Z0-9])` + KeyRune + `*$`, MaxLength: 253}

func configEnvNameProblem(s string) string {
	if problem := ConfigKey.Problem(s); problem != "" {
		return problem
	}
	return EnvName.Problem(s)
}
