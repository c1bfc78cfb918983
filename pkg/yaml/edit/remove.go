package edit

import (
	"bytes"

	"github.com/unfold-gitops/unfold/pkg/yaml/layout"
)

// remove takes the value out, and with it the maps that it leaves empty.
func (e *editor) remove() {
	n, path := e.root, e.change.Path
	e.way = append(e.way, n)
	for i, key := range path {
		p := n.Pair(key)
		if p == nil {
			at := e.old.Get(path[:i+1]...)
			e.diags.Errorh(at.Pos, "shared-value", "remove it there", "%s can't be removed: it comes by a merge key from line %d",
				name(path), at.Pos.Line)
			return
		}
		e.way = append(e.way, p.Value)
		if p.Value.Form == layout.Alias && i < len(path)-1 {
			e.diags.Errorh(e.pos(p.Value.Start), "shared-value", "write the map out in place of *"+p.Value.Text,
				"%s can't be removed on its own: %s is %q", name(path), name(path[:i+1]), "*"+p.Value.Text)
			return
		}
		n = p.Value
	}
	at := len(path) - 1
	for at > 0 && at > e.change.Keep && len(e.way[at].Pairs) == 1 {
		at--
	}
	in := e.way[at]
	if len(in.Pairs) == 1 && at > 0 {
		e.below(e.way[at-1].Pair(path[at-1]), " {}")
		return
	}
	for i := range in.Pairs {
		if p := &in.Pairs[i]; !p.Merge && p.Key.Text == path[at] {
			e.drop(in, i)
		}
	}
}

// drop removes a pair of a map that has others.
func (e *editor) drop(in *layout.Node, i int) {
	p := in.Pairs[i]
	start, end := p.Key.Head, max(p.Value.End, p.Colon)
	line, stop := e.lineStart(start), e.lineEnd(end)
	alone := len(bytes.TrimLeft(e.src[line:start], " \t\ufeff")) == 0
	if in.Form == layout.Flow {
		rest := bytes.TrimLeft(e.src[end:stop], " \t")
		if rest = bytes.TrimLeft(bytes.TrimPrefix(rest, []byte(",")), " \t"); !alone || len(rest) > 0 && rest[0] != '#' {
			e.dropInline(in, i)
			return
		}
		if before := i - 1; i == len(in.Pairs)-1 && before >= 0 && !bytes.HasPrefix(bytes.TrimLeft(e.src[end:], " \t\r\n"), []byte(",")) {
			if comma := bytes.IndexByte(e.src[in.Pairs[before].Value.End:start], ','); comma >= 0 {
				at := in.Pairs[before].Value.End + comma
				e.replace(at, at+1, "")
			}
		}
		e.dropLines(line, stop, false)
		return
	}
	if !alone { // the first pair beside a dash
		if i+1 < len(in.Pairs) {
			e.replace(start, in.Pairs[i+1].Key.Head, "")
		}
		return
	}
	e.dropLines(line, stop, true)
}

func (e *editor) dropInline(in *layout.Node, i int) {
	p := in.Pairs[i]
	if i+1 < len(in.Pairs) {
		e.replace(p.Key.Head, in.Pairs[i+1].Key.Head, "")
		return
	}
	end := max(p.Value.End, p.Colon)
	if i == 0 {
		e.replace(p.Key.Head, end, "")
		return
	}
	e.replace(max(in.Pairs[i-1].Value.End, in.Pairs[i-1].Colon), end, "")
}

// dropLines removes whole lines with the comment right above them, and of the
// blank lines above and below those that would be left double.
func (e *editor) dropLines(line, stop int, blanks bool) {
	indent := e.src[line : line+len(e.src[line:stop])-len(bytes.TrimLeft(e.src[line:stop], " \t\ufeff"))]
	from := line
	for from > 0 {
		above := e.lineStart(e.before(from))
		text := e.src[above:e.before(from)]
		if !bytes.HasPrefix(text, indent) || !bytes.HasPrefix(text[len(indent):], []byte("#")) {
			break
		}
		from = above
	}
	if from == 0 || from == len("\ufeff") && bytes.HasPrefix(e.src, []byte("\ufeff")) { // a comment about the whole file
		from = line
	}
	to := e.nextLine(stop)
	if blanks {
		below := to
		for below < len(e.src) && e.blank(below) {
			below = e.nextLine(e.lineEnd(below))
		}
		above := from
		for above > 0 && e.blank(e.lineStart(e.before(above))) {
			above = e.lineStart(e.before(above))
		}
		switch {
		case below == len(e.src) && above < from: // the last lines of the file
			from = above
		case above < from || from == 0:
			to = below
		}
	}
	if stop == len(e.src) && from > 0 { // no line break at the end, as before
		from, to = e.before(from), stop
	}
	e.replace(from, to, "")
}

// before returns the place of the line break that ends before the line at i.
func (e *editor) before(i int) int {
	if i > 1 && e.src[i-1] == '\n' && e.src[i-2] == '\r' {
		return i - 2
	}
	return i - 1
}

func (e *editor) blank(i int) bool {
	return len(bytes.TrimLeft(e.src[i:e.lineEnd(i)], " \t")) == 0
}
