package value

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	yamlv2 "go.yaml.in/yaml/v2"
	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
)

// Manifests, patches and kustomizations are read by others too: kustomize takes
// them for YAML 1.2 by a copy of yaml.v3, and kubectl for YAML 1.1 by
// sigs.k8s.io/yaml. This file decides, for everything, where the three differ. A
// test holds the table of docs/concepts.md to it, and a fuzz test the decisions
// to both libraries.

// ReadObjects returns all documents of a text in Kubernetes' form: a manifest, a
// patch or a kustomization. What ReadAll takes but what kustomize or kubectl
// would read as another value is reported with its place.
func ReadObjects(file string, src []byte) ([]*Value, diag.List) {
	docs, diags := readAll(file, src, true)
	for _, v := range docs {
		if !v.Is(Map) && !v.Is(List) && !diags.HasErrors() {
			diags.Errorh(v.Pos, "not-an-object", "write KEY: VALUE", "the document is %s, not an object", v.Describe())
		}
	}
	if !diags.HasErrors() {
		checkKubectl(file, src, &diags)
	}
	return docs, diags
}

// checkKubectl has the library that kubectl reads with read each document too,
// since it refuses a little that ours takes, such as a tab before a comment.
func checkKubectl(file string, src []byte, diags *diag.List) {
	src = bytes.TrimPrefix(src, []byte(byteOrderMark))
	line, first := 1, 1
	var doc []byte
	end := func() bool {
		var x any
		err := yamlv2.Unmarshal(doc, &x)
		if err != nil {
			text, n := apart(err)
			at := min(first+max(n, 1)-1, line)
			diags.Errorh(diag.Pos{File: file, Line: at, Col: 1}, "yaml-syntax", "check this line and the one above for tabs",
				"kubectl can't read this: %s", text)
		}
		doc, first = nil, line+1
		return err == nil
	}
	for text := range bytes.Lines(src) {
		if bytes.HasPrefix(text, []byte("---")) && !end() {
			return
		} else if !bytes.HasPrefix(text, []byte("---")) {
			doc = append(doc, text...)
		}
		line++
	}
	line--
	end()
}

// CheckObject reports what ReadObjects would, for a value that was read as a part
// of another text.
func CheckObject(v *Value, diags *diag.List) {
	checkScalar(v, diags)
	for _, item := range v.AllItems() {
		CheckObject(item, diags)
	}
	for _, e := range v.AllEntries() {
		checkKey(e, diags)
		CheckObject(e.Value, diags)
	}
}

func checkScalar(v *Value, diags *diag.List) {
	if problem, hint := ambiguous(v); problem != "" {
		diags.Errorh(v.Pos, "ambiguous-yaml", hint, "%s", problem)
	}
}

// ambiguous says what the readers make of a scalar, or "" where all make the same
// of it, and what to write instead.
func ambiguous(v *Value) (problem, hint string) {
	if !v.IsScalar() {
		return "", ""
	}
	text := credential.Redact(v.Text)
	switch {
	case v.Kind == String && v.Plain && isWord(v.Text):
		return fmt.Sprintf("%q without quotes is a boolean to kubectl and text to kustomize", text),
			"put it in quotes, or write true or false"
	case v.Kind == String && v.Plain && isTime(v.Text):
		return fmt.Sprintf("%q without quotes is a point in time to kustomize and text to kubectl", text), "put it in quotes"
	}
	if _, err := scalar(v); err != nil {
		return fmt.Sprintf("%q without quotes is not a number that Kubernetes can take", text), "put it in quotes if it is text"
	}
	return "", ""
}

// isTime reports whether yaml.v3 takes a plain text for a point in time.
func isTime(text string) bool {
	const shortest = len("2006-1-2")
	return len(text) >= shortest && text[4] == '-' && (&yaml.Node{Kind: yaml.ScalarNode, Value: text}).ShortTag() == "!!timestamp"
}

// checkKey reports a key that is no text to kubectl or kustomize, and that they
// write in another way than it was written.
func checkKey(e Entry, diags *diag.List) {
	if !e.Plain {
		return
	}
	same := true
	v := plainScalar(e.Key, e.KeyPos)
	switch v.Kind {
	case Null:
		same = false
	case Bool:
		same = e.Key == "true" || e.Key == "false"
	case Int:
		n, err := strconv.ParseInt(e.Key, 10, 64)
		same = err == nil && strconv.FormatInt(n, 10) == e.Key
	case Float:
		f, err := strconv.ParseFloat(e.Key, 64)
		same = err == nil && strconv.FormatFloat(f, 'g', -1, 32) == e.Key
	case String:
		same = !isWord(e.Key) && !isTime(e.Key)
	}
	if !same {
		diags.Errorh(e.KeyPos, "ambiguous-yaml", "put it in quotes",
			"the key %q without quotes is another one to kubectl or kustomize", credential.Redact(e.Key))
	}
}

// plainScalar returns what a text without quotes is.
func plainScalar(text string, pos diag.Pos) *Value {
	tag := (&yaml.Node{Kind: yaml.ScalarNode, Value: text}).ShortTag()
	return &Value{Kind: KindOf(tag), Plain: true, Text: text, Pos: pos}
}

// KindOf returns the kind of a scalar with a tag: String for all tags but YAML's own
// for other scalars.
func KindOf(tag string) Kind {
	switch tag {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int":
		return Int
	case "!!float":
		return Float
	}
	return String
}

// Surprise says what a scalar without quotes is to Kubernetes where everyone
// reads the same, but hardly anyone expects it, or "".
func (v *Value) Surprise() string {
	if !v.IsScalar() || !v.Plain {
		return ""
	}
	text := v.Text
	switch {
	case v.Octal():
		return "an octal number"
	case v.Kind == Int && !digits(text) && strings.ContainsAny(text, "xXobB_"):
		return "a number in another notation"
	case v.Kind == Float && strings.Contains(text, ".") && strings.HasSuffix(text, "0"):
		return "a number that loses its last zero"
	case v.Kind == Float && exponent(text):
		return "a number with an exponent"
	}
	return ""
}

// Octal reports whether v is a number that begins with 0 for YAML 1.1 to read it in base 8.
func (v *Value) Octal() bool {
	return v.Is(Int) && v.Plain && len(v.Text) > 1 && v.Text[0] == '0' && digits(v.Text)
}

func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// exponent reports whether a number looks like the beginning of a commit: with a point or a sign it would not.
func exponent(text string) bool {
	before, after, ok := strings.Cut(strings.ToLower(text), "e")
	return ok && before != "" && digits(before) && digits(after)
}
