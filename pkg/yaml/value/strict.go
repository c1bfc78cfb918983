package value

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

const byteOrderMark = "\xef\xbb\xbf"

// checkLines finds lines that some readers take for a separator of documents and
// others don't. kustomize and kubectl cut a text into documents at each "---"
// behind a line feed, before they parse it, and drop what else is on that line.
func checkLines(file string, src []byte, kubernetes bool, diags *diag.List) {
	if !kubernetes && !bytes.Contains(src, []byte("---")) && !bytes.Contains(src, []byte(byteOrderMark)) {
		return
	}
	for i, line := 0, 1; i < len(src); line++ {
		end := i
		for end < len(src) && LineBreak(src[end:]) == 0 {
			end++
		}
		size := LineBreak(src[end:])
		begins, ends := i == 0 || src[i-1] == '\n', size == 0 || src[end+size-1] == '\n' // as every reader breaks lines
		text := string(src[i:end])
		separates := strings.HasPrefix(text, "---")
		pos := diag.Pos{File: file, Line: line, Col: 1}
		switch {
		case separates && !(begins && ends && isSeparator(text[3:], kubernetes)):
			diags.Errorh(pos, "document-separator",
				`write "---" alone on its line, and put text that begins with it in quotes on the line of its key`,
				`only some readers of YAML take this line, which begins with "---", for the start of another document`)
			return
		case i > 0 && strings.HasPrefix(text, byteOrderMark):
			diags.Errorh(pos, "document-separator", "remove it",
				"the line begins with a byte order mark, which only some readers of YAML leave out")
			return
		case kubernetes && !ends:
			pos.Col = utf8.RuneCount(src[i:end]) + 1
			r, _ := utf8.DecodeRune(src[end:])
			diags.Errorh(pos, "line-break", `end lines with a line feed; in a text, write it as an escape in double quotes, such as `+
				`"\u2028"`,
				"only some readers of YAML take %#U for the end of a line", r)
			return
		case kubernetes && strings.HasPrefix(text, "%"):
			diags.Errorh(pos, "yaml-directive", "remove the line", "kustomize does not take YAML's directives")
			return
		}
		i = end + max(size, 1)
	}
}

// LineBreak returns the length of the line break that b starts with, 0 for none.
func LineBreak(b []byte) int {
	if bytes.HasPrefix(b, []byte("\r\n")) {
		return 2
	}
	r, size := utf8.DecodeRune(b)
	if IsLineBreak(r) {
		return size
	}
	return 0
}

// IsLineBreak reports whether YAML takes a character for a line break.
func IsLineBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// isSeparator reports whether "---" is a separator with this behind it. In
// Kubernetes' form that can only be a comment.
func isSeparator(rest string, kubernetes bool) bool {
	text := strings.TrimLeft(rest, " \t")
	return text == "" || text != rest && (!kubernetes || text[0] == '#')
}

// isPlain reports whether a scalar is written without quotes and without a tag.
func isPlain(n *yaml.Node) bool {
	const marked = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle
	return n.Style&marked == 0
}

// badTag reports a tag that the readers don't agree on, or that we don't know.
func (r *reader) badTag(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Kind == yaml.DocumentNode || n.Kind == 0 {
		return false
	}
	if n.Style&yaml.TaggedStyle == 0 {
		first := n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Content[0].Line == n.Line && n.Content[0].Column == n.Column
		if !first && r.bang(n) { // else it is the tag of the map's first key
			r.diags.Errorh(r.pos(n), "yaml-tag", "remove the tag", `the tag "!" means something else to each reader of YAML`)
			return true
		}
		return false
	}
	tag := n.ShortTag()
	known := false
	switch n.Kind {
	case yaml.MappingNode:
		known = tag == "!!map"
	case yaml.SequenceNode:
		known = tag == "!!seq"
	case yaml.ScalarNode:
		switch tag {
		case "!!str":
			known = true
		case "!!int", "!!float", "!!bool", "!!null":
			known = !r.kubernetes
			if untagged := (&yaml.Node{Kind: yaml.ScalarNode, Value: n.Value}); untagged.ShortTag() != tag {
				r.diags.Errorh(r.pos(n), "yaml-tag", "remove the tag", "the tag %q does not fit the text", n.Tag)
				return true
			}
		}
	}
	switch {
	case known:
		return false
	case strings.HasPrefix(n.Tag, "!!"):
		// Its name only if it is YAML's: else it may be a secret that was not put in quotes.
		r.diags.Errorh(r.pos(n), "yaml-tag", "remove the tag", "the tag %q is not supported", n.Tag)
	default:
		r.diags.Errorh(r.pos(n), "yaml-tag", "remove the tag, or put a text that starts with ! in quotes", "tags are not supported")
	}
	return true
}

