package render

import (
	"regexp"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/secret/credential"
)

// saying is a message of kustomize, of its libraries or of Go as a regular expression, and what it means to who wrote
// the patch or component. $1 and so on stand for what it names.
type saying struct{ pattern, message, hint string }

const (
	lookAtRender = "compare it with what unfold render prints without it"
	nameRendered = "name an object that unfold render prints without it"
)

// sayings holds the messages that people meet.
func sayings() []saying {
	return []saying{
		// Patches.
		{`unable to parse SM or JSON patch`, "it is neither a strategic merge patch nor JSON 6902 operations",
			`start a strategic merge patch with apiVersion, kind and metadata.name, each operation with "- op:" on a line of its own`},
		{`must specify a target for JSON patch`, "JSON 6902 operations need a target",
			"add target: with the kind and name of the object to change"},
		{`must specify one of patch and path`, "it has neither a patch nor a path",
			"add patch: with the text of the patch, or path: with its file"},
		{`error parsing regexp: (.*?): .\^\(\?:`, "its target is not a regular expression: $1", `write \( for a parenthesis`},
		{`no matches for Id (\w+)\.\S*?/(\S+?)\.\[`, `it changes the $1 "$2", which does not exist`, nameRendered},
		{`(\w+) operation does not apply: doc is missing \w+: "?([^":]*)`, `its operation "$1" names $2, which does not exist`,
			lookAtRender},
		{`error in (\w+) for path: '([^']*)': (?:Unable to remove nonexistent key|Unable to access invalid index)`,
			`its operation "$1" names $2, which does not exist`, lookAtRender},
		{`error in (\w+) for path: '([^']*)': value was not a proper array index: '([^']*)'`,
			`its operation "$1" names $2, where the items of a list have numbers`, "count them from 0, or write - for the end of the list"},
		{`testing value (\S+) failed`, `its operation "test" does not find the value at $1`, lookAtRender},
		{`Unexpected kind: (\S+)`, `there is no operation "$1"`, "the operations are: add, copy, move, remove, replace, test"},
		{`(\w+) operation failed to decode (\w+)`, `its operation "$1" needs text as $2`, `write the $2 as text, such as "/spec/replicas"`},
		{`the accumulated size increase of copy is \d+, exceeding the limit (\d+)`, "its copy operations add more than $1 bytes",
			"copy less"},
		{`wrong [nN]ode [kK]ind.*expected (\w+?)Node but got (\w+?)Node`, "it has ${2}Node where the object has ${1}Node", lookAtRender},
		// Components.
		{`fieldPath .(\S+). is missing for replacement source (\w+)\.\S*?/(\S+?)\.\[`,
			`the source of a replacement, the $2 "$3", has no field $1`, lookAtRender},
		{`nothing selected by (\w+)\.\S*?/(\S+?)\.\[`, `the source of a replacement is the $1 "$2", which does not exist`, nameRendered},
		{`multiple matches for selector (\w+)\.\S*?/(\S+?)\.\[`, `the source of a replacement, the $1 "$2", is several objects`,
			"name one of them"},
		{`unable to (?:find|find or create) field "([^"]+)" in replacement target`, "a replacement's target has no field $1",
			"add options: {create: true}"},
		{`resource with name (\S+) does not match a config with the following GVK`,
			`replicas names "$1", and there is no workload of this name`,
			nameRendered},
		{`invalid literal source|literal sources \[`, "a literal of a generator is not KEY=VALUE", "write KEY=VALUE"},
		{`merging from generator .*Kind:"(\w+)".*Name:"([^"]*)".*does not exist`, `a generator changes the $1 "$2", which does not exist`,
			"remove behavior, or name what unfold render prints without it"},
		{`merging from generator .*Kind:"(\w+)".*Name:"([^"]*)".*exists`, `a generator makes the $1 "$2", which exists already`,
			"add behavior: merge, or give it another name"},
		{`may not add resource with an already registered id: (\w+)\.\S*?/(\S+?)\.\[`, `it adds the $1 "$2", which exists already`,
			"give it another name, or patch the existing one"},
		{`number of previous names`, "it changes the name, namespace or kind of an object",
			"change what an object is known by where it is added"},
		{`cycle detected`, "its folders include one another in a circle", "take one of them out of components or resources"},
		{`kustomization\.yaml is empty`, "its kustomization says nothing", "add resources, patches or what else it is for"},
		{`"([^"]+)" names no file that kustomize is given`, `the folder "$1" has no kustomization`,
			"add a kustomization.yaml to it, or name its files"},
		{`json: unknown field \\*"([^"\\]+)`, `kustomize has no field "$1" there`, ""},
		{`json: cannot unmarshal (\w+) into Go (?:value|struct field \S+) of type (\S+)`, "it has $1 where kustomize needs $2", ""},
	}
}

