package lint

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// What the level baseline of the Pod Security Standards lets containers have
// (kubernetes.io/docs/concepts/security/pod-security-standards, as of 1.34).

func baselineCapabilities() []string {
	return []string{"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
		"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"}
}

func baselineSELinux() []string {
	return []string{"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
}

func baselineSysctls() []string {
	return []string{"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
		"net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
		"net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
		"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}
}

// appArmor starts the annotations that were AppArmor's fields once; a kubelet still
// obeys them.
const appArmor = "container.apparmor.security.beta.kubernetes.io/"

// addedCapabilities finds containers that may do more than Pod Security's baseline
// lets them.
func addedCapabilities(in *Input, r *reporter) {
	for _, p := range in.parts {
		for _, c := range p.contexts {
			for _, name := range c.Get("capabilities", "add").AllItems() {
				if !slices.Contains(baselineCapabilities(), name.StringAt()) {
					r.report(p.item, name, "remove it, or use a capability of Pod Security's baseline",
						"%s of %s has the capability %s", called(c.of), p.ID, name.StringAt())
				}
			}
		}
	}
}

// unconfined finds pods that take off a part of what keeps containers from their
// node.
func unconfined(in *Input, r *reporter) {
	for _, p := range in.parts {
		for _, c := range p.contexts {
			for _, v := range loosened(c.Value) {
				r.report(p.item, v.Value, "remove it",
					"%s of %s takes off a part of its confinement: it has %s %s", called(c.of), p.ID, v.Key, v.Value.Text)
			}
		}
		for _, e := range p.profiles {
			if text := e.Value.StringAt(); text != "runtime/default" && !strings.HasPrefix(text, "localhost/") {
				r.report(p.item, e.Value, "remove the annotation",
					"a container of %s takes off its confinement by AppArmor: it has %s %s", p.ID, e.Key, text)
			}
		}
	}
}

// loosened returns the settings of a security context that Pod Security's baseline
// does not allow, by their paths.
func loosened(c *value.Value) []value.Entry {
	var out []value.Entry
	unless := func(allowed []string, v *value.Value, path string) {
		if v.IsScalar() && !slices.Contains(allowed, v.Text) {
			out = append(out, value.Entry{Key: path, Value: v})
		}
	}
	unless([]string{"Default", ""}, c.Get("procMount"), "procMount")
	profiles := []string{"RuntimeDefault", "Localhost", ""}
	unless(profiles, c.Get("seccompProfile", "type"), "seccompProfile.type")
	unless(profiles, c.Get("appArmorProfile", "type"), "appArmorProfile.type")
	unless(baselineSELinux(), c.Get("seLinuxOptions", "type"), "seLinuxOptions.type")
	unless([]string{""}, c.Get("seLinuxOptions", "user"), "seLinuxOptions.user")
	unless([]string{""}, c.Get("seLinuxOptions", "role"), "seLinuxOptions.role")
	for _, x := range c.Get("sysctls").AllItems() {
		unless(baselineSysctls(), x.Get("name"), "sysctls")
	}
	return out
}
