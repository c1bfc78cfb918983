package fold

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// width is how long a line gets before a map or list is written over several.
const width = 120

// Write returns a descriptor as YAML for people: small maps and lists on one line,
// all else in block style. It fails where a value has no YAML.
func Write(d *value.Value) ([]byte, error) {
	w := writer{names: anchors(d), written: map[string]bool{}}
	w.entries(d, "")
	if w.err != nil {
		return nil, w.err
	}
	return w.out.Bytes(), nil
}

type writer struct {
	out bytes.Buffer
	err error
	// names are those of values that are written once and referred to from then on, by their
	// content; written says which were.
	names   map[string]string
	written map[string]bool
}

// remarks are the comments above fields of the top level that a reader will wonder about.
var remarks = map[string]string{
	"defaults":  "As it ran before unfold: nothing is added.",
	"manifests": "Objects that no field describes exactly.",
	"accept":    "Findings that were there before the import.",
}

// blocks are the fields that are always written over several lines.
var blocks = map[string]bool{"environments": true, "workloads": true, "manifests": true}

func (w *writer) entries(m *value.Value, indent string) {
	for _, e := range m.Entries {
		key := w.scalar(text(e.Key))
		head := indent + key + ":"
		if remark := remarks[e.Key]; remark != "" && indent == "" {
			w.out.WriteString("# " + remark + "\n")
		}
		inside := indent + "  "
		flow, ok := w.flow(e.Value)
		if ok && e.Value.IsScalar() {
			flow = w.scalar(e.Value)
		}
		switch {
		case ok && !(blocks[e.Key] && indent == "" && !e.Value.Empty()) && len(head)+1+len(flow) <= width:
			w.out.WriteString(head + " " + flow + "\n")
		case w.referred(head, e):
		case e.Value.Is(value.Map) && len(e.Value.Entries) > 0:
			w.out.WriteString(head + w.anchor(e) + "\n")
			w.entries(e.Value, inside)
		case e.Value.Is(value.List) && len(e.Value.Items) > 0:
			w.out.WriteString(head + w.anchor(e) + "\n")
			w.items(e.Value, inside)
		case ok:
			w.out.WriteString(head + " " + flow + "\n")
		default: // a text of several lines
			w.block(value.NewMap(e.Value.At()).Set(e.Key, e.Value), indent)
		}
	}
}

// referred writes a reference to a value that is written already, and reports whether it is.
func (w *writer) referred(head string, e value.Entry) bool {
	name := w.names[content(e)]
	if !w.written[name] {
		return false
	}
	w.out.WriteString(head + " *" + name + "\n")
	return true
}

// anchor returns the name of a value that others refer to, behind a blank.
func (w *writer) anchor(e value.Entry) string {
	name := w.names[content(e)]
	if name == "" {
		return ""
	}
	w.written[name] = true
	return " &" + name
}

// repeated is how many lines a value has at least of which each is worth a reference.
const repeated = 4

// content returns a key with what the map or list of it says, in its order; "" for what is
// short.
func content(e value.Entry) string {
	if e.Value.IsScalar() {
		return ""
	}
	if n, _ := measure(e.Value, 0); n < repeated {
		return ""
	}
	var b strings.Builder
	b.WriteString(e.Key + ": ")
	spell(&b, e.Value)
	return b.String()
}

// spell writes a value with its kinds: "1" and 1 are not the same.
func spell(b *strings.Builder, v *value.Value) {
	fmt.Fprintf(b, "%d%q", v.Kind, v.Text)
	for _, e := range v.Entries {
		fmt.Fprintf(b, "%q", e.Key)
		spell(b, e.Value)
	}
	for _, item := range v.Items {
		spell(b, item)
	}
	b.WriteByte('.')
}

