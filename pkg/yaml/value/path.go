package value

import "github.com/unfold-gitops/unfold/pkg/diag"

// Replace returns v with what edit makes of each node at path. Lists on the way
// are gone through item by item and don't stand in path. Edit returns its
// argument back to leave a node as it is; v itself is never changed, and where
// nothing is, v is given back.
func (v *Value) Replace(path []string, edit func(*Value) *Value) *Value {
	if v == nil {
		return nil
	}
	if v.Kind == List {
		out := v
		for i, item := range v.Items {
			if x := item.Replace(path, edit); x != item {
				if out == v {
					out = v.Copy()
				}
				out.Items[i] = x
			}
		}
		return out
	}
	if len(path) == 0 {
		return edit(v)
	}
	e := v.Entry(path[0])
	if e == nil {
		return v
	}
	x := e.Value.Replace(path[1:], edit)
	if x == e.Value {
		return v
	}
	out := v.Copy()
	out.Entry(path[0]).Value = x
	return out
}

// Each calls visit for each node at path, as Replace finds them.
func (v *Value) Each(path []string, visit func(*Value)) {
	v.Replace(path, func(x *Value) *Value {
		visit(x)
		return x
	})
}

// Walk calls visit for v and every value below it, parents first.
func (v *Value) Walk(visit func(*Value)) {
	if v == nil {
		return
	}
	visit(v)
	for _, item := range v.Items {
		item.Walk(visit)
	}
	for _, e := range v.Entries {
		e.Value.Walk(visit)
	}
}

// Place sets the position of v and everything in it, for a text inside of another.
func (v *Value) Place(pos diag.Pos) {
	v.Walk(func(x *Value) {
		x.Pos = pos
		for i := range x.Entries {
			x.Entries[i].KeyPos = pos
		}
	})
}
