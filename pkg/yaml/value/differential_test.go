package value_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// FuzzReaders holds that what ReadObjects takes is the same to kustomize's reader
// and to kubectl's, and that what EncodeCanonical writes of it is so too.
func FuzzReaders(f *testing.F) {
	corpus, err := os.ReadFile(filepath.Join("testdata", "readers.txt"))
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(corpus)) {
		text, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			f.Fatalf("%s: %v", line, err)
		}
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		docs, diags := value.ReadObjects("f", src)
		if diags.HasErrors() {
			return
		}
		want := make([]any, len(docs))
		for i, v := range docs {
			want[i] = ours(t, v)
		}
		compare(t, src, want)
		text, err := value.EncodeCanonical(docs...)
		if err != nil {
			t.Fatalf("what was read can't be written: %v", err)
		}
		compare(t, text, want)
		again, diags := value.ReadObjects("again", text)
		if diags.HasErrors() || len(again) != len(docs) {
			t.Fatalf("what was written is read as %d documents: %v\n%s", len(again), diags, text)
		}
		for i, v := range again {
			if got := ours(t, v); !reflect.DeepEqual(want[i], got) {
				t.Errorf("what was written is read as %v, want %v:\n%s", got, want[i], text)
			}
		}
	})
}

// compare holds what the others read to what we read.
func compare(t *testing.T, src []byte, want []any) {
	t.Helper()
	for _, reader := range []struct {
		name string
		read func([]byte) ([]any, error)
	}{{"kustomize", readByKustomize}, {"kubectl", readByKubectl}} {
		got, err := reader.read(src)
		if err != nil {
			t.Errorf("%s can't read it, but we read %v: %v\n%q", reader.name, want, err, src)
		} else if len(got)+len(want) > 0 && !reflect.DeepEqual(want, got) {
			t.Errorf("%s reads %#v, but we read %#v:\n%q", reader.name, got, want, src)
		}
	}
}

// readByKustomize reads as kustomize does, but that lists stay whole.
func readByKustomize(src []byte) ([]any, error) {
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(src), OmitReaderAnnotations: true, AnchorsAweigh: true,
		DisableUnwrapping: true}).Read()
	if err != nil && isAboutMetadata(err) {
		return nil, nil
	}
	var out []any
	for _, n := range nodes {
		var x any
		if err := n.YNode().Decode(&x); err != nil {
			return nil, err
		}
		if x = normal(x); x != nil {
			out = append(out, x)
		}
	}
	return out, err
}

// readByKubectl reads as kubectl does: each document by itself, cut as
// k8s.io/apimachinery/pkg/util/yaml cuts them (YAMLReader).
func readByKubectl(src []byte) ([]any, error) {
	var out []any
	var doc bytes.Buffer
	end := func() error {
		defer doc.Reset()
		content, err := yaml.YAMLToJSON(doc.Bytes())
		if err != nil {
			return err
		}
		dec := json.NewDecoder(bytes.NewReader(content))
		dec.UseNumber()
		var x any
		if err := dec.Decode(&x); err != nil {
			return err
		}
		if x != nil {
			out = append(out, normal(x))
		}
		return nil
	}
	for line := range bytes.Lines(src) {
		if rest, ok := bytes.CutPrefix(line, []byte("---")); ok {
			if rest = bytes.TrimSpace(rest); len(rest) == 0 || rest[0] == '#' {
				if err := end(); err != nil {
					return nil, err
				}
				continue
			}
		}
		doc.Write(line)
	}
	return out, end()
}

// ours returns a value as the others give theirs.
func ours(t *testing.T, v *value.Value) any {
	t.Helper()
	switch v.Kind {
	case value.Map:
		m := map[string]any{}
		for _, e := range v.Entries {
			m[e.Key] = ours(t, e.Value)
		}
		return m
	case value.List:
		list := []any{}
		for _, item := range v.Items {
			list = append(list, ours(t, item))
		}
		return list
	case value.Null:
		return nil
	case value.String:
		return v.Text
	}
	text, err := value.EncodeCanonical(v)
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind == value.Bool {
		return string(text) == "true\n"
	}
	return normal(json.Number(strings.TrimSpace(string(text))))
}

// normal returns maps text for keys, and numbers one type.
func normal(x any) any {
	switch x := x.(type) {
	case map[string]any:
		for key, v := range x {
			x[key] = normal(v)
		}
		return x
	case map[any]any:
		m := map[string]any{}
		for key, v := range x {
			m[fmt.Sprint(key)] = normal(v)
		}
		return m
	case []any:
		for i := range x {
			x[i] = normal(x[i])
		}
		return x
	case json.Number:
		if n, err := strconv.ParseInt(x.String(), 10, 64); err == nil {
			return n
		}
		if n, err := strconv.ParseUint(x.String(), 10, 64); err == nil {
			return n
		}
		f, _ := x.Float64()
		return normal(f)
	case int:
		return int64(x)
	case uint64:
		if x < 1<<63 {
			return int64(x)
		}
		return x
	case float64:
		if x == float64(int64(x)) && x < 1<<53 && x > -1<<53 {
			return int64(x)
		}
		text, _ := json.Marshal(x)
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return n
		}
		if n, err := strconv.ParseUint(string(text), 10, 64); err == nil {
			return n
		}
		return x
	}
	return x
}

func isAboutMetadata(err error) bool {
	return errors.Is(err, kyaml.ErrMissingMetadata)
}
