// Package layout returns where each value of a YAML file stands, byte by byte, for
// those who change one value and keep every other byte.
package layout

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Form is how a node is written.
type Form uint8

// The forms of a node.
const (
	Missing      Form = iota // nothing is written: the value of a bare "key:"
	PlainScalar              // text without quotes
	SingleQuoted             // 'text'
	DoubleQuoted             // "text"
	BlockScalar              // | or >
	Alias                    // *name
	Flow                     // {…} or […]
	Block                    // a map or list by indentation
)

// Node is where a value stands in its source, as bytes from Start up to End.
// Anchors and tags begin at Head, which is Start where there are none; the line
// break after the last line is no part of a node.
type Node struct {
	Head, Start, End int
	Form             Form
	Kind             value.Kind //  Null for an alias
	Text             string     // of a scalar; the name of an alias
	Anchor           string
	Tagged           bool
	Indent           int // of a block map or list: the column of its keys or dashes, from 0
	Pairs            []Pair
	Items            []*Node
}

// Pair is a key of a map with its value.
type Pair struct {
	Key   *Node
	Colon int  // the place after the key's colon, or after the key where it has none
	Merge bool // the key is "<<"
	Value *Node
}

// Pair returns the pair with the key, or nil.
func (n *Node) Pair(key string) *Pair {
	for i := range n.Pairs {
		if p := &n.Pairs[i]; !p.Merge && p.Key.Text == key {
			return p
		}
	}
	return nil
}

// Walk calls visit for n and every node below it, keys included.
func (n *Node) Walk(visit func(*Node)) {
	visit(n)
	for _, item := range n.Items {
		item.Walk(visit)
	}
	for _, p := range n.Pairs {
		p.Key.Walk(visit)
		p.Value.Walk(visit)
	}
}

var errPlaces = errors.New("the file is written in a way that can't be followed to its bytes")

// Read returns the places of the only document in a YAML file that value.Read takes.
// The YAML library tells where nodes start; where they end is found in the
// source. A source that does not fit what the library says is an error.
func Read(src []byte) (*Node, error) {
	body := bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	l := layouter{src: src, lines: []int{len(src) - len(body)}}
	for i := l.lines[0]; i < len(src); {
		size := value.LineBreak(src[i:])
		if i += max(size, 1); size > 0 {
			l.lines = append(l.lines, i)
		}
	}
	dec := yaml.NewDecoder(bytes.NewReader(body))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			return nil, fmt.Errorf("%w: %w", errPlaces, err)
		}
		if root := doc.Content[0]; root.ShortTag() != "!!null" {
			n := l.node(root, -1)
			if l.failed {
				return nil, errPlaces
			}
			return n, nil
		}
	}
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || value.IsLineBreak(r) }

type layouter struct {
	src    []byte
	lines  []int // where each starts
	failed bool
}

// fail notes that the source is not what was expected.
func (l *layouter) fail() int {
	l.failed = true
	return len(l.src)
}

func (l *layouter) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(l.lines) {
		return l.fail()
	}
	i := l.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(l.src[i:])
		i += size
	}
	return i
}

func (l *layouter) at(i int) byte {
	if i < len(l.src) {
		return l.src[i]
	}
	return 0
}

// node lays out a node that is not missing, within a block that is indented by
// so many columns.
func (l *layouter) node(y *yaml.Node, indent int) *Node {
	n := &Node{Text: y.Value, Anchor: y.Anchor, Tagged: y.Style&yaml.TaggedStyle != 0}
	n.Head = l.offset(y)
	n.Start = n.Head
	if l.failed {
		return n
	}
	n.Start = l.properties(n.Head, y)
	switch y.Kind {
	case yaml.AliasNode:
		n.Form, n.End = Alias, n.Start+1+len(y.Value)
		if l.at(n.Start) != '*' {
			l.fail()
		}
	case yaml.MappingNode, yaml.SequenceNode:
		l.collection(n, y, indent)
	default:
		l.scalar(n, y, indent)
	}
	if n.End > len(l.src) || n.End < n.Start || n.Start < n.Head {
		l.fail()
	}
	return n
}

// properties skips anchors and tags, and what separates them from the value.
func (l *layouter) properties(i int, y *yaml.Node) int {
	if y.Kind == yaml.AliasNode {
		return i
	}
	for l.at(i) == '&' && y.Anchor != "" || l.at(i) == '!' && y.Style&yaml.TaggedStyle != 0 {
		end := i
		for end < len(l.src) && l.src[end] != ' ' && l.src[end] != '\t' && value.LineBreak(l.src[end:]) == 0 &&
			!strings.ContainsRune(",]}", rune(l.src[end])) {
			end++
		}
		next := l.space(end)
		const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
		if y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&quoted == 0 && l.at(next) != '&' && l.at(next) != '!' {
			return end // there is nothing but the anchor or tag
		}
		i = next
	}
	return i
}

// space skips blanks, line breaks and comments.
func (l *layouter) space(i int) int {
	for i < len(l.src) {
		c := l.src[i]
		switch size := value.LineBreak(l.src[i:]); {
		case size > 0:
			i += size
		case c == ' ', c == '\t':
			i++
		case c == '#':
			i = l.lineEnd(i)
		default:
			return i
		}
	}
	return i
}

// lineEnd returns the place of the line break, or the end of the source.
func (l *layouter) lineEnd(i int) int {
	for i < len(l.src) && value.LineBreak(l.src[i:]) == 0 {
		i++
	}
	return i
}

