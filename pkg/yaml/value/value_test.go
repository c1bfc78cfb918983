package value_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func read(t *testing.T, src string) *value.Value {
	t.Helper()
	v, diags := value.Read("f", []byte(src))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return v
}

func TestGet(t *testing.T) {
	v := read(t, "a: {b: {c: text}, d: 5}\ne: [1]\n")
	for _, tt := range []struct {
		keys []string
		want string
	}{
		{[]string{"a", "b", "c"}, "text"}, {[]string{"a", "d"}, "5"}, {[]string{"a"}, ""},
		{[]string{"a", "x", "y"}, ""}, {[]string{"e", "b"}, ""}, {[]string{"a", "d", "x"}, ""},
	} {
		if got := v.StringAt(tt.keys...); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.keys, got, tt.want)
		}
	}
	if got := v.Get("a", "b").At().String(); got != "f:1:8" {
		t.Errorf("place: got %s", got)
	}
	var nothing *value.Value
	if nothing.Get("a") != nil || nothing.Has("a") || nothing.StringAt() != "" || nothing.Keys() != nil || !nothing.Empty() ||
		!nothing.At().IsZero() || nothing.Copy() != nil {
		t.Error("nothing is something")
	}
}

func TestInt64(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "-5": -5, "+7": 7, "0x1F": 31, "0o17": 15, "0b11": 3, "1_000": 1000,
		"9223372036854775807": 1<<63 - 1} {
		if got, ok := read(t, "a: "+text).Get("a").Int64(); !ok || got != want {
			t.Errorf("%s: got %d, %t, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"1.5", "'5'", "text", "true", "[1]", "9223372036854775808"} {
		if got, ok := read(t, "a: "+text).Get("a").Int64(); ok {
			t.Errorf("%s: got %d", text, got)
		}
	}
}

func TestSet(t *testing.T) {
	pos := diag.Pos{File: "f", Line: 1, Col: 1}
	v := value.NewMap(pos).Set("b", value.NewString(pos, "1")).Set("a", value.NewInt(pos, 2)).Set("b", value.NewBool(pos, true)).Set("c",
		nil)
	if diff := cmp.Diff([]string{"b", "a"}, v.Keys()); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if !v.Get("b").IsTrue() {
		t.Error("the second value of b is not there")
	}
	c := v.Copy()
	c.Delete("b")
	if !v.Has("b") || c.Has("b") {
		t.Error("a copy shares its entries")
	}
}

func TestEqual(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"{a: 1, b: [x, y]}", "b: ['x', \"y\"]\na: 1\n", true},
		{"{a: 1}", "{a: '1'}", false}, {"{a: 1}", "{a: 1, b: 2}", false}, {"{a: 1}", "{b: 1}", false},
		{"{a: [1, 2]}", "{a: [2, 1]}", false}, {"{a: [1]}", "{a: [1, 1]}", false},
		{"{a: null}", "{a: ~}", true}, {"{a: null}", "{}", false}, {"{a: {}}", "{a: []}", false},
	} {
		if got := value.Equal(read(t, tt.a), read(t, tt.b)); got != tt.want {
			t.Errorf("%s and %s: got %t", tt.a, tt.b, got)
		}
	}
	if !value.Equal(nil, nil) || value.Equal(nil, read(t, "{}")) {
		t.Error("nothing")
	}
}

func TestReplace(t *testing.T) {
	v := read(t, "a: [{b: 1, c: 2}, {c: 3}, {b: 4}]\nd: {b: 5}\n")
	before := outline(v)
	out := v.Replace([]string{"a", "b"}, func(x *value.Value) *value.Value {
		if x.Text == "4" {
			return x
		}
		return value.NewString(x.Pos, "new")
	})
	want := `{a=[{b=(text "new") c=(plain number "2")} {c=(plain number "3")} {b=(plain number "4")}] d={b=(plain number "5")}}`
	if diff := cmp.Diff(want, outline(out)); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	if outline(v) != before {
		t.Error("the value itself was changed")
	}
	if v.Replace([]string{"x", "y"}, func(*value.Value) *value.Value { return nil }) != v {
		t.Error("where nothing is, something was replaced")
	}
	var seen []string
	v.Each([]string{"a", "c"}, func(x *value.Value) { seen = append(seen, x.Text) })
	if diff := cmp.Diff([]string{"2", "3"}, seen); diff != "" {
		t.Errorf("Each (-want +got):\n%s", diff)
	}
}

