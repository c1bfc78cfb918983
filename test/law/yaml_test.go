package law_test

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// object is a YAML map that is being built.
type object struct{ *yaml.Node }

func newObject() object { return object{&yaml.Node{Kind: yaml.MappingNode}} }

// set puts a value under a key, in place of one that is there. Nil is not put.
func (o object) set(key string, v *yaml.Node) {
	if v == nil {
		return
	}
	for i := 0; i+1 < len(o.Content); i += 2 {
		if o.Content[i].Value == key {
			o.Content[i+1] = v
			return
		}
	}
	k := &yaml.Node{}
	k.SetString(key)
	o.Content = append(o.Content, k, v)
}

// get returns the value under a key, or nil.
// with is set for an expression.
func (o object) with(key string, v *yaml.Node) object {
	o.set(key, v)
	return o
}

func (o object) get(key string) *yaml.Node {
	for i := 0; i+1 < len(o.Content); i += 2 {
		if o.Content[i].Value == key {
			return o.Content[i+1]
		}
	}
	return nil
}

// fields builds a map of alternating keys and values.
func fields(pairs ...any) *yaml.Node {
	o := newObject()
	for i := 0; i+1 < len(pairs); i += 2 {
		v, _ := pairs[i+1].(*yaml.Node)
		o.set(pairs[i].(string), v)
	}
	return o.Node
}

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// plain returns a scalar without quotes, where YAML can have it so.
func plain(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// quoted returns a text in quotes.
func quoted(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: text}
}

func null(g *generator) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: pick(g, "null", "~", "")}
}

// blockNulls spells out empty nulls on one line, where the library would quote
// them.
func blockNulls(n *yaml.Node, flow bool) {
	flow = flow || n.Style&yaml.FlowStyle != 0
	if flow && n.Tag == "!!null" {
		n.Value = "null"
	}
	for _, c := range n.Content {
		blockNulls(c, flow)
	}
}

// parsed returns the node of a YAML text.
func parsed(text string) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		panic(err)
	}
	return doc.Content[0]
}

// shuffle puts keys in random order, and small maps on one line.
func (g *generator) shuffle(o object) {
	pairs := len(o.Content) / 2
	g.Shuffle(pairs, func(i, j int) {
		o.Content[2*i], o.Content[2*j] = o.Content[2*j], o.Content[2*i]
		o.Content[2*i+1], o.Content[2*j+1] = o.Content[2*j+1], o.Content[2*i+1]
	})
	if pairs < 4 && g.chance(30) {
		o.Style = yaml.FlowStyle
	}
}

// flow puts a map on one line now and then.
func (g *generator) flow(n *yaml.Node) *yaml.Node {
	if g.chance(50) {
		n.Style = yaml.FlowStyle
	}
	return n
}

// text returns a text in one of the styles that can hold it.
func (g *generator) text(s string) *yaml.Node {
	n := quoted(s)
	switch g.IntN(6) {
	case 0, 1:
		if !strings.ContainsAny(s, "\n\r\t\u2028\u2029\ufeff") && !isNull(s) {
			n.Style = 0
		}
	case 2:
		if !strings.ContainsAny(s, "\n\r\t\u2028\u2029\ufeff") {
			n.Style = yaml.SingleQuotedStyle
		}
	case 3, 4:
		if blockText(s) {
			n.Style = pick(g, yaml.LiteralStyle, yaml.LiteralStyle, yaml.FoldedStyle)
		}
	}
	return n
}

func isNull(s string) bool {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// blockText reports whether the library writes a text as a block so that it
// reads it back as it was.
func blockText(s string) bool {
	if !strings.Contains(s, "\n") || strings.ContainsAny(s, "\r\t\u2028\u2029\ufeff") {
		return false
	}
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.TrimSpace(line) != line {
			return false
		}
	}
	return true
}

// said is what a layer says, over the layers under it: paths such as
// "config.KEY" and "image.tag".
type said struct {
	keys, dead map[string]bool
	locked     map[string]bool // may not be deleted
	under      *said
}

// builtin returns what the built-in defaults say in an environment.
func builtin(env string) *said {
	s := &said{}
	s.add("security", "disruption", "spread")
	switch env {
	case "dev", "staging", "prod":
		s.add("replicas", "config.LOG_LEVEL", "resources.requests.memory", "resources.requests.cpu", "resources.limits.memory",
			"resources.limits.cpu")
	}
	return s
}

// has reports whether there is a value at or below a path.
func (s *said) has(path string) bool {
	if s == nil {
		return false
	}
	for key := range s.keys {
		if key == path || strings.HasPrefix(key, path+".") {
			return true
		}
	}
	for at := path; at != ""; at = at[:max(strings.LastIndexByte(at, '.'), 0)] {
		if s.dead[at] {
			return false
		}
	}
	return s.under.has(path)
}

// deletable reports whether null may stand at a path.
func (s *said) deletable(path string) bool {
	for key := range s.locked {
		if key == path || strings.HasPrefix(key, path+".") || strings.HasPrefix(path, key+".") {
			return false
		}
	}
	return s.has(path)
}

func (s *said) add(paths ...string) {
	if s.keys == nil {
		s.keys = map[string]bool{}
	}
	for _, path := range paths {
		s.keys[path] = true
	}
}

// del notes that nothing is left at a path.
func (s *said) del(path string) {
	if s.dead == nil {
		s.dead = map[string]bool{}
	}
	for key := range s.keys {
		if key == path || strings.HasPrefix(key, path+".") {
			delete(s.keys, key)
		}
	}
	s.dead[path] = true
}
