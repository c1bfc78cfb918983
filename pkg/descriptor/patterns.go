package descriptor

import (
	"reflect"
	"slices"

	"github.com/unfold-gitops/unfold/pkg/image"
)

// pattern is what JSON Schema can say of a rule for texts or for whole values. It
// takes everything that the rule takes; that it refuses as much is the aim.
type pattern struct {
	rule any // the function
	says jsonObject
}

const (
	label1123 = `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
	subdomain = label1123 + `(\.` + label1123 + `)*`
	keyRunes  = `[-._a-zA-Z0-9]`
	qualified = `[A-Za-z0-9](` + keyRunes + `{0,61}[A-Za-z0-9])?`

	hostPart  = `[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?`
	imageHost = `(` + hostPart + `(\.` + hostPart + `)*|\[[0-9A-Fa-f:]+\])(:[0-9]+)?`
	pathPart  = `[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*`
	imagePath = `(` + imageHost + `/)?` + pathPart + `(/` + pathPart + `)*`
	tagName   = `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`
	digest    = `(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})`
)

// patterns are the rules that can be said in JSON Schema.
func patterns() []pattern {
	matches := func(text string) jsonObject { return jsonObject{{"pattern", "^" + text + "$"}} }
	upTo := func(longest int, text string) jsonObject {
		return append(matches(text), jsonMember{"maxLength", longest})
	}
	file := append(matches(`[^/\\][^\\]*`), jsonMember{"not", jsonObject{{"pattern", `://|^\.\.(/|$)|^\.$`}}})
	qualifiedKey := `(` + subdomain + `/)?` + qualified
	return []pattern{
		{dnsLabel, upTo(63, `[a-z]([-a-z0-9]*[a-z0-9])?`)},
		{dnsLabel1123, upTo(63, label1123)},
		{NamespaceName, upTo(63, label1123)},
		{dnsSubdomain, upTo(253, subdomain)},
		{ObjectName, upTo(253, subdomain)},
		{portName, upTo(15, `([a-z0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*`)},
		{envName, matches(`[-._a-zA-Z]` + keyRunes + `*`)},
		{configKey, upTo(253, `\.?[-_a-zA-Z0-9]`+keyRunes+`*`)},
		{configEnvName, upTo(253, `([-_a-zA-Z]|\.[-_a-zA-Z0-9])`+keyRunes+`*`)},
		{qualifiedName, matches(qualifiedKey)},
		{ownLabel, append(matches(qualifiedKey), jsonMember{"not", jsonObject{{"enum", []any{
			"app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/managed-by", "app.kubernetes.io/instance"}}}})},
		{labelValue, matches(`(` + qualified + `)?`)},
		{mountPath, matches(`(/[^/:]+)+`)},
		{quantity, append(matches(`\+?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?`), jsonMember{"minimum", 0})},
		{filePath, file},
		{fileMode, matches(`(0o)?0?[0-7]{3}`)},
		{imageReference, matches(imagePath + `(:` + tagName + `)?(@` + digest + `)?`)},
		{image.CheckRepository, upTo(255, imagePath)},
		{image.CheckTag, matches(tagName)},
		{image.CheckDigest, matches(digest)},
		{hostName, matches(`(\*|(\*\.)?` + subdomain + `)`)},
		{fullHostName, matches(`(\*\.` + subdomain + `|` + label1123 + `(\.` + label1123 + `)+)`)},
		{cidr, matches(`[0-9a-fA-F.:]+/[0-9]{1,3}`)},
		{urlPath, jsonObject{{"pattern", "^/"}}},
		{nameAndKey, jsonObject{{"pattern", "/"}}},
		{patchOption, jsonObject{{"enum", []any{"allowNameChange", "allowKindChange"}}}},
		{checkPatch, jsonObject{{"oneOf", []any{jsonObject{{"required", []any{"patch"}}}, jsonObject{{"required", []any{"path"}}}}}}},
		{checkManifest, jsonObject{{"anyOf", []any{
			append(jsonObject{{"title", "file"}, {"type", "string"}}, file...),
			jsonObject{{"title", "object"}, {"type", "object"}, {"required", []any{"apiVersion", "kind", "metadata"}},
				{"properties", jsonObject{
					{"apiVersion", jsonObject{{"type", "string"}}}, {"kind", jsonObject{{"type", "string"}}},
					{"metadata", jsonObject{{"type", "object"}, {"required", []any{"name"}}}}}}},
		}}}},
	}
}

// ruleOf gives what JSON Schema can say of a rule, nil where it can't.
func ruleOf(rule any) jsonObject {
	at := reflect.ValueOf(rule).Pointer()
	for _, p := range patterns() {
		if at == 0 || reflect.ValueOf(p.rule).Pointer() != at {
			continue
		}
		if check, ok := p.rule.(func(string) string); ok && p.says[0].key == "pattern" {
			// Editors show this in place of the pattern.
			return append(slices.Clone(p.says), jsonMember{"patternErrorMessage", "it " + check("\x00")})
		}
		return p.says
	}
	return nil
}
