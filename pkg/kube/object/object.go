// Package object is a Kubernetes object on its way out: what kustomize knows
// about one (its identity, its place in the order, the hash of a generated
// ConfigMap, the fields that refer to it), so that objects can be printed
// without kustomize exactly as kustomize prints them.
package object

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Object is a Kubernetes object without its namespace and without the hash in
// the names of ConfigMaps; Finish adds both.
type Object struct {
	Value *value.Value
	// Origin is the line of the descriptor that the object is there for.
	Origin diag.Pos
	// Generated marks a ConfigMap that a configMapGenerator makes, so its name
	// gets a hash.
	Generated bool
	// Sources maps those keys of a generated ConfigMap whose content is a file
	// in the tree to the file's path. All others are literals.
	Sources map[string]string
}

// ID identifies an object inside a namespace.
type ID struct {
	APIVersion, Kind, Name string
}

// ID returns the object's identity.
func (o Object) ID() ID {
	return ID{o.Value.StringAt("apiVersion"), o.Value.StringAt("kind"), o.Value.StringAt("metadata", "name")}
}

// String returns KIND/NAME, as kubectl names objects.
func (id ID) String() string { return strings.ToLower(id.Kind) + "/" + id.Name }

// Group returns the API group, "" for the core group.
func (id ID) Group() string {
	if group, _, ok := strings.Cut(id.APIVersion, "/"); ok {
		return group
	}
	return ""
}

// Version returns the API version without its group.
func (id ID) Version() string {
	if _, version, ok := strings.Cut(id.APIVersion, "/"); ok {
		return version
	}
	return id.APIVersion
}

// ClusterScoped reports whether objects of this kind have no namespace, as far
// as unfold writes them.
func (id ID) ClusterScoped() bool {
	switch id.Kind {
	case "Namespace", "ClusterRole", "ClusterRoleBinding":
		return true
	}
	return false
}

// Finish returns the objects as they are printed: with their namespace, with
// hashed names for generated ConfigMaps and the references to them, in
// kustomize's order. The objects passed in are not changed.
func Finish(objects []Object, namespace string) []Object {
	hashed := map[string]string{}
	for _, o := range objects {
		if o.Generated {
			id := o.ID()
			hashed[id.Name] = id.Name + "-" + Hash(o.Value)
		}
	}
	out := make([]Object, 0, len(objects))
	for _, o := range objects {
		id := o.ID()
		if o.Generated {
			o.Value = setMetadata(o.Value, "name", hashed[id.Name])
		}
		if !id.ClusterScoped() {
			o.Value = setMetadata(o.Value, "namespace", namespace)
		}
		if len(hashed) > 0 {
			o.Value = renameReferences(o.Value, id.Kind, hashed)
		}
		out = append(out, o)
	}
	Sort(out)
	return out
}

func setMetadata(v *value.Value, key, text string) *value.Value {
	return v.Replace([]string{"metadata"}, func(m *value.Value) *value.Value {
		return m.Copy().Set(key, value.NewString(m.Pos, text))
	})
}

// ConfigMapReferences are the fields of a pod's specification that name a
// ConfigMap: kustomize's table (api/internal/konfig/builtinpluginconsts,
// namereference.go), which is the same for every kind that has pods.
func ConfigMapReferences() [][]string {
	return [][]string{
		{"volumes", "configMap", "name"},
		{"volumes", "projected", "sources", "configMap", "name"},
		{"containers", "env", "valueFrom", "configMapKeyRef", "name"},
		{"containers", "envFrom", "configMapRef", "name"},
		{"initContainers", "env", "valueFrom", "configMapKeyRef", "name"},
		{"initContainers", "envFrom", "configMapRef", "name"},
	}
}

func renameReferences(v *value.Value, kind string, names map[string]string) *value.Value {
	rename := func(name *value.Value) *value.Value {
		if to, ok := names[name.Text]; ok {
			return value.NewString(name.Pos, to)
		}
		return name
	}
	switch kind {
	case "Role", "ClusterRole":
		return v.Replace([]string{"rules", "resourceNames"}, rename)
	case "Ingress":
		return v.Replace([]string{"metadata", "annotations", fastCGI}, rename)
	}
	for _, spec := range kinds.PodSpecs() {
		v = v.Replace(spec, func(pod *value.Value) *value.Value {
			for _, path := range ConfigMapReferences() {
				pod = pod.Replace(path, rename)
			}
			return pod
		})
	}
	return v
}

// fastCGI is the annotation by which an Ingress names a ConfigMap.
const fastCGI = "nginx.ingress.kubernetes.io/fastcgi-params-configmap"

