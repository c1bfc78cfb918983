package expand

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strconv"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// secrets adds what controllers make Secrets of.
func (e *expander) secrets(secrets []descriptor.Secret, w *descriptor.Workload) {
	for _, s := range secrets {
		if s.Scope != "" {
			e.sealed(s, w)
		} else {
			e.external(s, w)
		}
	}
}

// early puts an object two waves before the others, so that the pods find what
// is made of it, and those of hooks in the wave between too.
func (e *expander) early(v *value.Value, w *descriptor.Workload) *value.Value {
	if !e.app.Opinions {
		return v
	}
	var n int64
	if w != nil {
		n, _ = w.SyncWave.Int64()
	} else {
		n, _ = e.app.SyncWave.Int64()
		for _, w := range e.app.Workloads {
			wave, _ := w.SyncWave.Int64()
			n = min(n, wave)
		}
	}
	metadata := v.Get("metadata")
	annotations := mergeMaps(metadata.Get("annotations"), newMap(v.Pos, syncWave, strconv.FormatInt(n-2, 10)))
	return v.Set("metadata", metadata.Copy().Set("annotations", e.given(w, v.StringAt("kind"), "annotations", annotations)))
}

func (e *expander) sealed(s descriptor.Secret, w *descriptor.Workload) {
	var scope *value.Value
	if s.Scope == "namespace-wide" || s.Scope == "cluster-wide" {
		scope = newMap(s.Pos, "sealedsecrets.bitnami.com/"+s.Scope, "true")
	}
	data := value.NewMap(s.Pos)
	for _, k := range s.Keys {
		data.Set(k.Key, k.Full.Get("value"))
	}
	v := e.newObject(s.Pos, "bitnami.com/v1alpha1", "SealedSecret", s.Name, w, nil, scope)
	secret := e.newObject(s.Pos, "v1", "Secret", s.Name, w, s.Full.Get("labels"), nil).Get("metadata")
	spec := newMap(s.Pos, "encryptedData", data, "template", newMap(s.Pos,
		"metadata", newMap(s.Pos, "labels", secret.Get("labels"), "annotations",
			e.given(w, "Secret", "annotations", mergeMaps(scope, s.Full.Get("annotations")))),
		"type", s.Full.Get("type")))
	e.add(object.Object{Value: e.early(v.Set("spec", spec), w), Origin: s.Pos})
}

func (e *expander) external(s descriptor.Secret, w *descriptor.Workload) {
	v, data := s.Full, newList(s.Pos)
	for _, k := range s.Keys {
		remote := value.NewMap(k.Pos)
		for _, x := range k.Full.Entries {
			if x.Key != "mount" {
				remote.SetEntry(x)
			}
		}
		data.Items = append(data.Items, newMap(k.Pos, "secretKey", k.Key, "remoteRef", remote))
	}
	spec := newMap(s.Pos, "refreshInterval", v.Get("refreshInterval"), "refreshPolicy", v.Get("refreshPolicy"), "secretStoreRef",
		v.Get("store"),
		"target", newMap(s.Pos, "name", s.Name, "creationPolicy", v.Get("creationPolicy"), "deletionPolicy", v.Get("deletionPolicy"),
			"template",
			v.Get("template")),
		"data", data, "dataFrom", v.Get("dataFrom"))
	o := e.newObject(s.Pos, "external-secrets.io/v1", "ExternalSecret", s.Store, w, v.Get("labels"), v.Get("annotations")).Set("spec", spec)
	e.add(object.Object{Value: e.early(o, w), Origin: s.Pos})
}

// secretsOf returns the Secrets of a workload: those of all, then its own, which
// win.
func (e *expander) secretsOf(w *descriptor.Workload) []descriptor.Secret {
	if w.NoConfig {
		return nil
	}
	return append(slices.Clone(e.app.Secrets), w.Secrets...)
}

// whole reports whether all of a Secret becomes environment variables.
func whole(s descriptor.Secret) bool {
	return s.Mount == nil && (s.More || !slices.ContainsFunc(s.Keys, func(k descriptor.SecretKey) bool { return k.Mount != nil }))
}

