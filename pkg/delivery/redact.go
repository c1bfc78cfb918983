package delivery

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
	"github.com/unfold-gitops/unfold/pkg/yaml/layout"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// maskPlain returns a descriptor without what stands under secrets and is not sealed,
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
	slices.SortFunc(found, func(a, b *layout.Node) int { return b.Start - a.Start })
	for _, n := range found {
		shown := "***"
		if len(others) > 0 && !there[n.Text] {
			shown = changed
		}
		src = slices.Concat(src[:n.Start], []byte(shown), src[n.End:])
	}
	return string(src)
}

// plainSecrets returns the scalars that nobody is to read; ok is false where the
// text is no YAML.
func plainSecrets(src []byte) (found []*layout.Node, ok bool) {
	root, err := layout.Read(src)
	if err != nil {
		return nil, false
	}
	p := plainFinder{seen: map[*layout.Node]bool{}}
	root.Walk(func(n *layout.Node) {
		if secrets := under(n, "secrets"); secrets != nil {
			p.secrets(secrets)
		}
	})
	p.look("", root)
	return p.found, true
}

type plainFinder struct {
	found []*layout.Node
	seen  map[*layout.Node]bool
}

func scalar(n *layout.Node) bool {
	return n != nil && n.Form != layout.Missing && len(n.Pairs)+len(n.Items) == 0
}

// secrets finds all below secrets that is neither sealed nor said about what is,
// whatever it is and looks like: keys too.
func (p *plainFinder) secrets(n *layout.Node) {
	if len(n.Pairs) == 0 {
		p.unsealed(n)
		return
	}
	for _, x := range n.Pairs {
		if x.Merge || slices.Contains([]string{"mount", "type", "labels", "annotations"}, x.Key.Text) {
			continue
		}
		p.add(x.Key, types.ConfigKey(x.Key.Text) != "")
		if len(x.Value.Pairs) == 0 {
			p.unsealed(x.Value)
		}
		for _, y := range x.Value.Pairs {
			text := y.Value.Text
			switch key := y.Key.Text; {
			case y.Merge, key == "scope" && slices.Contains(seal.Scopes(), text), key == "mount" && strings.HasPrefix(text, "/"):
			case key == "value", key == "scope", key == "mount":
				p.unsealed(y.Value)
			default:
				p.add(y.Key, true)
				p.unsealed(y.Value)
			}
		}
	}
}

// unsealed finds what is not sealed: a text, a list, a map.
func (p *plainFinder) unsealed(n *layout.Node) {
	empty := n.Form == layout.Missing || n.Form == layout.Alias || n.Kind == value.Null || !scalar(n) && len(n.Pairs)+len(n.Items) == 0
	if _, problem := credential.Sealed(n.Text); !empty && problem != "" {
		p.add(n, true)
	}
	p.seen[n] = true
}

func (p *plainFinder) add(n *layout.Node, secret bool) {
	if secret && !p.seen[n] {
		p.seen[n] = true
		p.found = append(p.found, n)
	}
}

// look goes through what stands under a key.
func (p *plainFinder) look(key string, n *layout.Node) {
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
		p.add(x.Key, !x.Merge && len(credential.InText(x.Key.Text)) > 0)
		if named {
			for _, v := range []*layout.Node{x.Value, under(x.Value, "value"), under(x.Value, "content")} {
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

// under returns what stands under a key, or nil.
func under(n *layout.Node, key string) *layout.Node {
	if n == nil || n.Pair(key) == nil {
		return nil
	}
	return n.Pair(key).Value
}
