package value

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
)

// Limits on one document, so that a hostile one ends in a message and not in
// the repo-server's memory.
const (
	MaxDepth = 64       // maps and lists in one another
	MaxNodes = 100000   // values, those that aliases repeat included
	MaxBytes = 16 << 20 // in their texts, those that aliases repeat included
)

// SeveralDocuments is the code of a file with more than one document.
const SeveralDocuments = "several-documents"

// Read returns the only document of a YAML file. What makes it unusable is
// reported with its place; the value is nil then or where the file holds none.
func Read(file string, src []byte) (*Value, diag.List) {
	docs, diags := ReadAll(file, src)
	if len(docs) > 1 {
		diags.Errorh(docs[1].Pos, SeveralDocuments, `remove the "---" and what follows it; use one folder for each app`,
			"the file holds %d documents, but one descriptor is one document", len(docs))
	}
	if diags.HasErrors() || len(docs) == 0 {
		return nil, diags
	}
	return docs[0], diags
}

// ReadAll returns all documents of a YAML file that are not empty.
func ReadAll(file string, src []byte) ([]*Value, diag.List) { return readAll(file, src, false) }

// readAll reads a text, in Kubernetes' form or only for us.
func readAll(file string, src []byte, kubernetes bool) ([]*Value, diag.List) {
	var diags diag.List
	src = bytes.TrimPrefix(src, []byte(byteOrderMark))
	checkBytes(file, src, &diags)
	if !diags.HasErrors() {
		checkLines(file, src, kubernetes, &diags)
	}
	if diags.HasErrors() {
		return nil, diags
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	lines, tags := countLines(src), bangs(src)
	var docs []*Value
	// The limits hold for all documents of a file together.
	r := reader{file: file, bangs: tags, diags: &diags, lines: lines, kubernetes: kubernetes}
	for !r.full {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return docs, diags
		}
		if err != nil {
			diags = append(diags, syntaxError(file, src, err))
			return docs, diags
		}
		if v := r.read(&n, 0); v != nil && v.Kind != Null {
			docs = append(docs, v)
		}
	}
	return docs, diags
}

// countLines counts lines as YAML 1.1 breaks them.
func countLines(src []byte) int {
	n := 1 - bytes.Count(src, []byte("\r\n"))
	for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
		n += bytes.Count(src, []byte(end))
	}
	return n
}

// checkBytes finds what no YAML file may hold, with the place, which the YAML
// library does not tell.
func checkBytes(file string, src []byte, diags *diag.List) {
	line, start := 1, 0
	for i := 0; i < len(src); {
		c := src[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '\n', c == '\r' && !bytes.HasPrefix(src[i+1:], []byte("\n")):
				line, start = line+1, i+1
			case c < ' ' && c != '\t' && c != '\r', c == 0x7f:
				diags.Errorh(diag.Pos{File: file, Line: line, Col: utf8.RuneCount(src[start:i]) + 1}, "control-character",
					`remove it, or write it as an escape in double quotes, such as "\u0007"`,
					"the file holds the control character %#U", rune(c))
				return
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			diags.Errorh(diag.Pos{File: file, Line: line, Col: utf8.RuneCount(src[start:i]) + 1}, "not-utf8",
				"save the file as UTF-8", "the file is not UTF-8: it holds the byte 0x%02x", c)
			return
		}
		i += size
		if r == 0x85 || r == 0x2028 || r == 0x2029 { // which break lines in YAML 1.1
			line, start = line+1, i
		}
	}
}

type reader struct {
	file       string
	bangs      []int64 // the places of tags "!"
	lines      int     // of the file
	kubernetes bool
	diags      *diag.List
	nodes      int
	bytes      int
	aliases    []*yaml.Node // being read now, to find one that holds itself
	full       bool         // a limit was reached and reported
}

func (r *reader) pos(n *yaml.Node) diag.Pos {
	if n.Line > r.lines { // a value that is missing at the end
		return diag.Pos{File: r.file, Line: r.lines, Col: 1}
	}
	return diag.Pos{File: r.file, Line: n.Line, Col: n.Column}
}

// read turns a node into a value. It returns nil after it reported why not.
func (r *reader) read(n *yaml.Node, depth int) *Value {
	if r.count(n, 1); r.full {
		return nil
	}
	if depth > MaxDepth {
		r.full = true
		r.diags.Errorf(r.pos(n), "too-deep", "more than %d maps and lists in one another", MaxDepth)
		return nil
	}
	if r.badTag(n) {
		return nil
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return r.read(n.Content[0], depth)
	case yaml.AliasNode:
		return r.readAlias(n, depth)
	case yaml.MappingNode:
		return r.readMap(n, depth)
	case yaml.SequenceNode:
		v := &Value{Kind: List, Pos: r.pos(n), Items: make([]*Value, 0, len(n.Content))}
		for _, c := range n.Content {
			if item := r.read(c, depth+1); item != nil {
				v.Items = append(v.Items, item)
			}
		}
		return v
	case yaml.ScalarNode:
		return r.readScalar(n)
	}
	return &Value{Pos: r.pos(n)}
}

