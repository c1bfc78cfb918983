package delivery

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/credential"
	"github.com/unfold-gitops/unfold/pkg/seal"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// maskPlain gives a descriptor without what stands under secrets and is not sealed,
// and without what looks like a credential elsewhere: neither should be there, and
// neither must be printed. What other does not have too is shown as changed.
func maskPlain(src, other []byte, changed string) string {
	found, ok := plainSecrets(src)
	if !ok {
		return ""
	}
	there := map[string]bool{}
	others, _ := plainSecrets(other)
	for _, n := range others {
		there[n.Text] = true
	}
	slices.SortFunc(found, func(a, b *value.Node) int { return b.Start - a.Start })
	for _, n := range found {
		shown := "***"
		if len(others) > 0 && !there[n.Text] {
			shown = changed
		}
		src = slices.Concat(src[:n.Start], []byte(shown), src[n.End:])
	}
	return string(src)
}

// plainSecrets gives the scalars that nobody is to read; ok is false where the
// text is no YAML.
func plainSecrets(src []byte) (found []*value.Node, ok bool) {
	root, err := value.Layout(src)
	if err != nil {
		return nil, false
	}
	p := plainFinder{seen: map[*value.Node]bool{}}
	root.Walk(func(n *value.Node) {
		secrets := n.Pair("secrets")
		if secrets == nil {
			return
		}
		for _, x := range secrets.Value.Pairs {
			if slices.Contains([]string{"mount", "type", "labels", "annotations"}, x.Key.Text) {
				continue
			}
			if p.unsealed(x.Value); x.Value.Pair("value") != nil {
				p.unsealed(x.Value.Pair("value").Value)
			}
		}
	})
	p.look("", root)
	return p.found, true
}

type plainFinder struct {
	found []*value.Node
	seen  map[*value.Node]bool
}

func scalar(n *value.Node) bool {
	return n != nil && n.Form != value.Missing && len(n.Pairs)+len(n.Items) == 0
}

func (p *plainFinder) unsealed(n *value.Node) {
	if scalar(n) && !seal.Is(n.Text) {
		p.add(n, true)
	}
	if n != nil {
		p.seen[n] = true
	}
}

func (p *plainFinder) add(n *value.Node, secret bool) {
	if secret && !p.seen[n] {
		p.seen[n] = true
		p.found = append(p.found, n)
	}
}

// look goes through what stands under a key.
func (p *plainFinder) look(key string, n *value.Node) {
	if n == nil || p.seen[n] {
		return
	}
	if scalar(n) {
		p.add(n, len(credential.InField(key, n.Text))+len(credential.InText(n.Text)) > 0)
		return
	}
	var texts []string
	for _, item := range n.Items {
		texts = append(texts, item.Text)
		p.look("", item)
	}
	for _, x := range credential.InArgs(texts) {
		p.add(n.Items[x.Line-1], scalar(n.Items[x.Line-1]))
	}
	named := slices.Contains([]string{"env", "config", "files", "data", "stringData"}, key)
	for _, x := range n.Pairs {
		if named {
			for _, v := range []*value.Node{x.Value, under(x.Value, "value"), under(x.Value, "content")} {
				if scalar(v) {
					p.add(v, len(credential.InValue(x.Key.Text, v.Text)) > 0)
				}
			}
		}
		if name := under(n, "name"); x.Key.Text == "value" && scalar(name) && scalar(x.Value) {
			p.add(x.Value, len(credential.InValue(name.Text, x.Value.Text)) > 0)
		}
		p.look(x.Key.Text, x.Value)
	}
}

// under gives what stands under a key, or nil.
func under(n *value.Node, key string) *value.Node {
	if n == nil || n.Pair(key) == nil {
		return nil
	}
	return n.Pair(key).Value
}
