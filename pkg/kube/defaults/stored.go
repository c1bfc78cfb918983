// Package defaults returns Kubernetes objects as the API server stores them, so that
// two of them can be compared for what they are in a cluster.
package defaults

import (
	"encoding/base64"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Stored returns an object as the API server of Kubernetes 1.34 stores it when it is
// created: with the defaults of its fields, without fields that are null or whose
// value is that of a missing field, with quantities in their canonical form
// (k8s.io/apimachinery, pkg/api/resource) and a Secret's stringData in data. What
// admission and controllers add is not there. An object of another kind than
// Kubernetes' own is returned as it is, but for its metadata.
func Stored(v *value.Value) *value.Value { return form{defaults: true}.of(v) }

// Clean returns an object without fields that are null or whose value is that of a
// missing field, and with quantities in their canonical form: Stored without defaults.
func Clean(v *value.Value) *value.Value { return form{}.of(v) }

// form is a form of objects: with the API server's defaults or without.
type form struct{ defaults bool }

func (f form) of(v *value.Value) *value.Value {
	apiVersion := v.StringAt("apiVersion")
	t, ok := types.Lookup(apiVersion, v.StringAt("kind"))
	if ok && !types.Custom(apiVersion) {
		return f.stored(t, v)
	}
	meta, _ := types.Named("meta/v1.ObjectMeta")
	if m := v.Get("metadata"); m.Is(value.Map) {
		v = v.Copy().Set("metadata", f.stored(meta, m))
	}
	return v
}

func (f form) stored(t types.Type, v *value.Value) *value.Value {
	switch {
	case t == types.Type{}:
		return v
	case t.IsList() && v.Is(value.List):
		out := v.Copy()
		for i, item := range v.Items {
			out.Items[i] = f.stored(t.Elem(), item)
		}
		return out
	case t.IsMap() && v.Is(value.Map):
		out := v.Copy()
		for i, entry := range v.Entries {
			out.Entries[i].Value = f.stored(t.Elem(), entry.Value)
		}
		return out
	case t.IsObject() && v.Is(value.Map):
		return f.object(t, v)
	case v.IsScalar():
		return simple(t.Kind(), v)
	}
	return v
}

// object returns the stored form of a value whose type has fields.
func (f form) object(t types.Type, v *value.Value) *value.Value {
	out := value.NewMap(v.Pos)
	for _, entry := range v.Entries {
		field, known := t.Field(entry.Key)
		if !known {
			out.SetEntry(entry)
			continue
		}
		x := f.stored(field.Type, entry.Value)
		if x.Is(value.Null) || !field.Pointer && zero(x) {
			continue
		}
		entry.Value = x
		out.SetEntry(entry)
	}
	if !f.defaults {
		return out
	}
	fixed(t.Name(), out)
	if complete := conditional(t.Name()); complete != nil {
		complete(out)
	}
	return out
}

// zero reports whether a value is that which a field of its Go type has from the
// start.
func zero(v *value.Value) bool {
	switch v.Kind {
	case value.Bool:
		return !v.IsTrue()
	case value.Int:
		n, ok := v.Int64()
		return ok && n == 0
	case value.String:
		return v.Text == ""
	}
	return v.Empty()
}

// simple returns the stored form of a scalar.
func simple(kind string, v *value.Value) *value.Value {
	switch kind {
	case "quantity":
		if q, ok := types.ParseQuantity(v.Text); ok {
			return value.NewString(v.Pos, q.String())
		}
	case "byte":
		if content, err := base64.StdEncoding.DecodeString(v.Text); err == nil {
			return value.NewString(v.Pos, base64.StdEncoding.EncodeToString(content))
		}
	}
	if canonical, err := value.Canonical(v); err == nil {
		return canonical
	}
	return v
}

// secret moves stringData to data (pkg/apis/core/v1, Convert_v1_Secret_To_core_Secret).
func secret(s *value.Value) {
	texts := s.Get("stringData")
	if texts.Empty() {
		return
	}
	data := inner(s, "data")
	for _, entry := range texts.Entries {
		data.Set(entry.Key, value.NewString(entry.Value.At(), base64.StdEncoding.EncodeToString([]byte(entry.Value.Text))))
	}
	s.Delete("stringData")
}

// Live returns an object that was read from a cluster without what the API server,
// controllers and clients add: its status, the fields of metadata that nobody
// writes, addresses that were given out, and the notes of kubectl, Argo CD and Helm. Of
// an object without a uid, which is in no cluster, all but the status was written by
// somebody and stays.
func Live(v *value.Value) *value.Value {
	out := v.Copy()
	out.Delete("status")
	if v.StringAt("metadata", "uid") == "" {
		return out
	}
	if m := v.Get("metadata"); m.Is(value.Map) {
		m = m.Copy()
		for _, key := range []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink",
			"ownerReferences", "finalizers", "deletionTimestamp", "deletionGracePeriodSeconds"} {
			m.Delete(key)
		}
		without(m, "annotations", notes)
		without(m, "labels", notes)
		out.Set("metadata", m)
	}
	switch v.StringAt("kind") {
	case "Service":
		dropped(out, "spec", func(s *value.Value) {
			if s.StringAt("clusterIP") != "None" {
				s.Delete("clusterIP")
			}
			s.Delete("clusterIPs")
			s.Delete("ipFamilies")
			if s.StringAt("ipFamilyPolicy") == "SingleStack" {
				s.Delete("ipFamilyPolicy")
			}
		})
	case "PersistentVolumeClaim":
		dropped(out, "spec", func(s *value.Value) { s.Delete("volumeName") })
	case "Namespace":
		out.Delete("spec")
	case "Job":
		dropped(out, "spec", func(s *value.Value) {
			if s.Get("manualSelector").IsTrue() {
				return
			}
			s.Delete("selector")
			if meta := s.Get("template", "metadata"); meta != nil {
				meta = meta.Copy()
				without(meta, "labels", jobLabel)
				without(meta, "annotations", notes)
				s.Set("template", s.Get("template").Copy().Set("metadata", meta))
			}
		})
		if m := out.Get("metadata"); m != nil {
			without(m, "labels", jobLabel)
		}
	case "ServiceAccount":
		out.Delete("secrets")
	}
	return out
}