// count adds values to those read so far, and reports the first that is too many.
func (r *reader) count(n *yaml.Node, more int) {
	r.nodes += more
	if r.bytes += len(n.Value); r.bytes > MaxBytes && !r.full {
		r.full = true
		r.diags.Errorh(r.pos(n), "too-large", "write less, or repeat less with aliases",
			"the file holds more than %d MiB of text once its aliases are resolved", MaxBytes>>20)
	}
	if r.nodes > MaxNodes && !r.full {
		r.full = true
		r.diags.Errorh(r.pos(n), "too-large", "write less, or repeat less with aliases",
			"the file holds more than %d values once its aliases are resolved", MaxNodes)
	}
}

func (r *reader) readAlias(n *yaml.Node, depth int) *Value {
	for _, open := range r.aliases {
		if open == n.Alias {
			r.diags.Errorf(r.pos(n), "alias-cycle", "the alias %q holds itself", "*"+n.Value)
			return nil
		}
	}
	r.aliases = append(r.aliases, n.Alias)
	defer func() { r.aliases = r.aliases[:len(r.aliases)-1] }()
	return r.read(n.Alias, depth)
}

func (r *reader) readScalar(n *yaml.Node) *Value {
	v := &Value{Kind: KindOf(n.ShortTag()), Text: n.Value, Plain: isPlain(n), Pos: r.pos(n)}
	if r.kubernetes {
		checkScalar(v, r.diags)
	}
	if problem := Unprintable(v.Text); problem != "" {
		r.diags.Errorh(v.Pos, "unprintable", "change the text, or keep it in a Secret", "the text %s", problem)
	}
	return v
}

// Unprintable says why a text can't go through kustomize unchanged, or "": it
// holds characters that YAML forbids or takes for line breaks, or it is a text
// of several lines that starts with a tab (seen with kustomize v5.8.2).
func Unprintable(text string) string {
	for i, c := range text {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 0x7f && c < 0xa0 || c == 0xfeff && i > 0 || c == 0xfffe || c == 0xffff {
			return fmt.Sprintf("holds the character %#U, which YAML can't print", c)
		}
	}
	if strings.HasPrefix(strings.TrimLeft(text, "\r\n"), "\t") && strings.Contains(text, "\n") {
		return "has several lines and starts with a tab, which kustomize can't print"
	}
	return ""
}

func (r *reader) readMap(n *yaml.Node, depth int) *Value {
	v := &Value{Kind: Map, Pos: r.pos(n), Entries: make([]Entry, 0, len(n.Content)/2)}
	var merges []*yaml.Node
	var before map[string]diag.Pos // the keys that come before a merge
	lines := map[string]diag.Pos{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		pos := r.pos(n.Content[i])
		if k.Kind != yaml.ScalarNode {
			r.diags.Errorh(pos, "key-type", "put text that begins with { or [ in quotes", "a key must be text, not a list or a map")
			continue
		}
		if r.badKey(n.Content[i], k) {
			continue
		}
		if k.ShortTag() == "!!merge" {
			if r.kubernetes && len(merges) > 0 {
				r.diags.Errorh(pos, "duplicate-key", "write <<: [*ONE, *OTHER]", `the key "<<" is set twice`)
			}
			before = maps.Clone(lines)
			merges = append(merges, c)
			continue
		}
		if first, ok := lines[k.Value]; ok {
			r.diags.Errorh(pos, "duplicate-key", "remove one of the two", "the key %q is already set in line %d", k.Value,
				first.Line)
			continue
		}
		lines[k.Value] = pos
		if x := r.read(c, depth+1); x != nil {
			e := Entry{Key: k.Value, Plain: isPlain(k), KeyPos: pos, Value: x}
			if r.kubernetes {
				checkKey(e, r.diags)
			}
			v.Entries = append(v.Entries, e)
		}
	}
	if r.kubernetes {
		r.checkMerges(merges, before)
	}
	for _, m := range merges {
		r.mergeKey(v, lines, m, depth)
	}
	return v
}

// mergeKey resolves "<<", as YAML 1.1 defines it: keys of the map itself come
// first, then those of the maps merged, in their order.
func (r *reader) mergeKey(v *Value, lines map[string]diag.Pos, m *yaml.Node, depth int) {
	from := r.read(m, depth+1)
	sources := []*Value{from}
	if from.Is(List) {
		sources = from.Items
	}
	for _, s := range sources {
		if !s.Is(Map) {
			if s != nil {
				r.diags.Errorf(r.pos(m), "merge-key", `"<<" takes a map or a list of maps`)
			}
			continue
		}
		if r.count(m, len(s.Entries)); r.full {
			return
		}
		for _, e := range s.Entries {
			if _, ok := lines[e.Key]; !ok {
				lines[e.Key] = e.KeyPos
				v.Entries = append(v.Entries, e)
			}
		}
	}
}

// Describe names a value as a message about a wrong type does: its kind, and
// its text where it is short, without the credentials in it.
func (v *Value) Describe() string {
	if v == nil || v.Kind == Null {
		return "nothing"
	}
	if v.IsScalar() {
		text := credential.Redact(v.Text)
		if r := []rune(text); len(r) > 40 {
			text = string(r[:40]) + "…"
		}
		return fmt.Sprintf("the %s %q", v.Kind, text)
	}
	return "a " + v.Kind.String()
}
