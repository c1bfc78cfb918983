package validation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// pod checks a pod's specification in an object of a kind.
func (c *checker) pod(spec *value.Value, where string, kind kinds.Kind) {
	if !spec.Is(value.Map) {
		return
	}
	c.restartPolicy(spec, where, kind)
	volumes := map[string]bool{}
	for i, v := range spec.Get("volumes").AllItems() {
		c.once(volumes, v.StringAt("name"), v.Get("name"), where, "volume")
		at := where + ".volumes." + strconv.Itoa(i)
		c.volume(v, at)
	}
	names := map[string]bool{}
	for _, list := range []string{"initContainers", "containers", "ephemeralContainers"} {
		for i, x := range spec.Get(list).AllItems() {
			at := where + "." + list + "." + strconv.Itoa(i)
			c.once(names, x.StringAt("name"), x.Get("name"), where, "container")
			c.container(x, at)
			c.inPod(spec, x, at)
			if list == "initContainers" && x.StringAt("restartPolicy") != "Always" {
				for _, field := range []string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle"} {
					c.excluded(x, field, at, "an init container ends before it could matter; a sidecar has restartPolicy: Always")
				}
			}
			if list == "containers" {
				c.excluded(x, "restartPolicy", at, "only an init container has it, and the pod")
			}
			if p := x.Get("restartPolicy"); list == "initContainers" && p.IsScalar() && p.Text != "Always" {
				c.reportAt(p.Pos, "use Always, or remove it", "%s.restartPolicy can't be %q", at, p.Text)
			}
		}
	}
	c.excluded(spec.Get("resources"), "claims", where+".resources", "only a container has it")
	c.scheduling(spec, where)
	c.resourceClaims(spec, where)
	c.portsOfNode(spec, where)
	c.system(spec, where)
	c.kubelet(spec, where)
	c.profiles(spec.Get("securityContext"), where+".securityContext")
	if spec.StringAt("dnsPolicy") == "None" && spec.Get("dnsConfig", "nameservers").Empty() {
		c.reportAt(spec.Get("dnsPolicy").At(), "add dnsConfig: with nameservers",
			"%s.dnsPolicy is None, so the pod needs name servers", where)
	}
}

// inPod checks a container against the pod that it is of.
func (c *checker) inPod(spec, x *value.Value, where string) {
	c.hostPorts(spec, x, where)
	c.lifecycle(spec, x, where)
	c.mounts(spec, x, where)
	c.claims(spec, x, where)
	c.resizePolicy(spec, x, where)
	if mount := x.Get("securityContext", "procMount"); mount.StringAt() == "Unmasked" &&
		(spec.Entry("hostUsers") == nil || spec.Get("hostUsers").IsTrue()) {
		c.reportAt(mount.Pos, "add hostUsers: false to the pod",
			"%s.securityContext.procMount can't be Unmasked: the pod shares the node's users", where)
	}
}

// volume checks what is in a volume.
func (c *checker) volume(v *value.Value, where string) {
	c.sizes(v.Get("emptyDir"), where+".emptyDir")
	c.fibreChannel(v.Get("fc"), where+".fc")
	c.downward(v.Get("downwardAPI"), where+".downwardAPI")
	for i, source := range v.Get("projected", "sources").AllItems() {
		c.downward(source.Get("downwardAPI"), where+".projected.sources."+strconv.Itoa(i)+".downwardAPI")
	}
	if t := v.Get("ephemeral", "volumeClaimTemplate", "spec"); t.Is(value.Map) {
		c.claim(t, where+".ephemeral.volumeClaimTemplate.spec")
	}
}

func (c *checker) restartPolicy(spec *value.Value, where string, kind kinds.Kind) {
	p := spec.Get("restartPolicy")
	always := !p.IsScalar() || p.Text == "" || p.Text == "Always"
	switch {
	case len(kind.Template) == 0:
	case kind.Completes:
		if always {
			c.reportAt(cmpPos(p, spec), "use Never or OnFailure",
				"%s.restartPolicy of a Job can't be Always, which is the default", where)
		}
	case !always:
		c.reportAt(p.Pos, "remove it", "%s.restartPolicy of a %s can't be %q", where, kind.Name, p.Text)
	}
	if len(kind.Template) > 0 && !kind.Completes {
		if e := spec.Entry("activeDeadlineSeconds"); e != nil && !e.Value.Is(value.Null) {
			c.reportAt(e.KeyPos, "remove it; a Job or CronJob can have it",
				"%s can't have activeDeadlineSeconds: the pods of a %s have no end", where, kind.Name)
		}
	}
}

