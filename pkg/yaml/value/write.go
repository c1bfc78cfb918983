package value

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v2"
	yamlv3 "gopkg.in/yaml.v3"
)

// Encode prints a value as kustomize prints it: keys sorted, the style of
// sigs.k8s.io/yaml. It fails for a number that JSON does not have, such as
// infinity.
func Encode(v *Value) ([]byte, error) { return AppendEncoded(nil, v) }

// AppendEncoded is Encode at the end of out.
func AppendEncoded(out []byte, v *Value) ([]byte, error) {
	if !v.Empty() && !v.IsScalar() && v.Kind != Null {
		p := printer{out: out}
		if p.node(v, 0, false); !p.gaveUp {
			return p.out, nil
		}
	}
	doc, err := encodeByLibrary(v)
	return append(out, doc...), err
}

func encodeByLibrary(v *Value) ([]byte, error) {
	x, err := plain(v)
	if err != nil {
		return nil, err
	}
	return yaml.Marshal(x)
}

// EncodeSource prints a value as a person would write it, for files that are
// read again: keys in the order they were set, and quotes wherever any version
// of YAML would take a text for something else.
func EncodeSource(v *Value) ([]byte, error) { return encodeSource(source(v)) }

// EncodeCanonical prints documents as EncodeSource does, with each number and
// boolean in the one way that every reader takes for the same. It fails for a
// number that JSON does not have.
func EncodeCanonical(docs ...*Value) ([]byte, error) {
	var out []byte
	for i, v := range docs {
		if i > 0 {
			out = append(out, "---\n"...)
		}
		v, err := Canonical(v)
		if err != nil {
			return nil, err
		}
		text, err := EncodeSource(v)
		if err != nil {
			return nil, err
		}
		out = append(out, text...)
	}
	return out, nil
}

// Canonical returns v with its numbers and booleans as JSON writes them, which is what
// is read again of what Encode prints. It fails for a number that JSON does not have.
// What is so already is shared.
func Canonical(v *Value) (*Value, error) {
	out := v
	for i := range v.AllItems() {
		x, err := Canonical(v.Items[i])
		if err != nil {
			return nil, err
		}
		if x != v.Items[i] {
			if out == v {
				out = v.Copy()
			}
			out.Items[i] = x
		}
	}
	for i, e := range v.AllEntries() {
		x, err := Canonical(e.Value)
		if err != nil {
			return nil, err
		}
		if x != e.Value {
			if out == v {
				out = v.Copy()
			}
			out.Entries[i].Value = x
		}
	}
	if !v.Is(Bool) && !v.Is(Int) && !v.Is(Float) {
		return out, nil
	}
	x, err := scalar(v)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(x)
	if err != nil || string(text) == v.Text {
		return v, err
	}
	return plainScalar(string(text), v.Pos), nil
}

func encodeSource(n *yamlv3.Node) ([]byte, error) {
	var b bytes.Buffer
	enc := yamlv3.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return nil, err
	}
	err := enc.Close()
	return b.Bytes(), err
}

func source(v *Value) *yamlv3.Node {
	switch {
	case v.Is(Map):
		n := &yamlv3.Node{Kind: yamlv3.MappingNode}
		for _, e := range v.Entries {
			n.Content = append(n.Content, source(&Value{Kind: String, Text: e.Key}), source(e.Value))
		}
		return n
	case v.Is(List):
		n := &yamlv3.Node{Kind: yamlv3.SequenceNode}
		for _, item := range v.Items {
			n.Content = append(n.Content, source(item))
		}
		return n
	case v.Is(String):
		n := &yamlv3.Node{}
		n.SetString(v.Text)
		// A block that starts with a space or an empty line loses it.
		block := n.Style == yamlv3.LiteralStyle && strings.IndexByte(" \n", v.Text[0]) >= 0
		if block || strings.ContainsAny(v.Text, "\r\u2028\u2029\ufeff") || n.Style == 0 && otherInYAML11(v.Text) {
			n.Style = yamlv3.DoubleQuotedStyle
		}
		return n
	case v.IsScalar():
		return &yamlv3.Node{Kind: yamlv3.ScalarNode, Value: v.Text}
	}
	return &yamlv3.Node{Kind: yamlv3.ScalarNode, Value: "null"}
}

// otherInYAML11 reports whether a text without quotes is something else to YAML
// 1.1, such as y or 12:30, of which the library for YAML 1.2 knows nothing but
// which kustomize still reads.
func otherInYAML11(text string) bool {
	switch shapeOf(text) {
	case plainText:
		return false
	case quotedText:
		return true
	}
	// A text can always be encoded.
	encoded, _ := yaml.Marshal(text)
	return bytes.HasPrefix(encoded, []byte(`"`))
}

// ReadAsText reports whether a word is a text to kustomize without quotes, not a number, a date or the like.
func ReadAsText(word string) bool {
	if shapeOf(word) == plainText {
		return true
	}
	var x any
	err := yamlv3.Unmarshal([]byte(word), &x)
	_, text := x.(string)
	return err == nil && text
}

func plain(v *Value) (any, error) {
	switch {
	case v.Is(Map):
		m := make(yaml.MapSlice, 0, len(v.Entries))
		for _, e := range sorted(v.Entries) {
			x, err := plain(e.Value)
			if err != nil {
				return nil, err
			}
			m = append(m, yaml.MapItem{Key: e.Key, Value: x})
		}
		return m, nil
	case v.Is(List):
		return items(v)
	}
	return scalar(v)
}

func items(v *Value) (any, error) {
	list := make([]any, 0, len(v.Items))
	for _, item := range v.Items {
		x, err := plain(item)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

func scalar(v *Value) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch v.Kind {
	case String:
		return v.Text, nil
	case Bool:
		return v.IsTrue(), nil
	case Int:
		if n, ok := v.Int64(); ok {
			return n, nil
		}
		if n, err := strconv.ParseUint(v.Text, 0, 64); err == nil {
			return n, nil
		}
		return number(v)
	case Float:
		return number(v)
	}
	return nil, nil
}

func number(v *Value) (any, error) {
	f, err := strconv.ParseFloat(v.Text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("%s: %q is not a number that JSON has", v.Pos, v.Text)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e21 {
		// JSON writes it without an exponent, and what comes back is an integer if
		// one can hold it.
		digits := strconv.FormatFloat(f, 'f', -1, 64)
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return n, nil
		}
		if n, err := strconv.ParseUint(digits, 10, 64); err == nil {
			return n, nil
		}
	}
	return f, nil
}
