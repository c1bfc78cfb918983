package script_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/cli"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
)

// plaintexts are what TestNothingSecretIsPrinted seals, or writes where no secret
// belongs. Every line of them is one that nothing else has.
func plaintexts() map[string]string {
	return map[string]string{
		"WORD":    "hunter2-Correct-Horse",
		"LINES":   "-----BEGIN gibberish\nMIIhunter2ElevenTwelve\nthirteen0Fourteen\n-----END gibberish\n",
		"UNICODE": "пароль-секретный-🔑",
		"BINARY":  "\x00\xffhunter2\x80binary\x00\x01",
		"YAML":    "{p4ssw0rd: 'of-yaml'} # & *",
		"URL":     "postgres://shop:s3cr3tInAddress@db/shop?x=y&z",
	}
}

// leaks returns the form in which an output shows a secret, or a line of it.
func leaks(output, plain string) string {
	for _, part := range append(strings.Split(plain, "\n"), plain) {
		if len(part) < 8 || strings.HasPrefix(part, "-----") && !strings.Contains(part, "\n") {
			continue
		}
		quoted, escaped := strconv.Quote(part), new(bytes.Buffer)
		_ = json.NewEncoder(escaped).Encode(part)
		forms := map[string]string{
			"as it is": part, "quoted": strings.Trim(quoted, `"`), "in JSON": strings.Trim(strings.TrimSpace(escaped.String()), `"`),
			"in hex": hex.EncodeToString([]byte(part)), "in an address": url.QueryEscape(part),
			"with single quotes doubled": strings.ReplaceAll(part, "'", "''"),
		}
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding,
			"base64 for addresses": base64.RawURLEncoding} {
			for shift := range 3 { // it may stand at any place of what is encoded
				text := encoding.EncodeToString([]byte(strings.Repeat("x", shift) + part))
				forms["in "+name+", "+strconv.Itoa(shift)] = text[(shift*8+5)/6 : len(text)-2]
			}
		}
		for form, text := range forms {
			if strings.Contains(output, text) {
				return form
			}
		}
	}
	return ""
}

func TestLeaks(t *testing.T) {
	for key, plain := range plaintexts() {
		for _, output := range []string{plain, "x" + plain, base64.StdEncoding.EncodeToString([]byte(plain)),
			base64.StdEncoding.EncodeToString([]byte("xy" + plain)), strconv.Quote(plain), hex.EncodeToString([]byte(plain))} {
			if leaks(output, plain) == "" {
				t.Errorf("%s is not found in %q", key, output)
			}
		}
	}
	if form := leaks("nothing", plaintexts()["WORD"]); form != "" {
		t.Error(form)
	}
}

// watched runs commands and looks for secrets in what they print and write.
type watched struct {
	t      *testing.T
	dir    string
	plain  map[string]string
	number int
}

// run runs a command, and returns what it printed on both streams. Manifests that
// hold a secret because the repository does are no leak: stdout is left out of the
// search for those who ask for them.
func (w *watched) run(manifests bool, stdin string, args ...string) string {
	w.t.Helper()
	w.number++
	in := filepath.Join(w.t.TempDir(), "stdin")
	if err := os.WriteFile(in, []byte(stdin), 0o600); err != nil {
		w.t.Fatal(err)
	}
	f, err := os.Open(in)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	var out, problem bytes.Buffer
	cli.Run(context.Background(), args, cli.Streams{In: f, Out: &out, Err: &problem, Environ: os.Environ()})
	searched := problem.String()
	if !manifests {
		searched += out.String()
	}
	for key, plain := range w.plain {
		if form := leaks(searched, plain); form != "" {
			w.t.Errorf("unfold %q prints %s %s:\n%s", args, key, form, searched)
		}
	}
	return out.String() + problem.String()
}