// container checks a container. That its volumes are there is a rule of pkg/lint.
func (c *checker) container(x *value.Value, where string) {
	ports, portNames := map[string]bool{}, map[string]bool{}
	for _, p := range x.Get("ports").AllItems() {
		c.once(portNames, p.StringAt("name"), p.Get("name"), where, "port")
		if n := p.StringAt("hostPort"); n != "" && n != "0" {
			c.once(ports, strings.TrimPrefix(p.StringAt("hostIP")+":", ":")+n+"/"+protocol(p), p.Get("hostPort"), where, "hostPort")
		}
	}
	c.environment(x, where)
	for _, probe := range []string{"livenessProbe", "startupProbe"} {
		if n, ok := x.Get(probe, "successThreshold").Int64(); ok && n > 1 {
			c.reportAt(x.Get(probe, "successThreshold").Pos, "remove it", "%s.%s.successThreshold must be 1", where,
				probe)
		}
	}
	c.excluded(x.Get("readinessProbe"), "terminationGracePeriodSeconds", where+".readinessProbe", "it stops nothing")
	c.resources(x.Get("resources"), where+".resources")
	security := x.Get("securityContext")
	if e := security.Entry("allowPrivilegeEscalation"); e != nil && e.Value.Is(value.Bool) && !e.Value.IsTrue() {
		if security.Get("privileged").IsTrue() {
			c.reportAt(e.KeyPos, "remove one of them",
				"%s.securityContext is privileged, so allowPrivilegeEscalation can't be false", where)
		}
		for _, x := range security.Get("capabilities", "add").AllItems() {
			if x.StringAt() == "SYS_ADMIN" || x.StringAt() == "CAP_SYS_ADMIN" {
				c.reportAt(x.Pos, "remove one of them",
					"%s.securityContext adds %s, so allowPrivilegeEscalation can't be false", where, x.Text)
			}
		}
	}
	c.profiles(security, where+".securityContext")
}

// profiles checks security profiles, which have a file if they are of a file.
func (c *checker) profiles(security *value.Value, where string) {
	for _, field := range []string{"seccompProfile", "appArmorProfile"} {
		p := security.Get(field)
		switch typ := p.StringAt("type"); {
		case typ == "Localhost":
			c.needs(p, "localhostProfile", where+"."+field, "its type is Localhost")
			c.profileFile(p.Get("localhostProfile"), where+"."+field+".localhostProfile", field)
		case typ != "":
			c.excluded(p, "localhostProfile", where+"."+field, "its type is "+typ)
		}
	}
}

// profileFile checks the file of a profile, which is below a folder of the kubelet, or the name of one
// (validateLocalDescendingPath, ValidateAppArmorProfileField).
func (c *checker) profileFile(file *value.Value, where, field string) {
	text := file.StringAt()
	switch {
	case field == "appArmorProfile" && strings.TrimSpace(text) != text:
		c.reportAt(file.Pos, "remove the spaces around it", "%s can't be %q: it begins or ends with a space", where, text)
	case field == "seccompProfile" && (strings.HasPrefix(text, "/") || slices.Contains(strings.Split(text, "/"), "..")):
		c.reportAt(file.Pos, "write the path below the kubelet's folder for profiles", "%s can't be %q: it is absolute, or has ..", where,
			text)
	}
}