// Hash returns the suffix that kustomize gives a ConfigMap (api/hasher): ten
// letters of the SHA-256 of its kind, data and binaryData as JSON, with the
// letters that could form words replaced. There is a name in that JSON too, but
// kustomize looks for it under the key "metadata/name", so it is always empty.
func Hash(configMap *value.Value) string {
	content := map[string]any{
		"kind": "ConfigMap",
		"name": "",
		"data": "",
	}
	for _, field := range []string{"data", "binaryData"} {
		if m := configMap.Get(field); m != nil {
			content[field] = texts(m)
		}
	}
	// Maps of strings can always be encoded.
	encoded, _ := json.Marshal(content)
	sum := sha256.Sum256(encoded)
	return strings.NewReplacer("0", "g", "1", "h", "3", "k", "a", "m", "e", "t").Replace(hex.EncodeToString(sum[:])[:10])
}

func texts(m *value.Value) map[string]string {
	out := make(map[string]string, len(m.Entries))
	for _, e := range m.Entries {
		out[e.Key] = e.Value.Text
	}
	return out
}

// Sort puts finished objects into the order in which kustomize build prints
// them (api/internal/builtins, SortOrderTransformer, "legacy"): by kind as
// listed, then by group, version and kind, then by namespace and name.
func Sort(objects []Object) {
	order := kindOrder()
	type keyed struct {
		Object
		rank     int
		gvk, nsn string
	}
	keys := make([]keyed, len(objects))
	for i, o := range objects {
		id := o.ID()
		keys[i] = keyed{
			Object: o,
			rank:   slices.Index(order, id.Kind),
			gvk:    strings.Join([]string{cmp.Or(id.Group(), "~G"), cmp.Or(id.Version(), "~V"), cmp.Or(id.Kind, "~K")}, "_"),
			nsn:    cmp.Or(o.Value.StringAt("metadata", "namespace"), "~X") + "|" + cmp.Or(id.Name, "~N"),
		}
		if keys[i].rank < 0 {
			keys[i].rank = len(order)
		}
	}
	slices.SortStableFunc(keys, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.gvk, b.gvk), strings.Compare(a.nsn, b.nsn))
	})
	for i, k := range keys {
		objects[i] = k.Object
	}
}

// kindOrder is the head of kustomize's legacy order. The kinds that it puts
// last are admission webhooks, which unfold does not write.
func kindOrder() []string {
	return []string{
		"Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount",
		"PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret",
		"Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim",
		"Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
	}
}

// Values returns the objects as values.
func Values(objects []Object) []*value.Value {
	out := make([]*value.Value, len(objects))
	for i, o := range objects {
		out[i] = o.Value
	}
	return out
}

// Encode prints objects as a stream of YAML documents, as kustomize does.
func Encode(objects []*value.Value) ([]byte, error) {
	stream, _, err := Stream(objects, value.AppendEncoded)
	return stream, err
}

// Stream prints objects as a stream of YAML documents, each by encode, which appends
// it to out. It returns the stream, and the part of it that each object is.
func Stream(objects []*value.Value, encode func(out []byte, v *value.Value) ([]byte, error)) (stream []byte, texts [][]byte, err error) {
	const usual = 1 << 10 // bytes that an object takes
	stream = make([]byte, 0, usual*len(objects))
	starts, ends := make([]int, len(objects)), make([]int, len(objects))
	for i, o := range objects {
		if i > 0 {
			stream = append(stream, "---\n"...)
		}
		starts[i] = len(stream)
		if stream, err = encode(stream, o); err != nil {
			return nil, nil, err
		}
		ends[i] = len(stream)
	}
	texts = make([][]byte, len(objects))
	for i := range texts {
		texts[i] = stream[starts[i]:ends[i]:ends[i]]
	}
	return stream, texts, nil
}

// Unhashed returns the ID that a ConfigMap or Secret had before the hash of its content
// was added to its name.
func (id ID) Unhashed() ID {
	if id.Kind == "ConfigMap" || id.Kind == "Secret" {
		id.Name = WithoutHash(id.Name)
	}
	return id
}

// WithoutHash returns the name of a generated ConfigMap or Secret without the
// hash behind it.
func WithoutHash(name string) string {
	const letters, length = "bcdfghkmt2456789", 10
	i := len(name) - length - 1
	if i <= 0 || name[i] != '-' || strings.Trim(name[i+1:], letters) != "" {
		return name
	}
	return name[:i]
}

// Scaled returns what an autoscaler scales, ok is false for any other object. Where it does not name the kind, that is
// a Deployment, as KEDA takes it (keda.sh/docs, "ScaledObject specification").
func Scaled(autoscaler *value.Value) (target ID, ok bool) {
	if kind := autoscaler.StringAt("kind"); kind != "HorizontalPodAutoscaler" && kind != "ScaledObject" {
		return ID{}, false
	}
	ref := autoscaler.Get("spec", "scaleTargetRef")
	return ID{
		APIVersion: cmp.Or(ref.StringAt("apiVersion"), "apps/v1"),
		Kind:       cmp.Or(ref.StringAt("kind"), kinds.Deployment),
		Name:       ref.StringAt("name"),
	}, true
}