func (e *expander) secretsEnvFrom(w *descriptor.Workload) []*value.Value {
	var out []*value.Value
	for _, s := range e.secretsOf(w) {
		if whole(s) {
			out = append(out, newMap(s.Pos, "secretRef", newMap(s.Pos, "name", s.Name)))
		}
	}
	return out
}

// secretsEnv returns the variables of Secrets of which other keys are files, but for
// those that env sets, and those of a later Secret that is loaded as a whole: to
// Kubernetes a variable by itself wins over those, whatever their order.
func (e *expander) secretsEnv(w *descriptor.Workload, env []descriptor.EnvVar) []*value.Value {
	var out []*value.Value
	secrets := e.secretsOf(w)
	for i, s := range secrets {
		if s.Mount != nil || whole(s) {
			continue
		}
		for _, k := range s.Keys {
			taken := func(x descriptor.EnvVar) bool { return x.Name == k.Key }
			loaded := func(s descriptor.Secret) bool {
				return whole(s) && slices.ContainsFunc(s.Keys, func(x descriptor.SecretKey) bool { return x.Key == k.Key })
			}
			if k.Mount != nil || slices.ContainsFunc(env, taken) || slices.ContainsFunc(secrets[i+1:], loaded) {
				continue
			}
			out = slices.DeleteFunc(out, func(x *value.Value) bool { return x.StringAt("name") == k.Key })
			out = append(out, newMap(k.Pos, "name", k.Key, "valueFrom",
				newMap(k.Pos, "secretKeyRef", newMap(k.Pos, "name", s.Name, "key", k.Key))))
		}
	}
	return out
}

// secretVolumes mounts Secrets as folders, and keys as files by themselves.
// Those of different scopes share a folder.
func (e *expander) secretVolumes(w *descriptor.Workload) (volumes, mounts []*value.Value) {
	folders := map[string]*value.Value{}
	for i, s := range e.secretsOf(w) {
		name := s.Short
		if i >= len(e.app.Secrets) {
			name = "workload-" + name
		}
		before := len(mounts)
		if folder := folders[s.Mount.StringAt()]; folder != nil {
			if !folder.Has("projected") {
				folder.Set("projected", newMap(s.Pos, "sources", newList(s.Pos,
					newMap(s.Pos, "secret", newMap(s.Pos, "name", folder.Get("secret", "secretName"))))))
				folder.Delete("secret")
			}
			sources := folder.Get("projected", "sources")
			sources.Items = append(sources.Items, newMap(s.Pos, "secret", newMap(s.Pos, "name", s.Name)))
		} else if s.Mount != nil {
			mounts = append(mounts, newMap(s.Mount.Pos, "name", name, "mountPath", s.Mount, "readOnly", true))
		}
		for _, k := range s.Keys {
			if k.Mount != nil {
				mounts = append(mounts, newMap(k.Mount.Pos, "name", name, "mountPath", k.Mount, "subPath", k.Key, "readOnly", true))
			}
		}
		if len(mounts) > before {
			volume := newMap(s.Pos, "name", name, "secret", newMap(s.Pos, "secretName", s.Name))
			volumes = append(volumes, volume)
			if s.Mount != nil {
				folders[s.Mount.Text] = volume
			}
		}
	}
	return volumes, mounts
}

// secretsChecksum rolls the pods when a sealed value changes.
func (e *expander) secretsChecksum(w *descriptor.Workload) *value.Value {
	sum, sealed := sha256.New(), false
	for _, s := range e.secretsOf(w) {
		for _, k := range s.Keys {
			if s.Scope != "" {
				sealed = true
				io.WriteString(sum, s.Name+"\x00"+k.Key+"\x00"+k.Full.StringAt("value")+"\x00")
			}
		}
	}
	if !sealed || !e.app.Opinions {
		return nil
	}
	return newMap(w.Pos, "unfold.dev/secrets-checksum", hex.EncodeToString(sum.Sum(nil)[:8]))
}