func TestEncode(t *testing.T) {
	for src, want := range map[string]string{
		"{b: 1, a: 2}":                           "a: 2\nb: 1\n",
		"{a: 1.0, b: 1e3, c: 0x1F, d: 1.50}":     "a: 1\nb: 1000\nc: 31\nd: 1.5\n",
		"{a: 'y', b: 'on', c: '5', d: '1e3'}":    "a: \"y\"\nb: \"on\"\nc: \"5\"\nd: \"1e3\"\n",
		"{a: 12:30:45, b: 0o17, c: 2020-01-01}":  "a: \"12:30:45\"\nb: 15\nc: \"2020-01-01\"\n",
		"{a: [], b: {}, c: '', d: null}":         "a: []\nb: {}\nc: \"\"\nd: null\n",
		"{a10: 1, a9: 2, a-b: 3}":                "a-b: 3\na9: 2\na10: 1\n",
		"{a: 18446744073709551615, b: 1e21}":     "a: 18446744073709551615\nb: 1e+21\n",
		"{a: [{b: [c]}], d: \"x\\ny\\n\"}":       "a:\n- b:\n  - c\nd: |\n  x\n  y\n",
		"{a: True, b: FALSE}":                    "a: true\nb: false\n",
		"{a: 123456789012345678901234567890.0 }": "a: 1.2345678901234568e+29\n",
	} {
		got, err := value.Encode(read(t, src))
		if err != nil {
			t.Errorf("%s: %v", src, err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", src, diff)
		}
	}
	for _, src := range []string{"a: .inf", "a: -.INF", "a: [.nan]"} {
		if got, err := value.Encode(read(t, src)); err == nil {
			t.Errorf("%s: got %q, want an error", src, got)
		}
	}
}

// TestEncodeSource wants quotes wherever any version of YAML would read another
// thing, and else none.
func TestEncodeSource(t *testing.T) {
	pos := diag.Pos{}
	for text, want := range map[string]string{
		"plain": "plain", "two words": "two words", "1.2.3": "1.2.3", "64Mi": "64Mi", "a: b": "'a: b'",
		"y": `"y"`, "NO": `"NO"`, "on": `"on"`, "~": `"~"`, "5": `"5"`, "1_000": `"1_000"`, "12:30:45": `"12:30:45"`, "1:20": `"1:20"`,
		"0777": `"0777"`, "1e3": `"1e3"`, "2020-01-01": `"2020-01-01"`, "": `""`, "a\rb": `"a\rb"`, "\n x": `"\n x"`,
		"a\nb\n": "|\n  a\n  b", " a\nb": `" a\nb"`,
	} {
		got, err := value.EncodeSource(value.NewMap(pos).Set("k", value.NewString(pos, text)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("k: "+want+"\n", string(got)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	key, err := value.EncodeSource(value.NewMap(pos).Set("on", value.NewString(pos, "a")).Set("a", value.NewInt(pos, 1)))
	if diff := cmp.Diff("\"on\": a\na: 1\n", string(key)); diff != "" || err != nil {
		t.Errorf("keys: %v (-want +got):\n%s", err, diff)
	}
}

// TestMarshalJSON holds the JSON of a value to what encoding/json reads in it.
func TestMarshalJSON(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"{b: 1, a: [x, null, true, 1.5, '<&>']}", `{"b":1,"a":["x",null,true,1.5,"<&>"]}`},
		{`{"a \" b": "line\nbreak \u2028", e: {}, l: []}`, `{"a \" b":"line\nbreak \u2028","e":{},"l":[]}`},
		{"a: 'true'", `{"a":"true"}`},
	} {
		got, err := read(t, tt.src).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Error(diff)
		}
		again, err := value.FromJSON(got)
		if err != nil || !value.Equal(again, read(t, tt.src)) {
			t.Errorf("%s is another value than %s: %v", got, tt.src, err)
		}
	}
	if got, err := read(t, "a: 0x1f").MarshalJSON(); err == nil {
		t.Errorf("0x1f: %s, want an error", got)
	}
}

func TestFromJSON(t *testing.T) {
	v, err := value.FromJSON([]byte(`{"a": [1, 1.5, 1e3, "x", true, null, {}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{a=[(plain number "1") (plain number "1.5") (plain number "1e3") (text "x") (plain boolean "true") null {}]}`
	if diff := cmp.Diff(want, outline(v)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := value.FromJSON([]byte(`{"a"`)); err == nil {
		t.Error("no error for half of an object")
	}
}
