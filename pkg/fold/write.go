package fold

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// width is how long a line gets before a map or list is written over several.
const width = 110

// Write returns a descriptor as YAML for people: small maps and lists on one line,
// all else in block style. It fails where a value has no YAML.
func Write(d *value.Value) ([]byte, error) {
	w := writer{}
	w.entries(d, "")
	if w.err != nil {
		return nil, w.err
	}
	return w.out.Bytes(), nil
}

type writer struct {
	out bytes.Buffer
	err error
}

// blocks are the fields that are always written over several lines.
var blocks = map[string]bool{"environments": true, "workloads": true, "manifests": true}

func (w *writer) entries(m *value.Value, indent string) {
	for _, e := range m.Entries {
		key := w.scalar(text(e.Key))
		head := indent + key + ":"
		inside := indent + "  "
		flow, ok := w.flow(e.Value)
		if ok && e.Value.IsScalar() {
			flow = w.scalar(e.Value)
		}
		switch {
		case ok && !(blocks[e.Key] && indent == "" && !e.Value.Empty()) && len(head)+1+len(flow) <= width:
			w.out.WriteString(head + " " + flow + "\n")
		case e.Value.Is(value.Map) && len(e.Value.Entries) > 0:
			w.out.WriteString(head + "\n")
			w.entries(e.Value, inside)
		case e.Value.Is(value.List) && len(e.Value.Items) > 0:
			w.out.WriteString(head + "\n")
			w.items(e.Value, inside)
		case ok:
			w.out.WriteString(head + " " + flow + "\n")
		default: // a text of several lines
			w.block(value.NewMap(e.Value.At()).Set(e.Key, e.Value), indent)
		}
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
			inner := writer{}
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
