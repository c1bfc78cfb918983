package validation

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// kubelet checks what the API server takes and the kubelet refuses later, so that
// the pod never starts.
func (c *checker) kubelet(spec *value.Value, where string) {
	for i, v := range spec.Get("volumes").AllItems() {
		at := where + ".volumes." + strconv.Itoa(i)
		// pkg/volume/emptydir: "unknown storage medium".
		medium := v.Get("emptyDir", "medium")
		if text := medium.StringAt(); text != "" && text != "Memory" && text != "HugePages" && !strings.HasPrefix(text, "HugePages-") {
			hint := "allowed are Memory and HugePages; remove it for the node's disk"
			if strings.EqualFold(text, "memory") {
				hint = "write Memory"
			}
			c.reportAt(medium.Pos, hint, "%s.emptyDir.medium can't be %q", at, text)
		}
		// The container runtime mounts absolute paths alone.
		path := v.Get("hostPath", "path")
		if text := path.StringAt(); text != "" && !strings.HasPrefix(text, "/") && !windowsPath(text) {
			c.reportAt(path.Pos, "write the whole path", "%s.hostPath.path can't be %q: it does not start with /",
				at, text)
		}
	}
	for _, list := range []string{"initContainers", "containers"} {
		for i, x := range spec.Get(list).AllItems() {
			c.root(spec, x, where+"."+list+"."+strconv.Itoa(i))
		}
	}
}

// windowsPath reports whether a path begins with a drive or a share of Windows.
func windowsPath(s string) bool {
	return strings.HasPrefix(s, `\`) || len(s) > 2 && s[1] == ':'
}

// root finds a container that may not run as root, and does (verifyRunAsNonRoot in
// pkg/kubelet/kuberuntime). What a container says goes before what its pod says.
func (c *checker) root(spec, x *value.Value, where string) {
	said := func(field string) *value.Value {
		for _, v := range []*value.Value{x.Get("securityContext", field), spec.Get("securityContext", field)} {
			if v != nil && !v.Is(value.Null) {
				return v
			}
		}
		return nil
	}
	user := said("runAsUser")
	if n, ok := user.Int64(); !ok || n != 0 || !said("runAsNonRoot").IsTrue() || spec.StringAt("os", "name") == "windows" {
		return
	}
	c.reportAt(user.Pos, "set runAsNonRoot: false beside it, or run as another user",
		"%s can't run as the user 0: runAsNonRoot is true, so the kubelet never starts it", where)
}