// fibreChannel checks how a volume of a fibre channel is found (validateFCVolumeSource).
func (c *checker) fibreChannel(fc *value.Value, where string) {
	names, ids := !fc.Get("targetWWNs").Empty(), !fc.Get("wwids").Empty()
	switch {
	case !fc.Is(value.Map):
	case names && ids:
		c.excluded(fc, "wwids", where, "it has targetWWNs")
	case names:
		c.needs(fc, "lun", where, "it has targetWWNs")
	case !ids:
		c.reportAt(fc.Pos, "add targetWWNs: with lun:, or wwids:", "%s names no volume", where)
	}
	if lun, ok := fc.Get("lun").Int64(); ok && names && (lun < 0 || lun > 255) {
		c.reportAt(fc.Get("lun").Pos, "", "%s.lun must be between 0 and 255", where)
	}
}

// portsOfNode checks that no two containers which run at the same time take one port of the node (checkHostPortConflicts;
// the second of two sidecars can't start).
func (c *checker) portsOfNode(spec *value.Value, where string) {
	taken := map[string]string{} // containers by port
	sidecars := slices.DeleteFunc(slices.Clone(spec.Get("initContainers").AllItems()), func(x *value.Value) bool {
		return x.StringAt("restartPolicy") != "Always"
	})
	for _, x := range append(sidecars, spec.Get("containers").AllItems()...) {
		name, own := x.StringAt("name"), map[string]bool{}
		for _, p := range x.Get("ports").AllItems() {
			port := p.Get("hostPort")
			key := protocol(p) + "/" + p.StringAt("hostIP") + "/" + port.StringAt()
			if other, ok := taken[key]; ok && !own[key] && port.IsScalar() && port.Text != "0" {
				c.reportAt(port.Pos, "give each one of its own",
					"%s: the containers %q and %q both have the hostPort %s", where, other, name, port.Text)
				continue
			}
			taken[key], own[key] = name, true
		}
	}
}

// hostPorts checks ports of pods that use the network of their node.
func (c *checker) hostPorts(spec, x *value.Value, where string) {
	if !spec.Get("hostNetwork").IsTrue() {
		return
	}
	for _, p := range x.Get("ports").AllItems() {
		if host := p.Get("hostPort"); host.IsScalar() && host.Text != "0" && host.Text != p.StringAt("containerPort") {
			c.reportAt(host.Pos, "remove it", "%s: with hostNetwork, hostPort must be the containerPort %s", where,
				p.StringAt("containerPort"))
		}
	}
}

// resources holds requests to their limits.
func (c *checker) resources(r *value.Value, where string) {
	for _, field := range []string{"requests", "limits"} {
		for _, e := range r.Get(field).AllEntries() {
			q, ok := quantity(e.Value)
			switch {
			case !ok:
			case q.Sign() < 0:
				c.reportAt(e.Value.Pos, "", "%s.%s.%s is negative", where, field, e.Key)
			case strings.Contains(e.Key, "/") && !q.Whole():
				c.reportAt(e.Value.Pos, "", "%s.%s.%s must be a whole number, not %s", where, field, e.Key, e.Value.Text)
			}
		}
	}
	for _, e := range r.Get("requests").AllEntries() {
		limit := r.Get("limits", e.Key)
		want, ok1 := quantity(e.Value)
		most, ok2 := quantity(limit)
		special := strings.Contains(e.Key, "/") || strings.HasPrefix(e.Key, "hugepages-")
		switch {
		case ok1 && ok2 && want.Cmp(most) > 0:
			pos := e.Value.Pos
			if pos.File != c.file { // a default
				pos = limit.Pos
			}
			c.reportAt(pos, "raise the limit, or lower the request", "%s.requests.%s is %s, more than the limit %s",
				where, e.Key, e.Value.Text, limit.Text)
		case special && ok1 && (!ok2 || want.Cmp(most) != 0):
			c.reportAt(e.Value.Pos, "set only the limit", "%s.requests.%s must be the same as the limit", where,
				e.Key)
		}
	}
}

// sizes checks the limit of a volume.
func (c *checker) sizes(v *value.Value, where string) {
	if q, ok := quantity(v.Get("sizeLimit")); ok && q.Sign() < 0 {
		c.reportAt(v.Get("sizeLimit").Pos, "", "%s.sizeLimit is negative", where)
	}
}

func quantity(v *value.Value) (types.Quantity, bool) {
	if !v.IsScalar() {
		return types.Quantity{}, false
	}
	return types.ParseQuantity(v.Text)
}