// anchors returns names for the values of entries that are repeated, by their content: each
// that of its first key.
func anchors(d *value.Value) map[string]string {
	count := map[string]int{}
	eachEntry(d, func(e value.Entry) bool {
		count[content(e)]++
		return true
	})
	names, taken, seen := map[string]string{}, map[string]bool{}, map[string]bool{}
	eachEntry(d, func(e value.Entry) bool {
		c := content(e)
		switch {
		case c == "" || count[c] < 2:
			return true
		case !seen[c]:
			seen[c] = true
			return true
		case names[c] == "":
			name := plainKey(e.Key)
			for n := 2; taken[name]; n++ {
				name = fmt.Sprintf("%s-%d", plainKey(e.Key), n)
			}
			names[c], taken[name] = name, true
		}
		return false
	})
	return names
}

// eachEntry visits the entries of all maps in a value, and those in it where visit returns
// true.
func eachEntry(v *value.Value, visit func(value.Entry) bool) {
	for _, e := range v.AllEntries() {
		if visit(e) {
			eachEntry(e.Value, visit)
		}
	}
	for _, item := range v.AllItems() {
		eachEntry(item, visit)
	}
}

func (w *writer) items(list *value.Value, indent string) {
	for _, item := range list.Items {
		flow, ok := w.flow(item)
		if ok && item.IsScalar() {
			flow = w.scalar(item)
		}
		switch {
		case ok && len(indent)+2+len(flow) <= width || ok && !item.Is(value.Map):
			w.out.WriteString(indent + "- " + flow + "\n")
		case item.Is(value.Map):
			inner := writer{names: w.names, written: w.written}
			inner.entries(item, indent+"  ")
			if inner.err != nil {
				w.err = inner.err
			}
			w.out.WriteString(indent + "- " + strings.TrimPrefix(inner.out.String(), indent+"  "))
		default:
			w.block(value.NewList(list.At(), item), indent)
		}
	}
}

// block writes a value as value.EncodeSource does, with an indentation.
func (w *writer) block(v *value.Value, indent string) {
	out, err := value.EncodeSource(v)
	if err != nil {
		w.err = err
		return
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\n"), "\n") {
		if line != "" {
			line = indent + line
		}
		w.out.WriteString(line + "\n")
	}
}

// flow returns a value on one line; ok is false for a text of several lines in it.
func (w *writer) flow(v *value.Value) (line string, ok bool) {
	var parts []string
	switch {
	case v.Is(value.Map):
		for _, e := range v.Entries {
			inner, ok := w.flow(e.Value)
			if !ok {
				return "", false
			}
			parts = append(parts, w.inFlow(text(e.Key))+": "+inner)
		}
		return "{" + strings.Join(parts, ", ") + "}", true
	case v.Is(value.List):
		for _, item := range v.Items {
			inner, ok := w.flow(item)
			if !ok {
				return "", false
			}
			parts = append(parts, inner)
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case v.Is(value.String) && strings.Contains(v.Text, "\n"):
		return "", false
	}
	return w.inFlow(v), true
}

// inFlow returns a scalar that can be between brackets.
func (w *writer) inFlow(v *value.Value) string {
	s := w.scalar(v)
	if v.Is(value.String) && !strings.HasPrefix(s, `"`) && !strings.HasPrefix(s, "'") &&
		(strings.ContainsAny(s, ",[]{}?") || strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasPrefix(s, ":") ||
			strings.HasSuffix(s, ":")) {
		return quote(v.Text)
	}
	return s
}

func (w *writer) scalar(v *value.Value) string {
	if v.Is(value.Null) {
		return "null"
	}
	if v.Is(value.String) && bare(v.Text) {
		return v.Text
	}
	out, err := value.EncodeSource(v)
	if err != nil {
		w.err = err
	}
	s := strings.TrimSuffix(string(out), "\n")
	if strings.Contains(s, "\n") {
		return quote(v.Text)
	}
	return s
}

// bare reports whether a text is certainly one for YAML without quotes: letters, hyphens and
// more letters, and none of the words that are something else.
func bare(s string) bool {
	if len(s) < 6 { // yes, null, false
		return false
	}
	for i, r := range s {
		if (r < 'a' || r > 'z') && (i == 0 || r != '-' && (r < 'A' || r > 'Z')) {
			return false
		}
	}
	return true
}

// quote returns a text in double quotes, as JSON and YAML write it alike.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return s
	}
	return strings.TrimSuffix(b.String(), "\n")
}
