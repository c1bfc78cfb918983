package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// podParts are what an object says about pods, of whatever kind it is and wherever
// it says it: a custom resource can hold a pod's specification at any depth, and
// its controller makes pods of it. They are found by the names of fields, which are
// those of core/v1.PodSpec, and so are the marks on what controllers make.
type podParts struct {
	item
	containers []*value.Value
	// contexts are security contexts, each of a container or of pods.
	contexts []securityContext
	images   []usedImage
	// shared are the fields that give pods a part of their node: hostNetwork and the
	// like that are true, and hostPort.
	shared []value.Entry
	// nodePaths are volumes that are paths of the node.
	nodePaths []*value.Value
	// profiles are AppArmor's annotations, marks Argo CD's labels and annotations.
	profiles, marks []value.Entry
}

type securityContext struct {
	*value.Value
	of *value.Value // the container or the specification of pods
}

// usedImage is an image that a kubelet pulls.
type usedImage struct {
	*value.Value
	// loose ones are of no container and no volume: a custom resource has them where
	// its controller knows what to do with them.
	loose bool
}

// parse returns the reference. The problem is "" where it is right.
func (i usedImage) parse() (ref image.Reference, problem string) { return image.Parse(i.Text) }

// filledIn reports whether a controller fills in parts of the image later, as Argo
// Workflows and Tekton do. Kubernetes itself never does.
func (i usedImage) filledIn(x item) bool {
	return types.Custom(x.APIVersion) && (strings.Contains(i.Text, "{{") || strings.Contains(i.Text, "$("))
}

// parts returns what the object says about pods.
func (x item) parts() podParts {
	p := podParts{item: x}
	p.walk("", x.value)
	return p
}

func (p *podParts) walk(key string, v *value.Value) {
	for _, x := range v.Items {
		p.walk(key, x)
	}
	if v.Kind != value.Map {
		return
	}
	isContainer := isContainer(key, v)
	if isContainer {
		p.containers = append(p.containers, v)
	}
	for _, e := range v.Entries {
		switch e.Key {
		case "image":
			p.image(e.Value, isContainer, freeKeys(key))
		case "hostNetwork", "hostPID", "hostIPC":
			if isOn(e.Value) {
				p.shared = append(p.shared, e)
			}
		case "hostPort":
			if e.Value.IsScalar() && e.Value.Text != "0" {
				p.shared = append(p.shared, e)
			}
		case "hostPath":
			if e.Value.Get("path").IsScalar() {
				p.nodePaths = append(p.nodePaths, e.Value)
			}
		case "labels", "annotations":
			for _, m := range e.Value.AllEntries() {
				switch {
				case strings.HasPrefix(m.Key, appArmor):
					p.profiles = append(p.profiles, m)
				case strings.HasPrefix(m.Key, argoCD):
					p.marks = append(p.marks, m)
				}
			}
		default:
			if strings.HasSuffix(e.Key, "ecurityContext") && e.Value.Is(value.Map) { // podSecurityContext and the like, too
				p.contexts = append(p.contexts, securityContext{e.Value, v})
			}
		}
		p.walk(e.Key, e.Value)
	}
}

// image takes note of a field called image.
func (p *podParts) image(v *value.Value, inContainer, free bool) {
	switch reference := v.Get("reference"); {
	case reference.IsScalar(): // a volume
		p.images = append(p.images, usedImage{Value: reference})
	case !v.IsScalar() || v.Text == "":
	case inContainer:
		p.images = append(p.images, usedImage{Value: v})
	case !free:
		if i := (usedImage{v, true}); !isPicture(v.Text) {
			p.images = append(p.images, i)
		}
	}
}

// isPicture reports whether a text is the address of a picture, or one itself: nobody
// runs what a web server has under such an address.
func isPicture(text string) bool {
	scheme, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), ":")
	return scheme == "http" || scheme == "https" || scheme == "data"
}

// isContainer reports whether a map that stands under a key, or in a list under it,
// is a container: it is listed as one, or it has an image and another field of
// core/v1.Container.
func isContainer(key string, v *value.Value) bool {
	switch key {
	case "containers", "initContainers", "ephemeralContainers":
		return true
	}
	if !v.Get("image").IsScalar() {
		return false
	}
	switch key {
	case "container", "script", "sidecars", "steps", "stepTemplate": // of Argo Workflows and Tekton
		return true
	}
	return slices.ContainsFunc(v.Entries, func(e value.Entry) bool {
		switch e.Key {
		case "command", "args", "workingDir", "ports", "env", "envFrom", "resources", "volumeMounts", "volumeDevices", "livenessProbe",
			"readinessProbe",
			"startupProbe", "lifecycle", "imagePullPolicy", "securityContext", "stdin", "tty", "terminationMessagePath",
			"terminationMessagePolicy", "restartPolicy":
			return true
		}
		return false
	})
}

// freeKeys reports whether the keys of a map that stands under a key are anybody's
// choice, so that one called image means nothing.
func freeKeys(key string) bool {
	switch key {
	case "labels", "annotations", "matchLabels", "nodeSelector", "selector", "data", "stringData", "binaryData", "encryptedData":
		return true
	}
	return false
}

// isOn reports whether a field is true. The schema of a custom resource may have a
// text or a number for it, and its controller may take what YAML 1.1 calls true.
func isOn(v *value.Value) bool {
	switch strings.ToLower(v.StringAt()) {
	case "true", "t", "1", "yes", "y", "on":
		return true
	}
	return false
}

// called names a container, or the pods, in messages.
func called(v *value.Value) string {
	switch name := v.StringAt("name"); {
	case v.Has("containers"):
		return "the pod specification"
	case name == "":
		return "a container"
	default:
		return "the container " + strconv.Quote(name)
	}
}
