package edit

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/layout"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// last is the key that a new key of the top level is put before.
const last = "environments"

// editor collects the parts of a source that a change replaces.
type editor struct {
	file   string
	src    []byte
	old    *value.Value
	root   *layout.Node
	change Change

	eol    string         // line ending of the file
	step   int            // columns that it indents by
	single bool           // it prefers single quotes
	way    []*layout.Node // from the root to the value, as far as they are there

	edits []part
	diags diag.List
}

// survey finds out how the file is written.
func (e *editor) survey() {
	e.eol, e.step = "\n", 2
	if i := bytes.IndexByte(e.src, '\n'); i > 0 && e.src[i-1] == '\r' {
		e.eol = "\r\n"
	}
	quotes, found := 0, false
	e.root.Walk(func(n *layout.Node) {
		switch {
		case n.Form == layout.SingleQuoted:
			quotes++
		case n.Form == layout.DoubleQuoted:
			quotes--
		}
		for _, p := range n.Pairs {
			if x := p.Value; !found && n.Form == layout.Block && x.Form == layout.Block && x.Kind == value.Map && x.Indent > n.Indent {
				e.step, found = x.Indent-n.Indent, true
			}
		}
	})
	e.single = quotes > 0
}

func (e *editor) replace(start, end int, text string) {
	e.edits = append(e.edits, part{start, end, text})
}

// pos returns a place as a position.
func (e *editor) pos(i int) diag.Pos {
	before := bytes.TrimPrefix(e.src[:i], []byte("\xef\xbb\xbf"))
	line := bytes.Count(before, []byte("\n")) + 1
	return diag.Pos{File: e.file, Line: line, Col: utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1}
}

func (e *editor) lineStart(i int) int {
	for i > 0 && !isBreak(e.src[i-1]) {
		i--
	}
	return i
}

func (e *editor) lineEnd(i int) int {
	for i < len(e.src) && !isBreak(e.src[i]) {
		i++
	}
	return i
}

// isBreak knows the line breaks that people write; what else YAML takes for one
// stays inside of a line, and the proof at the end tells whether that was right.
func isBreak(c byte) bool { return c == '\n' || c == '\r' }

// nextLine returns the start of the line after the one that ends at i.
func (e *editor) nextLine(i int) int {
	if bytes.HasPrefix(e.src[i:], []byte("\r\n")) {
		return i + 2
	}
	return min(i+1, len(e.src))
}

// set goes along the path as far as the file does, and puts the rest there.
func (e *editor) set() {
	n, path := e.root, e.change.Path
	for i, key := range path {
		e.way = append(e.way, n)
		p := n.Pair(key)
		rest := path[i+1:]
		if p == nil {
			if merged := e.old.Get(path[:i+1]...); merged != nil && len(rest) > 0 {
				e.diags.Errorh(merged.Pos, "shared-value", "write "+key+" out in "+name(path[:i])+" first",
					"%s can't be changed on its own: %s comes from line %d, by a merge key",
					name(path), name(path[:i+1]), merged.Pos.Line)
				return
			}
			e.add(n, key, nest(rest, e.change.Value))
			return
		}
		x := p.Value
		switch {
		case len(rest) == 0:
			e.way = append(e.way, x)
			e.put(n, p, e.change.Value)
			return
		case x.Form == layout.Alias:
			e.diags.Errorh(e.pos(x.Start), "shared-value", "write "+name(path[:i+1])+" as a map that holds <<: *"+x.Text+
				" and its own keys",
				"%s can't be changed on its own: %s is %q, an alias of what is written elsewhere", name(path), name(path[:i+1]), "*"+x.Text)
			return
		case x.Kind == value.Map && x.Form != layout.Missing:
			n = x
		case x.Form == layout.Missing || x.Form == layout.PlainScalar && x.Kind == value.Null:
			e.way = append(e.way, x)
			e.put(n, p, nest(rest, e.change.Value))
			return
		default:
			at := e.old.Get(path[:i+1]...)
			e.diags.Errorh(e.pos(x.Head), "edit", "write its full form, a map, first",
				"%s can't be set: %s is a %s and has no fields", name(path), name(path[:i+1]), at.Kind)
			return
		}
	}
}

// nest returns v under the keys.
func nest(path []string, v *value.Value) *value.Value {
	for i := len(path) - 1; i >= 0; i-- {
		v = value.NewMap(diag.Pos{}).Set(path[i], v)
	}
	return v
}

// put replaces the value of a pair.
func (e *editor) put(in *layout.Node, p *layout.Pair, v *value.Value) {
	x := p.Value
	flow := in.Form == layout.Flow
	switch {
	case x.Form == layout.Missing:
		text := e.write(v, in, flow || e.flows(in, p))
		if e.src[p.Colon-1] != ':' {
			text = ":" + text
		}
		if strings.HasPrefix(text, e.eol) { // below the key, and below its comment
			at := e.lineEnd(p.Colon)
			e.replace(at, at, text)
			return
		}
		e.replace(p.Colon, p.Colon, text)
	case v.IsScalar():
		e.putScalar(in, p, v)
	default:
		asFlow := flow || x.Form == layout.Flow || e.flows(in, p)
		text := e.write(v, in, asFlow)
		if !strings.HasPrefix(text, e.eol) {
			e.below(p, text)
			return
		}
		at := p.Colon
		if e.lineStart(x.Head) > p.Colon {
			at = e.lineEnd(p.Colon)
		}
		e.replace(at, x.End, text)
	}
}