// bang reports whether a node has the tag "!", of which the YAML library does not
// tell.
func (r *reader) bang(n *yaml.Node) bool {
	_, found := slices.BinarySearch(r.bangs, place{n.Line, n.Column}.order())
	return found
}

// place is a line and a column, from 1.
type place struct{ line, col int }

func (p place) order() int64 { return int64(p.line)<<32 | int64(p.col) }

// bangs returns, in order, the places where a node may begin with the tag "!", or
// with an anchor and the tag behind it.
func bangs(src []byte) []int64 {
	if bytes.IndexByte(src, '!') < 0 {
		return nil
	}
	var out []int64
	at, anchor := place{1, 1}, place{}
	before, inAnchor := byte(' '), false
	for i := 0; i < len(src); {
		c := src[i]
		size := LineBreak(src[i:])
		blank := size > 0 || c == ' ' || c == '\t'
		if inAnchor && strings.IndexByte(",[]{}", c) >= 0 {
			inAnchor, anchor = false, place{}
		}
		switch {
		case blank:
			inAnchor = false
		case inAnchor:
		case c == '!' && mayBegin(before):
			if anchor.line > 0 {
				out = append(out, anchor.order())
			}
			out = append(out, at.order())
			anchor = place{}
		case c == '&' && mayBegin(before):
			anchor, inAnchor = at, true
		default:
			anchor = place{}
		}
		before = c
		if size > 0 {
			i += size
			at = place{at.line + 1, 1}
			before = ' '
			continue
		}
		_, width := utf8.DecodeRune(src[i:])
		i += width
		at.col++
	}
	return out
}

// mayBegin reports whether a node may begin behind a character.
func mayBegin(before byte) bool { return strings.IndexByte(" \t[{,:", before) >= 0 }

// badKey reports a key that the readers don't agree on. At is where it stands,
// which is another node than k for an alias.
func (r *reader) badKey(at, k *yaml.Node) bool {
	pos := r.pos(at)
	if tagged := k.Style&yaml.TaggedStyle != 0; tagged && k.ShortTag() != "!!str" || !tagged && r.bang(k) {
		r.diags.Errorh(pos, "yaml-tag", "remove the tag", "a key can't have a tag")
		return true
	}
	if k.Value == "<<" && !isPlain(k) {
		r.diags.Errorh(pos, "merge-key", "write << without quotes to merge maps", `only some readers of YAML take "<<" in quotes for text`)
		return true
	}
	if problem := Unprintable(k.Value); problem != "" {
		r.diags.Errorh(pos, "unprintable", "change the key", "the key %s", problem)
		return true
	}
	return false
}

// checkMerges reports maps that are merged into one that has a key of theirs
// before: kubectl takes the key of the merged one then.
func (r *reader) checkMerges(merges []*yaml.Node, before map[string]diag.Pos) {
	for _, m := range merges {
		sources := []*yaml.Node{m}
		if m.Kind == yaml.SequenceNode {
			sources = m.Content
		}
		for _, s := range sources {
			if s.Kind == yaml.AliasNode {
				s = s.Alias
			}
			if s.Kind == yaml.SequenceNode { // an alias of a list
				r.diags.Errorh(r.pos(m), "merge-key", "write <<: [*ONE, *OTHER]", `kubectl can't merge an alias of a list`)
				return
			}
			for i := 0; i+1 < len(s.Content); i += 2 {
				if _, ok := before[s.Content[i].Value]; ok || s.Content[i].ShortTag() == "!!merge" && len(before) > 0 {
					r.diags.Errorh(r.pos(m), "merge-key", "write << before the other keys of the map",
						`kubectl takes the key %q of the map that is merged, and kustomize the one above`, s.Content[i].Value)
					return
				}
			}
		}
	}
}
