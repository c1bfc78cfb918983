// Package edit changes one value of a descriptor and nothing else in the file:
// comments, blank lines, quotes, the order of keys and line endings stay as they
// are, byte for byte.
package edit

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/layout"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Change is one change: to set the value under Path, or to remove it.
type Change struct {
	Path  []string
	Value *value.Value // nil removes
	// Keep says of a removal how many leading steps of Path stay, as an empty map,
	// even where nothing is left in them.
	Keep int
}

// Set returns the change that sets the value at path. A text is written so that it
// reads as text again.
func Set(v *value.Value, path ...string) Change { return Change{Path: path, Value: v} }

// SetText returns the change that sets a scalar by its source text: 1.10 is
// written as 1.10, in the quotes that were there, or in none where the text needs
// none.
func SetText(text string, path ...string) Change {
	return Change{Path: path, Value: &value.Value{Kind: value.String, Plain: true, Text: text}}
}

// Remove returns the change that removes the value at path, and the maps on the
// way there that it leaves empty, but for the first keep of them.
func Remove(keep int, path ...string) Change { return Change{Path: path, Keep: keep} }

// Apply returns src with the changes. What was not asked for is the same bytes as
// before; where that can't be done, the error is a diag.List that says why and
// what to do, and nothing is changed. A change that is there already changes
// nothing.
func Apply(file string, src []byte, changes ...Change) ([]byte, error) {
	for _, c := range changes {
		var err error
		if src, err = apply(file, src, c); err != nil {
			return nil, err
		}
	}
	return src, nil
}

// apply makes one change and proves it: the new source, read again, must hold
// what the old one held with that one value changed.
func apply(file string, src []byte, c Change) ([]byte, error) {
	old, diags := value.Read(file, src)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	if !old.Is(value.Map) {
		diags.Errorf(diag.Pos{File: file, Line: 1, Col: 1}, "edit", "the file holds no map, so there is nothing to change")
		return nil, diags
	}
	if there := old.Get(c.Path...); c.Value == nil && there == nil || c.Value != nil && same(there, c.Value) {
		return src, nil
	}
	root, err := layout.Read(src)
	if err != nil {
		return nil, unable(file, c, old, err.Error())
	}
	e := &editor{file: file, src: src, old: old, root: root, change: c}
	e.survey()
	if c.Value == nil {
		e.remove()
	} else {
		e.set()
	}
	if err := e.diags.Err(); err != nil {
		return nil, err
	}
	out := splice(src, e.edits)
	got, found := value.Read(file, out)
	if found.HasErrors() || !e.asWanted(got) {
		return nil, e.explain()
	}
	return out, nil
}

// same reports whether there is what is wanted: of a text given as source, the
// text decides.
func same(there, wanted *value.Value) bool {
	if wanted.Plain && wanted.Kind == value.String {
		return there.IsScalar() && there.Text == wanted.Text
	}
	return value.Equal(there, wanted)
}

// asWanted compares what was made with what should have been made.
func (e *editor) asWanted(got *value.Value) bool {
	c := e.change
	want := with(e.old, c.Path, c.Value, c.Keep)
	if c.Value != nil {
		there := got.Get(c.Path...)
		if !same(there, c.Value) {
			return false
		}
		want = with(e.old, c.Path, there, 0)
	}
	return value.Equal(got, want)
}

// with returns v with the value at path replaced, or removed where x is nil.
func with(v *value.Value, path []string, x *value.Value, keep int) *value.Value {
	out := value.NewMap(v.At())
	if v.Is(value.Map) {
		out = v.Copy()
	}
	child := x
	if len(path) > 1 {
		child = with(out.Get(path[0]), path[1:], x, keep-1)
		if x == nil && len(child.Entries) == 0 && keep <= 0 {
			child = nil
		}
	}
	if child == nil {
		out.Delete(path[0])
		return out
	}
	return out.Set(path[0], child)
}

// splice replaces parts of src. Parts don't overlap.
type part struct {
	start, end int
	text       string
}

func splice(src []byte, parts []part) []byte {
	slices.SortStableFunc(parts, func(a, b part) int { return a.start - b.start })
	var out bytes.Buffer
	at := 0
	for _, p := range parts {
		out.Write(src[at:p.start])
		out.WriteString(p.text)
		at = p.end
	}
	out.Write(src[at:])
	return out.Bytes()
}

// unable says that a change can't be made without changing more.
func unable(file string, c Change, old *value.Value, why string) diag.List {
	var diags diag.List
	pos := diag.Pos{File: file, Line: 1, Col: 1}
	for i := range c.Path {
		if x := old.Get(c.Path[:i+1]...); x != nil && x.Pos.File == file {
			pos = x.Pos
		}
	}
	diags.Errorh(pos, "edit", "change it by hand", "%s can't be changed on its own: %s", name(c.Path), why)
	return diags
}

// name returns a path as messages do.
func name(path []string) string { return credential.Redact(strings.Join(path, ".")) }

// explain says why the change was refused: the usual reason is an anchor.
func (e *editor) explain() error {
	shared := slices.Clone(e.way)
	if len(e.way) > 0 {
		e.way[len(e.way)-1].Walk(func(n *layout.Node) { shared = append(shared, n) })
	}
	for _, n := range shared {
		if n.Anchor == "" {
			continue
		}
		if lines := e.uses(n.Anchor); lines != "" {
			var diags diag.List
			hint := "write the value out where it is repeated, in place of *" + n.Anchor
			diags.Errorh(e.pos(n.Head), "shared-value", hint,
				"%s can't be changed on its own: it is a part of %q, which is repeated on %s", name(e.change.Path), "&"+n.Anchor, lines)
			return diags
		}
	}
	if e.change.Value == nil {
		return unable(e.file, e.change, e.old, "a merge key would put another value in its place, or the file would not be valid any more")
	}
	return unable(e.file, e.change, e.old, "more would change, or the file would not be valid any more")
}

// uses lists the lines that repeat an anchor.
func (e *editor) uses(anchor string) string {
	var lines []string
	e.root.Walk(func(n *layout.Node) {
		if n.Form == layout.Alias && n.Text == anchor {
			lines = append(lines, strconv.Itoa(e.pos(n.Start).Line))
		}
	})
	switch lines = slices.Compact(lines); len(lines) {
	case 0:
		return ""
	case 1:
		return "line " + lines[0]
	}
	return "lines " + strings.Join(lines, ", ")
}
