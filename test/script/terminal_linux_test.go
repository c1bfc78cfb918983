package script_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// TestEcho types a secret at a terminal, once unfold has switched echo off, and
// looks at what the terminal shows.
func TestEcho(t *testing.T) {
	dir := t.TempDir()
	descriptor := "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop:v1\nenvironments:\n  prod: {}\n"
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(descriptor), 0o600); err != nil {
		t.Fatal(err)
	}
	terminal, device := openTerminal(t)
	cmd := exec.Command("unfold", "seal", "--env", "prod", "TOKEN")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "WORK="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = device, device, device
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for !silent(t, device) {
		time.Sleep(time.Millisecond)
	}
	if _, err := io.WriteString(terminal, "plaintext\n"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if silent(t, device) {
		t.Error("the terminal stays without echo")
	}
	device.Close()
	shown, _ := io.ReadAll(terminal) // ends in EIO when nobody has the device any more
	if want := "TOKEN: \r\nsealed TOKEN for prod, to open in the Secret \"shop-secrets\" of the namespace " +
		"\"shop-prod\"\r\n"; string(shown) != want {
		t.Errorf("the terminal shows %q, want %q", shown, want)
	}
	content, err := os.ReadFile(filepath.Join(dir, "app.yaml"))
	if err != nil || strings.Contains(string(content), "plaintext") || !strings.Contains(string(content), "TOKEN: AQ") {
		t.Errorf("%v\n%s", err, content)
	}
}

