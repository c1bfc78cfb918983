package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/cli"
)

// help returns what the program says about a command.
func help(t *testing.T, verb ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := cli.Run(t.Context(), append(verb, "--help"), cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out}); code != 0 {
		t.Fatalf("%v: exit %d, %s", verb, code, &out)
	}
	return out.String()
}

// below returns the commands that a command's help lists.
func below(help string) []string {
	_, list, _ := strings.Cut(help, "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var out []string
	for line := range strings.Lines(list) {
		out = append(out, strings.Fields(line)[0])
	}
	return out
}

func verbs(t *testing.T) []string { return below(help(t)) }

// commands maps each command, such as "secrets list", to its flags.
func commands(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, verb := range verbs(t) {
		if verb == "help" {
			continue
		}
		text := help(t, verb)
		out[verb] = flagsIn(text)
		for _, sub := range below(text) {
			out[verb+" "+sub] = flagsIn(help(t, verb, sub))
		}
	}
	return out
}

// flagsIn returns the flags that a help defines, -x too.
func flagsIn(help string) []string {
	_, list, _ := strings.Cut(help, "Flags:\n")
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^ +(?:(-\w), )?(--[a-z][a-z-]*)`).FindAllStringSubmatch(list, -1) {
		out = append(out, m[1:]...)
	}
	return out
}

// span is a piece of inline code.
type span struct{ where, text string }

var codeSpan = regexp.MustCompile("`([^`]+)`")

func spans(t *testing.T) []span {
	t.Helper()
	var out []span
	for _, file := range documents(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fenced := false
		var prose strings.Builder
		for line := range strings.Lines(string(content)) {
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				fenced = !fenced
				line = "\n"
			}
			if fenced {
				line = "\n"
			}
			prose.WriteString(line)
		}
		text := prose.String()
		for _, m := range codeSpan.FindAllStringSubmatchIndex(text, -1) {
			where := fmt.Sprintf("%s:%d", filepath.Base(file), 1+strings.Count(text[:m[0]], "\n"))
			out = append(out, span{where, strings.Join(strings.Fields(text[m[2]:m[3]]), " ")})
		}
	}
	return out
}

// TestCommandsExist holds every command and flag in inline code to the program.
func TestCommandsExist(t *testing.T) {
	all := commands(t)
	var flags []string
	for _, list := range all {
		flags = append(flags, list...)
	}
	seen := 0
	for _, s := range spans(t) {
		words := strings.Fields(s.text)
		if words[0] == "kubectl" && len(words) > 1 && words[1] == "unfold" {
			words = words[1:]
		}
		switch {
		case words[0] == "unfold" && len(words) > 1 && words[1] != "VERB":
			if problem := wrongCommand(all, words[1:]); problem != "" {
				t.Errorf("%s: `%s`: %s", s.where, s.text, problem)
			}
			seen++
		case strings.HasPrefix(words[0], "--") && strings.Trim(words[0], "-") != "":
			name, _, _ := strings.Cut(words[0], "=")
			if !slices.Contains(flags, name) {
				t.Errorf("%s: `%s`: no command has %s", s.where, s.text, name)
			}
			seen++
		}
	}
	if seen < 50 {
		t.Errorf("%d commands and flags", seen)
	}
}

func wrongCommand(all map[string][]string, words []string) string {
	if strings.HasPrefix(words[0], "-") {
		if words[0] == "--help" || words[0] == "--version" {
			return ""
		}
		return "no flag " + words[0]
	}
	verb := words[0]
	flags, ok := all[verb]
	if !ok {
		return fmt.Sprintf("no command %q", verb)
	}
	if len(words) > 1 {
		if sub, ok := all[verb+" "+words[1]]; ok {
			flags = sub
		}
	}
	for _, w := range words[1:] {
		name, _, _ := strings.Cut(w, "=")
		if strings.HasPrefix(w, "-") && w != "-" && w != "--" && !slices.Contains(flags, name) {
			return fmt.Sprintf("%s has no %s", verb, name)
		}
	}
	return ""
}

// TestFieldsExist holds every `field: value` in inline code to the schemas.
func TestFieldsExist(t *testing.T) {
	known := knownFields(t)
	field := regexp.MustCompile(`^([a-z][A-Za-z]*):( |$)`)
	seen := 0
	for _, s := range spans(t) {
		m := field.FindStringSubmatch(s.text)
		if m == nil {
			continue
		}
		seen++
		if !known[m[1]] && !slices.Contains(foreignFields(), m[1]) {
			t.Errorf("%s: `%s`: there is no field %q", s.where, s.text, m[1])
		}
	}
	if seen < 20 {
		t.Errorf("%d fields", seen)
	}
}

// knownFields returns the names of all fields, of any depth, of both files.
func knownFields(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, file := range []string{"app.schema.json", "platform.schema.json"} {
		src, err := os.ReadFile(filepath.Join(root, "docs", file))
		if err != nil {
			t.Fatal(err)
		}
		var schema any
		if err := json.Unmarshal(src, &schema); err != nil {
			t.Fatal(err)
		}
		properties(known, schema)
	}
	return known
}

// foreignFields are those of other files that the docs name, and what only looks
// like one.
func foreignFields() []string {
	return []string{
		"permissions",                  // of a workflow
		"images", "configMapGenerator", // of a kustomization
		"slack",                          // a service that the operator chose
		"parameters", "signal", "expand", // parts of messages
	}
}

// properties collects the names of all fields that a schema knows.
func properties(known map[string]bool, schema any) {
	switch x := schema.(type) {
	case map[string]any:
		for key, v := range x {
			if fields, ok := v.(map[string]any); ok && key == "properties" {
				for name := range fields {
					known[name] = true
				}
			}
			properties(known, v)
		}
	case []any:
		for _, v := range x {
			properties(known, v)
		}
	}
}