func dropped(v *value.Value, key string, edit func(*value.Value)) {
	if m := v.Get(key); m.Is(value.Map) {
		m = m.Copy()
		edit(m)
		v.Set(key, m)
	}
}

// without removes from the map under a key the entries whose keys are drop's.
func without(m *value.Value, key string, drop func(string) bool) {
	in := m.Get(key)
	if !in.Is(value.Map) {
		return
	}
	out := value.NewMap(in.Pos)
	for _, entry := range in.Entries {
		if !drop(entry.Key) {
			out.SetEntry(entry)
		}
	}
	m.Delete(key)
	if !out.Empty() {
		m.Set(key, out)
	}
}

// notes are the labels and annotations by which tools and controllers remember what
// they did.
func notes(key string) bool {
	switch key {
	case "kubectl.kubernetes.io/last-applied-configuration", "kubectl.kubernetes.io/restartedAt",
		"deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation", "argocd.argoproj.io/tracking-id",
		"argocd.argoproj.io/instance", "kubernetes.io/metadata.name", "meta.helm.sh/release-name", "meta.helm.sh/release-namespace",
		"volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner",
		"volume.kubernetes.io/selected-node", "batch.kubernetes.io/job-tracking":
		return true
	}
	return strings.HasPrefix(key, "pv.kubernetes.io/") || strings.HasPrefix(key, "autoscaling.alpha.kubernetes.io/")
}

func jobLabel(key string) bool {
	switch key {
	case "controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name":
		return true
	}
	return false
}

// Minimal returns an object without the fields whose removal leaves its stored form
// as it is: those that have their default's value.
func Minimal(v *value.Value) *value.Value {
	want := Stored(v)
	same := func(x *value.Value) bool { return value.Equal(Stored(x), want) }
	return reduce(v, same)
}

// reduce removes from a map, and from what is in it, each field whose removal keep
// allows; it is given the whole object.
func reduce(v *value.Value, keep func(*value.Value) bool) *value.Value {
	switch v.Kind {
	case value.Map:
		for _, key := range v.Keys() {
			less := v.Copy()
			less.Delete(key)
			if keep(less) {
				v = less
				continue
			}
			x := reduce(v.Get(key), func(x *value.Value) bool { return keep(v.Copy().Set(key, x)) })
			if x != v.Get(key) {
				v = v.Copy().Set(key, x)
			}
		}
	case value.List:
		for i := range v.Items {
			in := v
			put := func(x *value.Value) *value.Value {
				out := in.Copy()
				out.Items[i] = x
				return out
			}
			if x := reduce(v.Items[i], func(x *value.Value) bool { return keep(put(x)) }); x != v.Items[i] {
				v = put(x)
			}
		}
	}
	return v
}