// below replaces a value by text on the line of its key. A comment between the
// two stays.
func (e *editor) below(p *layout.Pair, text string) {
	x := p.Value
	if e.lineStart(x.Head) > p.Colon {
		end := x.End
		if e.change.Value == nil && x.Form == layout.Block { // a comment beside what is removed goes too
			end = e.lineEnd(end)
		}
		e.replace(p.Colon, p.Colon, text)
		e.replace(e.lineEnd(p.Colon), end, "")
		return
	}
	e.replace(x.Head, x.End, strings.TrimPrefix(text, " "))
}

func (e *editor) putScalar(in *layout.Node, p *layout.Pair, v *value.Value) {
	x := p.Value
	flow := in.Form == layout.Flow
	switch x.Form {
	case layout.PlainScalar, layout.SingleQuoted, layout.DoubleQuoted:
		start, text := x.Start, e.scalar(v, x.Form, flow)
		if x.Tagged { // the tag may not fit the new text
			if start = x.Head; x.Anchor != "" {
				text = "&" + x.Anchor + " " + text
			}
		}
		e.replace(start, x.End, text)
	case layout.BlockScalar:
		if text, ok := e.literal(v, in.Indent+e.step); ok {
			e.replace(x.Start, x.End, text)
			return
		}
		header := string(e.src[x.Start:e.lineEnd(x.Start)])
		comment := ""
		if i := strings.IndexByte(header, '#'); i > 0 {
			comment = header[strings.IndexAny(header, " \t"):]
		}
		e.replace(x.Start, x.End, e.scalar(v, layout.PlainScalar, flow)+comment)
	case layout.Alias:
		e.replace(x.Start, x.End, e.scalar(v, layout.PlainScalar, flow))
	default:
		e.below(p, " "+e.scalar(v, layout.PlainScalar, flow))
	}
}

// flows reports whether the other values of a map that are maps are all in
// braces.
func (e *editor) flows(in *layout.Node, but *layout.Pair) bool {
	braces, blocks := 0, 0
	for i := range in.Pairs {
		x := in.Pairs[i].Value
		switch {
		case &in.Pairs[i] == but || x.Kind != value.Map || len(x.Pairs) == 0:
		case x.Form == layout.Flow:
			braces++
		case x.Form == layout.Block:
			blocks++
		}
	}
	return braces > 0 && blocks == 0
}

// add puts a new key at the end of a map; at the top level before environments.
func (e *editor) add(in *layout.Node, key string, v *value.Value) {
	if in.Form == layout.Flow {
		e.addFlow(in, key, v)
		return
	}
	at := len(in.Pairs) - 1
	if in == e.root {
		for i, p := range in.Pairs {
			if p.Key.Text == last && i > 0 {
				at = i - 1
			}
		}
	}
	end := e.lineEnd(in.Pairs[at].Value.End)
	e.replace(end, end, e.eol+e.indent(in)+e.key(key, in)+":"+e.write(v, in, e.flows(in, nil)))
}

// indent returns what stands before the keys of a block map.
func (e *editor) indent(in *layout.Node) string {
	start := in.Pairs[0].Key.Head
	before := string(e.src[e.lineStart(start):start])
	if strings.Trim(before, " ") == "" {
		return before
	}
	return strings.Repeat(" ", in.Indent)
}

// addFlow puts a key at the end of a map in braces: on the line of the last key,
// or on one of its own where all others are.
func (e *editor) addFlow(in *layout.Node, key string, v *value.Value) {
	text := e.key(key, in) + ":" + e.write(v, in, true)
	if len(in.Pairs) == 0 {
		if inside := e.src[in.Start+1 : in.End-1]; len(bytes.Trim(inside, " \t")) == 0 {
			e.replace(in.Start+1, in.End-1, text)
		} else { // a comment, or a line break
			e.replace(in.Start+1, in.Start+1, text)
		}
		return
	}
	p := in.Pairs[len(in.Pairs)-1]
	end := p.Value.End
	start := e.lineStart(p.Key.Head)
	indent := e.src[start:p.Key.Head]
	if len(bytes.TrimLeft(indent, " \t")) > 0 || e.lineStart(in.End-1) <= end {
		e.replace(end, end, ", "+text)
		return
	}
	comma := bytes.HasPrefix(bytes.TrimLeft(e.src[end:], " \t\r\n"), []byte(","))
	if comma {
		text += ","
	} else {
		e.replace(end, end, ",")
	}
	stop := e.lineEnd(end)
	e.replace(stop, stop, e.eol+string(indent)+text)
}