// explain returns a message of kustomize in words of the descriptor, where it is one that people meet, else on one
// line and without what only its source can tell.
func explain(err error) (message, hint string) {
	text := oneLine(err)
	for _, s := range sayings() {
		pattern := regexp.MustCompile(s.pattern)
		at := pattern.FindStringSubmatchIndex(text)
		if at == nil {
			continue
		}
		expand := func(template string) string { return string(pattern.ExpandString(nil, template, text, at)) }
		return shorten(plainTypes(expand(s.message))), expand(s.hint)
	}
	return shorten(withoutGo(text)), ""
}

// plainTypes returns a message with the words of the descriptor for what YAML and Go call types.
func plainTypes(message string) string {
	const types = `\b(MappingNode|SequenceNode|ScalarNode|where kustomize needs \S+|it has (?:object|array|string|number|bool)\b)`
	return regexp.MustCompile(types).
		ReplaceAllStringFunc(message, func(name string) string {
			head, last := "", name
			if i := strings.LastIndex(name, " "); i >= 0 {
				head, last = name[:i+1], name[i+1:]
			}
			switch {
			case last == "MappingNode", last == "object", strings.HasPrefix(last, "map["), strings.Contains(last, "."):
				return head + "a map"
			case last == "SequenceNode", last == "array", strings.HasPrefix(last, "[]"):
				return head + "a list"
			case last == "ScalarNode":
				return head + "a single value"
			case last == "bool":
				return head + "true or false"
			case strings.HasPrefix(last, "int"), last == "number":
				return head + "a number"
			}
			return head + "text"
		})
}

// withoutGo returns a message without what Go's own formats leave in it: values at an address, verbs without a value,
// and names of functions.
func withoutGo(text string) string {
	for _, x := range [][2]string{
		{`(\w+)\.[^\s/]*/(\S+?)\.\[noNs\]`, `$1 "$2"`},
		{`\.?\[no(?:Ver|Grp|Kind|Name|Ns)\]`, ""},
		{`[^\s:]*&\{[^}]*\}:? ?`, ""},
		{`:? ?%![a-z]\([^)]*\)`, ""},
		{`resid\.\w+\{`, "{"},
		{`json: |strconv\.\w+: |error unmarshaling JSON: |while decoding JSON: `, ""},
		{`(?:accumulating (?:components|resources)|accumulateDirectory|loader\.New|NewResMapFrom\w+Args):? `, ""},
	} {
		text = regexp.MustCompile(x[0]).ReplaceAllString(text, x[1])
	}
	return strings.TrimSpace(text)
}

// oneLine returns kustomize's message on one line, without credentials and the way through the tree it was given.
func oneLine(err error) string {
	text := credential.Redact(strings.Join(strings.Fields(err.Error()), " "))
	if ways := regexp.MustCompile(`recursed accumulation of path '[^']*': `).FindAllStringIndex(text, -1); ways != nil {
		text = strings.TrimRight(text[ways[len(ways)-1][1]:], `\"`)
		text = regexp.MustCompile(`\\+"`).ReplaceAllString(text, `"`)
	}
	return text
}

func shorten(text string) string {
	const longest = 400
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
