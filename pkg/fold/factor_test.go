package fold

import (
	"math/rand/v2"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestFactor holds that what factor splits merges to the same again, for random maps, and
// that the order of keys stays where it counts.
func TestFactor(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		layers := make([]*value.Value, 1+r.IntN(4))
		for i := range layers {
			layers[i] = randomMap(r, 3)
		}
		common, rest := factoring{plain: seed%2 == 0}.split(layers)
		for i, layer := range layers {
			got := merge(common, rest[i])
			if !value.Equal(got, layer) {
				t.Fatalf("seed %d: the common part %s and %s make %s, want %s", seed, common.Flow(), rest[i].Flow(), got.Flow(),
					layer.Flow())
			}
			if want := layer.Get("env"); want.Is(value.Map) && want.Flow() != got.Get("env").Flow() {
				t.Fatalf("seed %d: env is %s, want %s", seed, got.Get("env").Flow(), want.Flow())
			}
		}
	}
}

// merge lays a map over another by the rules of a descriptor's layers.
func merge(low, high *value.Value) *value.Value {
	out := value.NewMap(diag.Pos{})
	for _, e := range low.Entries {
		out.SetEntry(e)
	}
	for _, e := range high.Entries {
		switch old := out.Get(e.Key); {
		case e.Value.Is(value.Null):
			out.Delete(e.Key)
		case old.Is(value.Map) && e.Value.Is(value.Map):
			out.Set(e.Key, merge(old, e.Value))
		default:
			out.Set(e.Key, e.Value)
		}
	}
	return out
}

func randomMap(r *rand.Rand, depth int) *value.Value {
	out := value.NewMap(diag.Pos{})
	for range 1 + r.IntN(4) {
		key := []string{"a", "b", "c", "env", "labels"}[r.IntN(5)]
		switch {
		case depth > 0 && r.IntN(2) == 0:
			out.Set(key, randomMap(r, depth-1))
		case r.IntN(3) == 0:
			out.Set(key, value.NewStrings(diag.Pos{}, "x", []string{"y", "z"}[r.IntN(2)]))
		default:
			out.Set(key, value.NewInt(diag.Pos{}, int64(r.IntN(3))))
		}
	}
	return out
}

// TestWrite holds that what Write writes is read again as the same.
func TestWrite(t *testing.T) {
	texts := []string{"a", "a: b", "[x]", "x, y", "{{ .Values }}", "*", "yes", "0777", "", " a ", "a\nb", "a\n\n", "#x", "a #b", "é",
		"null", "1e3",
		"\"q\"", "it's", "%x", "- a", "? b", "@c", "`d`", "a\\b", "{", "}",
		"very long text that does not fit on a line: because it is longer than all lines are, which is a hundred letters and some more"}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		var random func(depth int) *value.Value
		random = func(depth int) *value.Value {
			switch n := r.IntN(8); {
			case depth > 0 && n < 3:
				out := value.NewMap(diag.Pos{})
				for range r.IntN(4) {
					key := texts[r.IntN(len(texts))]
					if len(key) > 20 {
						key = "long"
					}
					out.Set(key, random(depth-1))
				}
				return out
			case depth > 0 && n < 5:
				out := value.NewList(diag.Pos{})
				for range r.IntN(4) {
					out.Items = append(out.Items, random(depth-1))
				}
				return out
			case n == 5:
				return value.NewInt(diag.Pos{}, int64(r.IntN(100000)))
			case n == 6:
				return value.NewBool(diag.Pos{}, true)
			}
			return value.NewString(diag.Pos{}, texts[r.IntN(len(texts))])
		}
		v := value.NewMap(diag.Pos{}).Set("environments", random(4)).Set("b", random(3))
		out, err := Write(v)
		if err != nil {
			t.Fatal(err)
		}
		got, diags := value.Read("app.yaml", out)
		if diags.HasErrors() || !value.Equal(got, v) {
			t.Fatalf("seed %d: %v\n%s\nis read as %s, want %s", seed, diags.Err(), out, got.Flow(), v.Flow())
		}
	}
}
