package validation

import "github.com/unfold-gitops/unfold/pkg/yaml/value"

// defaultGrace is how many seconds a pod gets to stop in (DefaultTerminationGracePeriodSeconds).
const defaultGrace = 30

// lifecycle checks what runs after a container starts and before it stops
// (validateLifecycle in pkg/apis/core/validation).
func (c *checker) lifecycle(spec, x *value.Value, where string) {
	grace, ok := spec.Get("terminationGracePeriodSeconds").Int64()
	if !ok {
		grace = defaultGrace
	}
	for _, hook := range []string{"preStop", "postStart"} {
		seconds := x.Get("lifecycle", hook, "sleep", "seconds")
		if n, ok := seconds.Int64(); ok && (n < 0 || n > grace) {
			c.reportAt(seconds.Pos, "sleep less, or raise gracePeriod (terminationGracePeriodSeconds in a manifest)",
				"%s.lifecycle.%s.sleep can't be %d seconds: the pod has %d to stop in", where, hook, n, grace)
		}
	}
	signal := x.Get("lifecycle", "stopSignal")
	if signal.StringAt() == "" {
		return
	}
	switch os := spec.StringAt("os", "name"); {
	case os == "":
		c.reportAt(signal.Pos, "add pod: {os: {name: linux}}, or set STOPSIGNAL in the image",
			"%s.lifecycle can't have stopSignal: the pod's os.name is not set", where)
	case os == "windows" && signal.Text != "SIGTERM" && signal.Text != "SIGKILL":
		c.reportAt(signal.Pos, "use SIGTERM or SIGKILL", "%s.lifecycle.stopSignal of a pod for Windows can't be %s",
			where, signal.Text)
	}
}
