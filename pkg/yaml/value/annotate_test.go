package value_test

import (
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func TestEncodeAnnotated(t *testing.T) {
	const src = "b: 1\na:\n  - x\n  - {k: \"#no\", l: [1, 2]}\n  - - deep\nt: |\n  two\n  lines\nlong: " +
		"word word word word word word word word word word word word word word word word word word\nempty: {}\nnone: []\nnull: null\n" +
		"\"a #b\": \"y\"\n"
	v, diags := value.Read("f", []byte(src))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	out, err := value.EncodeAnnotated(v, func(path []string, _ *value.Value) string { return strings.Join(path, ".") + "\n?" })
	if err != nil {
		t.Fatal(err)
	}
	t.Log(string(out))
	back, diags := value.Read("f", out)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if !value.Equal(v, back) {
		t.Errorf("comes back as another value:\n%s", out)
	}
}