// TestProgress wants a line at a terminal that says how far a comparison of many apps is,
// and nothing of it where it is no terminal.
func TestProgress(t *testing.T) {
	const apps = 60
	dir := t.TempDir()
	env := append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "GIT_") }),
		"GIT_CONFIG_NOSYSTEM=1", "HOME="+dir, "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A",
		"GIT_COMMITTER_EMAIL=a@example.com")
	git := func(args ...string) {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(tag string) {
		for i := range apps {
			folder := filepath.Join(dir, "apps", fmt.Sprintf("app%02d", i))
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: app%02d\nimage: a:%s\nenvironments: {prod: {}}\n", i,
				tag)
			if err := os.WriteFile(filepath.Join(folder, "app.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("v1")
	git("init", "--quiet")
	git("add", ".")
	git("commit", "--quiet", "-m", "one")
	write("v2")
	diff := func(to io.Writer) {
		cmd := exec.Command("unfold", "diff")
		cmd.Dir, cmd.Env, cmd.Stderr = dir, append(env, "WORK="+dir), to
		var code *exec.ExitError
		if err := cmd.Run(); !errors.As(err, &code) || code.ExitCode() != 1 {
			t.Error(err)
		}
	}
	terminal, device := openTerminal(t)
	diff(device)
	device.Close()
	shown, _ := io.ReadAll(terminal)
	if want := "\rcompared 0 of 60\rcompared 25 of 60\rcompared 50 of 60\rcompared 60 of 60\r\x1b[K"; string(shown) != want {
		t.Errorf("the terminal shows %q, want %q", shown, want)
	}
	var plain strings.Builder
	diff(&plain)
	if plain.String() != "" {
		t.Errorf("without a terminal: %q", plain.String())
	}
}

// openTerminal opens a pseudo-terminal, the side of a person and that of a program.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	var number, locked int32
	ioctl(t, person, syscall.TIOCGPTN, unsafe.Pointer(&number))
	ioctl(t, person, syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	if program, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

func silent(t *testing.T, device *os.File) bool {
	t.Helper()
	var state syscall.Termios
	ioctl(t, device, syscall.TCGETS, unsafe.Pointer(&state))
	return state.Lflag&syscall.ECHO == 0
}

func ioctl(t *testing.T, f *os.File, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	raw, err := f.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) {
		if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(arg)); failed != 0 {
			t.Fatal(failed)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// TestColours looks at what check shows at a terminal, and at one that is told to
// have no colours.
func TestColours(t *testing.T) {
	dir := t.TempDir()
	descriptor := "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop:v1\n"
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(descriptor), 0o600); err != nil {
		t.Fatal(err)
	}
	for variable, want := range map[string]string{
		"NO_COLOR=":  "\x1b[1mApps\x1b[0m\r\n  \x1b[32m✓\x1b[0m . renders in dev, staging, prod\r\n",
		"NO_COLOR=1": "Apps\r\n  ✓ . renders in dev, staging, prod\r\n",
	} {
		terminal, device := openTerminal(t)
		cmd := exec.Command("unfold", "check", "--repository")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TERM=xterm", variable)
		cmd.Stdout, cmd.Stderr = device, device
		if err := cmd.Run(); err != nil {
			t.Error(err)
		}
		device.Close()
		if shown, _ := io.ReadAll(terminal); !strings.Contains(string(shown), want) {
			t.Errorf("%s: the terminal shows %q, want in it %q", variable, shown, want)
		}
	}
}

// TestTerminal looks at what a terminal gets: manifests with what it would obey or
// hide as escapes, and no colours but ours.
func TestTerminal(t *testing.T) {
	dir := t.TempDir()
	descriptor := "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop:v1\n" +
		"config: {A: \"x\u202ey\"}\nenvironments:\n  dev: {config: {B: \"\u2066\"}}\n  prod: {}\n"
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(descriptor), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ args, want string }{
		{"render --env prod", `A: x\u202ey`},
		{"diff --env dev --env prod", "\x1b[31m-     data.B: \\u2066\x1b[0m"},
	} {
		terminal, device := openTerminal(t)
		cmd := exec.Command("unfold", strings.Fields(tt.args)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "WORK="+dir, "TERM=xterm", "NO_COLOR=")
		cmd.Stdout, cmd.Stderr = device, device
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		read := make(chan string)
		go func() {
			shown, _ := io.ReadAll(terminal)
			read <- string(shown)
		}()
		_ = cmd.Wait() // diff ends with 1
		device.Close()
		shown := <-read
		if !strings.Contains(shown, tt.want) || strings.ContainsAny(shown, "\u202e\u2066") {
			t.Errorf("unfold %s shows %q, want %q in it", tt.args, shown, tt.want)
		}
	}
}

// TestWidth looks at how texts for people are wrapped at a terminal's width, and that nothing else is: what goes to a
// file, and manifests.
func TestWidth(t *testing.T) {
	dir := t.TempDir()
	descriptor := "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop:v1\nport: high\n" +
		"config: {A: " + strings.Repeat("word ", 30) + "}\n"
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(descriptor), 0o600); err != nil {
		t.Fatal(err)
	}
	right := strings.Replace(descriptor, "high", "80", 1)
	if err := os.Mkdir(filepath.Join(dir, "right"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "right", "app.yaml"), []byte(right), 0o600); err != nil {
		t.Fatal(err)
	}
	const width = 60
	for _, tt := range []struct {
		args, variable, want string
		most                 int
	}{
		{"render --help", "", "Usage:\n  unfold render [DIR] [flags]\n", width},
		{"explain replicas", "", "\nHow many pods run.\n", width},
		{"explain", "", "  replicas <a whole number>\n      How many pods run.\n", width},
		{"explain cron", "", "  schedule\n      When a CronJob runs.\n", width},
		{"explain cron", "COLUMNS=200", "  schedule             When a CronJob runs.\n", 200},
		{"render", "NO_COLOR=1", "app.yaml:5:7: port must be a port number, not the text\n    \"high\"\n", width},
		{"render", "NO_COLOR=", "\x1b[1;31mapp.yaml:5:7:\x1b[0m port must be a port number, not the text\n    \"high\"\n", width},
		{"render", "TERM=dumb", "app.yaml:5:7: port must be a port number", width},
		{"check", "NO_COLOR=", "\x1b[1;31mapp.yaml:5:7:\x1b[0m port must be", width},
		{"render --nosuch", "NO_COLOR=", "\x1b[31munfold:\x1b[0m unknown flag: --nosuch; see unfold render", width},
		{"render right --env dev", "", "  A: " + strings.Repeat("word ", 15), 200},
	} {
		shown := onTerminal(t, dir, width, tt.variable, strings.Fields(tt.args)...)
		if !strings.Contains(shown, tt.want) {
			t.Errorf("unfold %s, %s: the terminal shows\n%s\nwant in it %q", tt.args, tt.variable, shown, tt.want)
		}
		for line := range strings.Lines(shown) {
			bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(strings.TrimSuffix(line, "\n"), "")
			if len([]rune(bare)) > tt.most && len(strings.Fields(bare)) > 1 {
				t.Errorf("unfold %s: a line is longer than %d: %q", tt.args, tt.most, bare)
			}
		}
	}
	// Elsewhere nothing is wrapped or coloured, whatever COLUMNS says.
	cmd := exec.Command("unfold", "render")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "WORK="+dir, "COLUMNS=40", "TERM=xterm", "NO_COLOR=")
	said, _ := cmd.CombinedOutput()
	if want := "app.yaml:5:7: port must be a port number, not the text \"high\"\n"; string(said) != want {
		t.Errorf("a file gets %q, want %q", said, want)
	}
}

// onTerminal runs unfold at a terminal with so many columns and returns what that shows.
func onTerminal(t *testing.T, dir string, width uint16, variable string, args ...string) string {
	t.Helper()
	terminal, device := openTerminal(t)
	size := [4]uint16{24, width}
	ioctl(t, device, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	cmd := exec.Command("unfold", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "WORK="+dir, "TERM=xterm", "NO_COLOR=", "COLUMNS=", variable)
	cmd.Stdout, cmd.Stderr = device, device
	read := make(chan string)
	go func() {
		shown, _ := io.ReadAll(terminal) // ends in EIO when nobody has the device any more
		read <- string(shown)
	}()
	_ = cmd.Run() // some fail
	device.Close()
	return strings.ReplaceAll(<-read, "\r\n", "\n")
}
