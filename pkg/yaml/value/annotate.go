package value

import (
	"strconv"
	"strings"

	yamlv3 "gopkg.in/yaml.v3"
)

// EncodeAnnotated is EncodeSource with a comment behind each scalar, each empty map
// and the key of each list: what note returns for the value at a path, "" for none.
func EncodeAnnotated(v *Value, note func(path []string, v *Value) string) ([]byte, error) {
	a := annotator{note: note}
	return encodeSource(a.node(v))
}

type annotator struct {
	path []string
	note func(path []string, v *Value) string
}

func (a *annotator) node(v *Value) *yamlv3.Node {
	var n *yamlv3.Node
	switch {
	case v.Is(Map) && len(v.Entries) > 0:
		n = &yamlv3.Node{Kind: yamlv3.MappingNode}
		for _, e := range v.Entries {
			key := source(&Value{Kind: String, Text: e.Key})
			if e.Value.Is(List) && len(e.Value.Items) > 0 {
				key.LineComment = a.comment(append(a.path, e.Key), e.Value)
			}
			n.Content = append(n.Content, key, a.below(e.Key, e.Value))
		}
		return n
	case v.Is(List) && len(v.Items) > 0:
		n = &yamlv3.Node{Kind: yamlv3.SequenceNode}
		for i, item := range v.Items {
			n.Content = append(n.Content, a.below(strconv.Itoa(i), item))
		}
		return n
	}
	n = source(v)
	n.LineComment = a.comment(a.path, v)
	return n
}

// comment returns the note on one line.
func (a *annotator) comment(path []string, v *Value) string {
	return strings.Join(strings.Fields(a.note(path, v)), " ")
}

func (a *annotator) below(key string, v *Value) *yamlv3.Node {
	a.path = append(a.path, key)
	defer func() { a.path = a.path[:len(a.path)-1] }()
	return a.node(v)
}
