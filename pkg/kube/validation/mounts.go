package validation

import (
	"path"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// mounts checks where a container has the volumes of its pod. That they are there is
// a rule of pkg/lint.
func (c *checker) mounts(spec, x *value.Value, where string) {
	paths, named := map[string]bool{}, map[string]bool{}
	var files []*value.Value
	for i, m := range x.Get("volumeMounts").AllItems() {
		at := where + ".volumeMounts." + strconv.Itoa(i)
		c.once(paths, m.StringAt("mountPath"), m.Get("mountPath"), where, "mount path")
		named[m.StringAt("name")] = true
		if m.StringAt("subPath") != "" {
			c.excluded(m, "subPathExpr", at, "it has subPath")
		}
		if isFile(volume(spec, m.StringAt("name")), m.StringAt("subPath")) {
			files = append(files, m.Get("mountPath"))
		}
		propagation := m.Get("mountPropagation")
		if recursive := m.Get("recursiveReadOnly"); recursive.StringAt() == "IfPossible" || recursive.StringAt() == "Enabled" {
			if !m.Get("readOnly").IsTrue() {
				c.reportAt(recursive.Pos, "add readOnly: true",
					"%s can't have recursiveReadOnly: it is not readOnly", at)
			}
			if p := propagation.StringAt(); p != "" && p != "None" {
				c.reportAt(recursive.Pos, "remove one of them",
					"%s can't have recursiveReadOnly: its mountPropagation is %s", at, p)
			}
		}
		if propagation.StringAt() == "Bidirectional" && !x.Get("securityContext", "privileged").IsTrue() {
			c.reportAt(propagation.Pos, "use HostToContainer, or make the container privileged",
				"%s.mountPropagation can't be Bidirectional: the container is not privileged", at)
		}
	}
	c.devices(spec, x, where, paths, named)
	c.below(x, where, files)
}

// devices checks the volumes that a container has as devices.
func (c *checker) devices(spec, x *value.Value, where string, paths, mounted map[string]bool) {
	names := map[string]bool{}
	for i, d := range x.Get("volumeDevices").AllItems() {
		at := where + ".volumeDevices." + strconv.Itoa(i)
		name := d.StringAt("name")
		c.once(names, name, d.Get("name"), where, "volume device")
		c.once(paths, d.StringAt("devicePath"), d.Get("devicePath"), where, "path")
		v := volume(spec, name)
		switch {
		case mounted[name]:
			c.reportAt(d.Get("name").At(), "keep one of them", "%s can't be %q: the container mounts that volume",
				at, name)
		case v != nil && !v.Has("persistentVolumeClaim") && !v.Has("ephemeral"):
			c.reportAt(d.Get("name").At(), "use a claim, or mount it",
				"%s can't be %q: only a claim can be a device", at, name)
		}
		if spec.Entry("hostUsers") != nil && !spec.Get("hostUsers").IsTrue() {
			c.reportAt(d.At(), "remove hostUsers", "%s can't be there: hostUsers is false", at)
		}
	}
}

// below finds mounts below a path at which there is a file, or at the same path in another spelling: the container
// runtime can't make a folder there, so the container never starts.
func (c *checker) below(x *value.Value, where string, files []*value.Value) {
	for i, m := range x.Get("volumeMounts").AllItems() {
		for _, f := range files {
			mount, file := m.Get("mountPath"), path.Clean(f.StringAt())
			at := path.Clean(mount.StringAt())
			if strings.HasPrefix(at, file+"/") || at == file && mount.StringAt() != f.StringAt() {
				c.reportAt(mount.Pos, "mount one of them elsewhere",
					"%s.volumeMounts.%d can't be mounted at %s: %s is a file",
					where, i, mount.Text, file)
			}
		}
	}
}

// volume gives the volume of a name, nil where the pod has none.
func volume(spec *value.Value, name string) *value.Value {
	for _, v := range spec.Get("volumes").AllItems() {
		if v.StringAt("name") == name {
			return v
		}
	}
	return nil
}

// isFile reports whether a path in a volume is known to be a file: a key of a ConfigMap
// or Secret, which has no folders but those that its items name.
func isFile(v *value.Value, subPath string) bool {
	for _, source := range []string{"configMap", "secret"} {
		if s := v.Get(source); subPath != "" && s.Is(value.Map) {
			for _, item := range s.Get("items").AllItems() {
				if strings.HasPrefix(item.StringAt("path"), path.Clean(subPath)+"/") {
					return false
				}
			}
			return true
		}
	}
	return false
}