func (w *watched) write(name, content string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

const leakApp = `apiVersion: unfold.dev/v1alpha1
kind: App
name: shop
image: ghcr.io/example/shop:v1
port: 8080
environments:
  dev: {tag: v2}
  prod: {}
`

// TestNothingSecretIsPrinted seals values in every way, gives them where they do
// not belong, and writes them into descriptors in plain text. It greps everything
// that is printed, and app.yaml where it was sealed, for every value used, in any
// encoding.
func TestNothingSecretIsPrinted(t *testing.T) {
	w := &watched{t: t, dir: t.TempDir(), plain: plaintexts()}
	t.Chdir(w.dir)
	t.Setenv("WORK", t.TempDir())
	w.write("app.yaml", leakApp)
	for key, plain := range w.plain {
		w.write("value", plain)
		w.write("values.env", "A="+plain+"\nB='"+plain+"'\n")
		for _, args := range [][]string{
			{"seal", "--env", "prod", key}, {"seal", "--env", "prod", "--raw", key}, {"seal", "--env", "prod", key, "--dry-run"},
			{"seal", "--env", "prod", "--env", "dev", key}, {"seal", "--env", "prod", "--from-file", key + "=value", "--scope",
				"cluster-wide"},
			{"seal", "--env", "prod", "--from-env-file", "values.env"}, {"seal", "--env", "prod", "--from-env-file", "value"},
			{"seal", "--env", "prod", "--from-file", key + "=-", "--mount", "/etc/" + key}, {"seal", "--env", "none", key},
			{"seal", "--env", "prod", "--workload", "none", key}, {"seal", "--env", "prod", "--controller-name", "none", key},
			{"seal", "--env", "prod", "--cert", "value", key},
			// in the wrong place
			{"seal", "--env", "prod", key, plain}, {"seal", "--env", "prod", key + "=" + plain},
			{"seal", plain, "--env", "prod", key}, {"seal", "--env", "prod", "-" + plain}, {"seal", "--env", "prod", "--raw=" + plain, key},
			{"seal", "--env", "prod", "--from-literal=" + key + "=" + plain}, {"seal", "--env", "prod", "--from-file", plain},
			{"seal", "--env", "prod", "--from-file", key + "=" + plain}, {"seal", "--env", "prod", "--from-env-file", plain},
			{"seal", "--env", "prod", "--scope", plain, key}, {"seal", "--env", "prod", "--validate", key + "=" + plain},
			{"set", "--env", "prod", "secrets." + key + "=" + plain}, {"set", "--env", "prod", "secrets." + key + "=" + plain, "--dry-run"},
			{"set", "--env", "prod", "secrets." + key + ".value=" + plain},
		} {
			w.run(false, plain, args...)
		}
	}
	for _, args := range everyVerb() {
		w.run(false, "", args...)
	}
	src, err := os.ReadFile("app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for key, plain := range w.plain {
		if form := leaks(string(src), plain); form != "" {
			t.Errorf("app.yaml holds %s %s", key, form)
		}
		if !strings.Contains(string(src), key+":") {
			t.Errorf("%s was not sealed", key)
		}
	}
	for _, key := range []string{"WORD", "LINES", "YAML"} {
		plain := w.plain[key]
		for _, field := range unsealed(plain) {
			w.write("app.yaml", strings.Replace(leakApp, "prod: {}\n", "prod:\n"+field, 1))
			for _, args := range everyVerb() {
				if key == "WORD" || !slices.Contains(args, "--validate") && !slices.Contains(args, "rotate") {
					w.run(false, "", args...)
				}
			}
			w.run(false, "another", "seal", "--env", "prod", "TOKEN", "--dry-run")
			w.run(false, "another", "seal", "--env", "prod", "TOKEN")
			w.run(false, "", "secrets", "rm", "--env", "prod", "OTHER", "--dry-run")
		}
		// Secrets in the repository: what asks for manifests gets them, all else does not.
		w.write("app.yaml", leakApp+"manifests:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: plain}\n  stringData: {A: "+
			quote(plain)+"}\n")
		for _, args := range everyVerb() {
			w.run(args[0] == "render" || args[0] == "generate", "", args...)
		}
	}
	if w.number < 500 {
		t.Errorf("only %d commands", w.number)
	}
}

// quote writes a text as YAML and JSON have it.
func quote(text string) string {
	out, _ := json.Marshal(strings.ToValidUTF8(text, "?"))
	return string(out)
}

// unsealed are the fields of an environment in which a secret stands in plain text.
func unsealed(plain string) []string {
	text := quote(plain)
	word := strings.NewReplacer("\n", "", "\x00", "", "\xff", "", "\x80", "", "\x01", "", " ", "").Replace(plain)
	return []string{
		"    secrets: {TOKEN: " + text + "}\n",
		"    secrets:\n      TOKEN: {value: " + text + "}\n",
		"    secrets:\n      TOKEN: {value: " + text + ", scope: cluster-wide, mount: /x}\n      OTHER: " + text + "\n",
		"    secrets: " + text + "\n",
		"    secrets: [" + text + "]\n",
		"    secrets: {TOKEN: [" + text + "]}\n",
		"    secrets: {TOKEN: {" + text + ": x}}\n",
		"    secrets: {TOKEN: {scope: " + text + "}}\n",
		"    secrets: {" + quote(plain+"/") + ": " + text + "}\n",
		"    secrets:\n      TOKEN: *" + word + "\n",
		"    secrets:\n      TOKEN: !" + word + "\n",
		"    secrets:\n      TOKEN: @" + word + "\n",
		"    secrets:\n      TOKEN: \"" + word + "\n",
		"    secrets:\n      TOKEN: " + word + ": x\n",
		"    secrets:\n      TOKEN: |\n        " + strings.ReplaceAll(strings.ToValidUTF8(plain, ""), "\n", "\n        ") + "\n",
		"    secrets:\n      TOKEN: " + text + "\n      TOKEN: " + text + "\n",
	}
}

// everyVerb are the commands that read a descriptor, in each of their formats.
func everyVerb() [][]string {
	out := [][]string{
		{"generate"}, {"parameters"}, {"discover"}, {"render", "--env", "prod"}, {"render", "--env", "prod", "--explain"},
		{"explain", "--value", "--env", "prod", "secrets"}, {"explain", "--value", "--env", "prod", "secrets.TOKEN"},
		{"explain", "--value", "--env", "prod", "secrets.TOKEN.value"},
		{"explain", "--value", "--env", "prod", "manifests"}, {"explain", "--value", "--env", "prod", "secrets.WORD"},
		{"diff", "dev", "prod"}, {"diff", "--format", "json", "dev", "prod"}, {"argocd", "."}, {"secrets", "list"},
		{"secrets", "list", "--output", "json"},
		{"seal", "--env", "prod", "--validate"}, {"secrets", "rotate", "--env", "prod", "--dry-run"},
		{"secrets", "rotate", "--env", "prod"},
		{"set", "--env", "prod", "replicas=4", "--dry-run"}, {"set", "--env", "prod", "replicas=5"},
		{"promote", "--from", "dev", "--to", "prod", "--dry-run"},
	}
	for _, format := range report.Formats() {
		out = append(out, []string{"check", "--format", format})
	}
	return out
}