func (l *layouter) collection(n *Node, y *yaml.Node, indent int) {
	n.Form, n.Kind = Block, value.Map
	if y.Kind == yaml.SequenceNode {
		n.Kind = value.List
	}
	if y.Style&yaml.FlowStyle != 0 {
		n.Form = Flow
	}
	n.End = n.Start
	if n.Form == Block {
		if len(y.Content) == 0 {
			l.fail()
			return
		}
		n.Indent = l.column(n.Start)
		indent = n.Indent
	} else if c := l.at(n.Start); c == '{' || c == '[' {
		n.End++
	} else if n.Kind != value.Map || len(y.Content) != 2 { // but [key: value] is a map
		l.fail()
	}
	for i := 0; i < len(y.Content) && !l.failed; i++ {
		if n.Kind == value.List {
			n.Items = append(n.Items, l.item(n, y.Content[i], indent))
			n.End = max(n.End, n.Items[i].End)
			continue
		}
		p := Pair{Key: l.node(y.Content[i], indent)}
		p.Merge = y.Content[i].ShortTag() == "!!merge"
		i++
		if p.Colon = l.space(p.Key.End); l.at(p.Colon) == ':' {
			p.Colon++
		} else {
			p.Colon = p.Key.End
		}
		p.Value = l.mapValue(y.Content[i], indent, p.Colon)
		n.Pairs = append(n.Pairs, p)
		n.End = p.Value.End
	}
	if n.Form == Block || l.failed {
		return
	}
	closing := map[byte]byte{'{': '}', '[': ']'}[l.at(n.Start)]
	if closing == 0 {
		return
	}
	end := l.space(n.End)
	if l.at(end) == ',' && len(y.Content) > 0 {
		end = l.space(end + 1)
	}
	if l.at(end) != closing {
		l.fail()
	}
	n.End = end + 1
}

// item lays out an item of a list; one of a block list may be missing.
func (l *layouter) item(n *Node, y *yaml.Node, indent int) *Node {
	if empty(y) {
		at := l.offset(y)
		return &Node{Head: at, Start: at, End: at}
	}
	return l.node(y, indent)
}

// mapValue lays out a map's value, which may be missing.
func (l *layouter) mapValue(y *yaml.Node, indent, colon int) *Node {
	if empty(y) {
		return &Node{Head: colon, Start: colon, End: colon}
	}
	return l.node(y, indent)
}

// empty reports whether nothing at all is written for a value.
func empty(y *yaml.Node) bool {
	const written = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle
	return y.Kind == yaml.ScalarNode && y.Value == "" && y.Anchor == "" && y.Style&written == 0
}

// column returns the column of a place, from 0, in characters.
func (l *layouter) column(i int) int {
	line, exact := slices.BinarySearch(l.lines, i)
	if !exact {
		line--
	}
	return utf8.RuneCount(l.src[l.lines[line]:i])
}

func (l *layouter) scalar(n *Node, y *yaml.Node, indent int) {
	n.Kind = value.KindOf(y.ShortTag())
	want := byte(0)
	switch {
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.Form, want, n.End = SingleQuoted, '\'', l.singleQuoted(n.Start)
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.Form, want, n.End = DoubleQuoted, '"', l.doubleQuoted(n.Start)
	case y.Style&yaml.LiteralStyle != 0:
		n.Form, want, n.End = BlockScalar, '|', l.blockScalar(n.Start, indent)
	case y.Style&yaml.FoldedStyle != 0:
		n.Form, want, n.End = BlockScalar, '>', l.blockScalar(n.Start, indent)
	default:
		n.Form, n.End = PlainScalar, l.plain(n.Start, y.Value)
	}
	if want != 0 && l.at(n.Start) != want {
		l.fail()
	}
}

func (l *layouter) singleQuoted(i int) int {
	for i++; i < len(l.src); i++ {
		if l.src[i] == '\'' {
			if l.at(i+1) != '\'' {
				return i + 1
			}
			i++
		}
	}
	return l.fail()
}

func (l *layouter) doubleQuoted(i int) int {
	for i++; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return l.fail()
}

// plain finds the end of a text without quotes. It has no escapes, and folding
// changes white space only, so the source holds all other characters in order.
func (l *layouter) plain(i int, text string) int {
	end := i
	for _, r := range text {
		if isSpace(r) {
			continue
		}
		for {
			got, size := utf8.DecodeRune(l.src[i:])
			i += size
			if got == r {
				break
			}
			if size == 0 || !isSpace(got) {
				return l.fail()
			}
		}
		end = i
	}
	return end
}

// blockScalar finds the end of a text by | or >: before the first line that is
// indented less than its first, without the line break. Blank lines at the end
// belong to it only where it keeps them ("|+") or where they hold more spaces
// than its indentation.
func (l *layouter) blockScalar(i, indent int) int {
	header := l.lineEnd(i)
	keep, content := false, -1
	for _, c := range l.src[i+1 : header] {
		if c == ' ' || c == '\t' || c == '#' {
			break
		}
		if c == '+' {
			keep = true
		}
		if c >= '1' && c <= '9' {
			content = max(indent, 0) + int(c-'0')
		}
	}
	end := header
	for next := header; next < len(l.src); {
		start := next + value.LineBreak(l.src[next:])
		if start == len(l.src) {
			break
		}
		spaces := start
		for l.at(spaces) == ' ' {
			spaces++
		}
		stop := l.lineEnd(spaces)
		next = stop
		blank := spaces == stop
		if blank && (content < 0 || spaces-start <= content) {
			if keep {
				end = stop
			}
			continue
		}
		if content < 0 {
			if spaces-start <= indent {
				break
			}
			content = spaces - start
		}
		if spaces-start < content {
			break
		}
		end = stop
	}
	return end
}
