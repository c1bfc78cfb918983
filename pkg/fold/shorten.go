package fold

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// shorten returns a descriptor with what one line can say on one line.
func shorten(d *value.Value) *value.Value {
	out := newMap()
	for _, e := range d.Entries {
		switch {
		case e.Key == "environments" || e.Key == "workloads" || e.Key == "initContainers" || e.Key == "sidecars":
			all := newMap()
			for _, x := range e.Value.AllEntries() {
				if x.Value.Is(value.Map) {
					x.Value = shorten(x.Value)
				}
				all.SetEntry(x)
			}
			e.Value = all
			out.SetEntry(e)
		case e.Key == "image":
			shortImage(out, e.Value)
		default:
			e.Value = shortField(e.Key, e.Value)
			out.SetEntry(e)
		}
	}
	return out
}

// shortImage sets an image as one text, or its tag alone.
func shortImage(out, v *value.Value) {
	repository, tag, digest := v.StringAt("repository"), v.StringAt("tag"), v.StringAt("digest")
	switch {
	case !v.Is(value.Map):
		out.Set("image", v)
	case repository != "" && !v.Has("pullPolicy"):
		if tag != "" {
			repository += ":" + tag
		}
		if digest != "" {
			repository += "@" + digest
		}
		out.Set("image", text(repository))
	case len(v.Entries) == 1 && tag != "":
		out.Set("tag", v.Get("tag"))
	default:
		out.Set("image", v)
	}
}

func shortField(key string, v *value.Value) *value.Value {
	switch key {
	case "env":
		return each(v, shortVariable)
	case "ports":
		return each(v, func(x *value.Value) *value.Value {
			for _, only := range []string{"port", "containerPort"} {
				if x = single(x, only); !x.Is(value.Map) {
					return x
				}
			}
			return x
		})
	case "namespace":
		return single(v, "name")
	case "schedule":
		return single(v, "cron")
	case "strategy":
		return single(v, "type")
	case "metrics":
		return single(v, "path")
	case "claims":
		return each(v, func(x *value.Value) *value.Value { return single(x, "size") })
	case "volumes":
		return each(v, shortVolume)
	case "ingress":
		if host := v.Get("host"); host.Is(value.List) && len(host.Items) == 1 {
			v = v.Copy().Set("host", host.Items[0])
		}
		if paths := v.Get("paths"); paths != nil {
			v = v.Copy().Set("paths", each(paths, func(x *value.Value) *value.Value { return single(x, "port") }))
		}
		if tls := v.Get("tls"); tls != nil {
			v = v.Copy().Set("tls", single(tls, "secretName"))
		}
		return single(v, "host")
	case "serviceAccount":
		if len(v.AllEntries()) == 2 && v.Has("name") && v.Get("create").Is(value.Bool) && !v.Get("create").IsTrue() {
			return v.Get("name")
		}
	}
	return v
}

func each(m *value.Value, change func(*value.Value) *value.Value) *value.Value {
	if !m.Is(value.Map) {
		return m
	}
	out := newMap()
	for _, e := range m.Entries {
		if e.Value.Is(value.Map) {
			e.Value = change(e.Value)
		}
		out.SetEntry(e)
	}
	return out
}

// single returns the only value of a map where it is under a key, else the map.
func single(m *value.Value, key string) *value.Value {
	if m.Is(value.Map) && len(m.Entries) == 1 && m.Entries[0].Key == key {
		return m.Entries[0].Value
	}
	return m
}

func shortVariable(v *value.Value) *value.Value {
	out := newMap()
	for _, e := range v.Entries {
		x := e.Value
		switch e.Key {
		case "secret", "configMap":
			if name, key := x.StringAt("name"), x.StringAt("key"); len(x.AllEntries()) == 2 && name != "" && key != "" &&
				!strings.Contains(key, "/") {
				x = text(name + "/" + key)
			}
		case "field":
			x = single(x, "fieldPath")
		case "resource":
			x = single(x, "resource")
		}
		out.Set(e.Key, x)
	}
	return single(out, "value")
}

func shortVolume(v *value.Value) *value.Value {
	out := newMap()
	for _, e := range v.Entries {
		x := e.Value
		switch e.Key {
		case "claim", "configMap":
			x = single(x, "name")
		case "secret":
			x = single(x, "secretName")
		case "mounts":
			if x.Is(value.Map) && len(x.Entries) == 1 && x.Entries[0].Value.Empty() && x.Entries[0].Value.Is(value.Map) {
				x = text(x.Entries[0].Key)
			}
		}
		out.Set(e.Key, x)
	}
	return out
}
