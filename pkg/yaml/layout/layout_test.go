package layout

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRead shows the bytes of each value and key, as they are written.
func TestRead(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"scalars", "a: 1 # one\nb: 'x''y'\nc: \"z\\\"\"\nd:\n",
			[]string{"a: 1 # one\nb: 'x''y'\nc: \"z\\\"\"\nd:", "a", "1", "b", "'x''y'", "c", `"z\""`, "d", ""}},
		{"a flow map and a list", "m: {k: [1, two ], }\n", []string{"m: {k: [1, two ], }", "m", "{k: [1, two ], }", "k", "[1, two ]", "1",
			"two"}},
		{"anchors, aliases and merges", "a: &x\n  k: v\nb:\n  <<: *x\n",
			[]string{"a: &x\n  k: v\nb:\n  <<: *x", "a", "k: v", "k", "v", "b", "<<: *x", "<<", "*x"}},
		{"block scalars", "t: |\n  one\n\n  two\n\nu: >-\n  x\n",
			[]string{"t: |\n  one\n\n  two\n\nu: >-\n  x", "t", "|\n  one\n\n  two", "u", ">-\n  x"}},
		{"a text on two lines", "- a\n  b\n- c\n", []string{"- a\n  b\n- c", "a\n  b", "c"}},
		{"other line breaks", "a: 1\r\nb: 2\r\n", []string{"a: 1\r\nb: 2", "a", "1", "b", "2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, err := Read([]byte(tt.src))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			root.Walk(func(n *Node) { got = append(got, tt.src[n.Start:n.End]) })
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if p := root.Pair("<<"); p != nil {
				t.Error("a merge key is not a key of the map")
			}
		})
	}
	if _, err := Read([]byte("a: [")); err == nil || !strings.HasPrefix(err.Error(), errPlaces.Error()) {
		t.Errorf("the error for a file that is not YAML is %v", err)
	}
}
