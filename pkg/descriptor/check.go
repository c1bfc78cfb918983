package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube"
)

// check is a rule for texts: what is wrong with one, and as much of that as JSON
// Schema can say. The patterns take every text that the rule takes; that they refuse
// as many is the aim.
type check struct {
	// problem returns what is wrong with a text, such as "is empty", or "".
	problem func(text string) string
	// pattern is a regular expression that matches all right texts, notPattern one
	// that matches none of them.
	pattern, notPattern string
	// maxLength is the most characters that a right text has, 0 for any number.
	maxLength int
	// enum lists all right texts, notEnum some wrong ones.
	enum, notEnum []string
	// notNegative says that a number in place of a text is not negative.
	notNegative bool
}

// Expressions for names, to make patterns of.
const (
	namePattern      = `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
	subdomainPattern = namePattern + `(\.` + namePattern + `)*`
	keyRune          = `[-._a-zA-Z0-9]`
	labelPattern     = `[A-Za-z0-9](` + keyRune + `{0,61}[A-Za-z0-9])?`
	qualifiedPattern = `^(` + subdomainPattern + `/)?` + labelPattern + `$`
)

var (
	// dnsLabel is RFC 1035's label, which the name of a Service has to be.
	dnsLabel = &check{problem: kube.Label1035, pattern: `^[a-z]([-a-z0-9]*[a-z0-9])?$`, maxLength: 63}
	// dnsLabel1123 is RFC 1123's label, which the name of a namespace has to be.
	dnsLabel1123 = &check{problem: kube.Label, pattern: `^` + namePattern + `$`, maxLength: 63}
	// dnsSubdomain is RFC 1123's subdomain, which the names of most objects have to be.
	dnsSubdomain = &check{problem: kube.Subdomain, pattern: `^` + subdomainPattern + `$`, maxLength: 253}
	// portName is an IANA service name, which the name of a container's port has to be.
	portName = &check{problem: kube.PortName, pattern: `^([a-z0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*$`, maxLength: 15}
	// configKey is a key of a ConfigMap or Secret.
	configKey = &check{problem: kube.ConfigKey, pattern: `^\.?[-_a-zA-Z0-9]` + keyRune + `*$`, maxLength: 253}
	// qualifiedName is the key of a label or annotation, or the name of a resource.
	qualifiedName = &check{problem: kube.QualifiedName, pattern: qualifiedPattern}
	// labelValue is the value of a label.
	labelValue = &check{problem: kube.LabelValue, pattern: `^(` + labelPattern + `)?$`}
	// quantity is a Kubernetes quantity that is not negative.
	quantity = &check{problem: quantityProblem, notNegative: true,
		pattern: `^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$`}
	// percent is a percentage of up to three digits.
	percent = &check{problem: percentProblem, pattern: `^[0-9]{1,3}%$`}
)

func quantityProblem(s string) string {
	_, ok := kube.ParseQuantity(s)
	switch {
	case !ok:
		return "is not a quantity such as 500m, 2, 64Mi or 1.5Gi"
	case strings.HasPrefix(s, "-"):
		return "is negative"
	}
	return ""
}

func percentProblem(s string) string {
	number, ok := strings.CutSuffix(s, "%")
	if !ok || number == "" || len(number) > 3 || !isNumber(number) {
		return `is neither a whole number nor a percentage such as "25%"`
	}
	return ""
}

// isNumber reports whether a text holds nothing but digits.
func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// jsonSchema returns what JSON Schema can say of a rule, nil for no rule.
func (c *check) jsonSchema() jsonObject {
	if c == nil {
		return nil
	}
	var out jsonObject
	if c.pattern != "" {
		out = append(out, jsonMember{"pattern", c.pattern})
	}
	if c.maxLength != 0 {
		out = append(out, jsonMember{"maxLength", c.maxLength})
	}
	if c.notPattern != "" {
		out = append(out, jsonMember{"not", jsonObject{{"pattern", c.notPattern}}})
	}
	if c.notEnum != nil {
		out = append(out, jsonMember{"not", jsonObject{{"enum", texts(c.notEnum)}}})
	}
	if c.notNegative {
		out = append(out, jsonMember{"minimum", 0})
	}
	if c.enum != nil {
		out = append(out, jsonMember{"enum", texts(c.enum)})
	}
	if c.pattern != "" {
		// Editors show this in place of the pattern.
		out = append(out, jsonMember{"patternErrorMessage", "it " + c.problem("\x00")})
	}
	return out
}
