package validation

import (
	"strconv"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// system checks a pod's settings against the operating system that it is for, and
// containers that are processes of a Windows node.
func (c *checker) system(spec *value.Value, where string) {
	const (
		ofWindowsPods = "appArmorProfile seLinuxOptions seccompProfile fsGroup fsGroupChangePolicy sysctls runAsUser runAsGroup " +
			"supplementalGroups supplementalGroupsPolicy seLinuxChangePolicy"
		ofWindowsContainers = "appArmorProfile seLinuxOptions seccompProfile capabilities readOnlyRootFilesystem privileged " +
			"allowPrivilegeEscalation procMount runAsUser runAsGroup"
	)
	security := spec.Get("securityContext")
	os := spec.StringAt("os", "name")
	forbid := func(v *value.Value, fields, at string) {
		for _, e := range v.AllEntries() {
			if has(fields, e.Key) {
				c.excluded(v, e.Key, at, "its os is "+os)
			}
		}
	}
	switch os {
	case "linux":
		forbid(security, "windowsOptions", where+".securityContext")
	case "windows":
		forbid(security, ofWindowsPods, where+".securityContext")
		forbid(spec, "hostUsers hostPID hostIPC shareProcessNamespace", where)
	}
	c.windows(security.Get("windowsOptions"), where+".securityContext.windowsOptions")
	host, all := 0, 0
	var at *value.Value
	own := security.Get("windowsOptions", "hostProcess")
	for _, list := range []string{"initContainers", "containers"} {
		for i, x := range spec.Get(list).AllItems() {
			place := where + "." + list + "." + strconv.Itoa(i) + ".securityContext"
			s := x.Get("securityContext")
			c.windows(s.Get("windowsOptions"), place+".windowsOptions")
			switch os {
			case "linux":
				forbid(s, "windowsOptions", place)
			case "windows":
				forbid(s, ofWindowsContainers, place)
			}
			process := s.Get("windowsOptions", "hostProcess")
			if process.Is(value.Bool) && own.Is(value.Bool) && process.IsTrue() != own.IsTrue() {
				c.reportAt(process.Pos, "remove one of them",
					"%s.windowsOptions.hostProcess is not what the pod says", place)
			}
			all++
			if process.IsTrue() || !process.Is(value.Bool) && own.IsTrue() {
				host++
				if at = process; at == nil {
					at = own
				}
			}
		}
	}
	if host == 0 {
		return
	}
	if host != all {
		c.reportAt(at.Pos, "set it for the pod", "%s: hostProcess is for all containers of a pod or for none", where)
	}
	if !spec.Get("hostNetwork").IsTrue() {
		c.reportAt(at.Pos, "add hostNetwork: true to the pod", "%s: containers with hostProcess need hostNetwork",
			where)
	}
}

// windows checks a text that can't be empty (validateWindowsSecurityContextOptions).
func (c *checker) windows(options *value.Value, where string) {
	if x := options.Get("gmsaCredentialSpec"); x.Is(value.String) && x.Text == "" {
		c.reportAt(x.Pos, "remove it", "%s.gmsaCredentialSpec is empty", where)
	}
}
