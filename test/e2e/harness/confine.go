package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// Sidecar's user, as in the image and in deploy/component.
const sidecarUser = 999

// confineVariable tells the test binary that it is to become the program it is started for.
const confineVariable = "E2E_CONFINE"

// confinement is how a sidecar's container differs from the machine.
type confinement struct {
	Root     string // of the file system; holds nothing but what the image does
	Writable []string
	TmpSize  string // of a file system for /tmp, as mount takes it; none if empty
	Program  string
}

// Confine has to be called first in TestMain. In the processes that [StartPlugin] starts for a confined sidecar it
// locks itself up and then becomes the program.
func Confine() {
	text, ok := os.LookupEnv(confineVariable)
	if !ok {
		return
	}
	var c confinement
	err := json.Unmarshal([]byte(text), &c)
	if err == nil {
		err = c.enter()
	}
	fmt.Fprintln(os.Stderr, "confining the sidecar:", err)
	os.Exit(1)
}

// enter locks the process up as a container runtime does: an empty root that is read-only, no network, user 999
// without capabilities, no way to get more. It returns only if that fails.
func (c confinement) enter() error {
	runtime.LockOSThread()
	// Some places that run the tests, themselves containers, do not allow namespaces. There the root is read-only by
	// its permissions alone.
	switch err := syscall.Unshare(syscall.CLONE_NEWNS | syscall.CLONE_NEWNET); {
	case errors.Is(err, syscall.EPERM):
		fmt.Fprintln(os.Stderr, "confining the sidecar: without namespaces")
		if c.TmpSize != "" {
			limit := syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}
			if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
				return err
			}
		}
	case err != nil:
		return err
	default:
		if err := c.mount(); err != nil {
			return err
		}
	}
	if err := syscall.Chroot(c.Root); err != nil {
		return err
	}
	steps := []error{
		os.Chdir("/"),
		syscall.Setgroups(nil), syscall.Setgid(sidecarUser), syscall.Setuid(sidecarUser),
	}
	const setPdeathsig, setNoNewPrivs = 1, 38
	for _, option := range [][2]uintptr{{setNoNewPrivs, 1}, {setPdeathsig, uintptr(syscall.SIGKILL)}} {
		if _, _, err := syscall.RawSyscall6(syscall.SYS_PRCTL, option[0], option[1], 0, 0, 0, 0); err != 0 {
			steps = append(steps, err)
		}
	}
	if err := errors.Join(steps...); err != nil {
		return err
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, confineVariable+"=") })
	return syscall.Exec(c.Program, []string{c.Program}, env)
}

// mount makes the root a read-only file system, with the writable folders on top.
func (c confinement) mount() error {
	steps := []error{
		syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
		syscall.Mount(c.Root, c.Root, "", syscall.MS_BIND, ""),
	}
	for _, dir := range c.Writable {
		path := filepath.Join(c.Root, dir)
		if dir == "/tmp" && c.TmpSize != "" {
			options := fmt.Sprintf("size=%s,uid=%d,gid=%d,mode=0700", c.TmpSize, sidecarUser, sidecarUser)
			steps = append(steps, syscall.Mount("tmpfs", path, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, options))
			continue
		}
		steps = append(steps, syscall.Mount(path, path, "", syscall.MS_BIND, ""))
	}
	steps = append(steps, syscall.Mount("", c.Root, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	return errors.Join(steps...)
}

// Folders of the sidecar's container, as in Argo CD's manifests and the image.
const (
	socketDir = "/home/argocd/cmp-server/plugins"
	configDir = "/home/argocd/cmp-server/config"
	serverDir = "/var/run/argocd"
	binaryDir = "/usr/local/bin"
)

// newRoot makes the sidecar's file system: argocd-cmp-server, the product, plugin.yaml, two empty folders, and
// /dev/null, which every container has and cmp-server opens.
func newRoot(t testing.TB, config []byte) string {
	t.Helper()
	root := ShortTempDir(t)
	for _, dir := range []string{socketDir, "/tmp", "/dev"} {
		makeDirs(t, filepath.Join(root, dir))
	}
	for path, content := range map[string][]byte{
		serverDir + "/argocd-cmp-server": ReadFile(t, Built(t, "argocd/argocd-cmp-server")),
		binaryDir + "/unfold":            ReadFile(t, Unfold(t)),
		configDir + "/plugin.yaml":       config,
	} {
		WriteFile(t, filepath.Join(root, path), content)
		if filepath.Ext(path) == "" {
			if err := os.Chmod(filepath.Join(root, path), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	null := filepath.Join(root, "dev", "null")
	if err := syscall.Mknod(null, syscall.S_IFCHR|0o666, 1<<8|3); err != nil {
		t.Fatalf("making /dev/null, for which the tests have to run as root: %v", err)
	}
	if err := os.Chmod(null, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{socketDir, "/tmp"} {
		if err := os.Chown(filepath.Join(root, dir), sidecarUser, sidecarUser); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// startConfined starts argocd-cmp-server in a container's confinement and returns the folder of its socket.
func startConfined(t testing.TB, options PluginOptions, config []byte) (process *Process, sockets, root string) {
	t.Helper()
	root = newRoot(t, config)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	confined, err := json.Marshal(confinement{
		Root: root, Writable: []string{socketDir, "/tmp"}, TmpSize: options.TmpSize, Program: serverDir + "/argocd-cmp-server",
	})
	if err != nil {
		t.Fatal(err)
	}
	process = Start(t, Program{
		Name: "argocd-cmp-server",
		Path: self,
		// Nothing but what the image sets: all paths are the ones that cmp-server knows by itself.
		Env:    append([]string{"PATH=" + binaryDir, confineVariable + "=" + string(confined)}, options.Env...),
		Dir:    root,
		Signal: syscall.SIGKILL,
	})
	return process, filepath.Join(root, socketDir), root
}
