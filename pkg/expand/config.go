package expand

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// names returns what objects of a workload are called, or with nil those of the app.
func (e *expander) names(w *descriptor.Workload) descriptor.Names {
	if w == nil {
		return e.app.Names
	}
	return w.Names
}

// owner returns the name by which a workload's own config and files go, or with nil those of the app.
func (e *expander) owner(w *descriptor.Workload) string {
	if w == nil {
		return e.app.Name
	}
	return w.Own
}

// configName returns the name of the ConfigMap of variables, filesName that of the one of files.
func (e *expander) configName(w *descriptor.Workload) string {
	return e.names(w).Of("ConfigMap", "config", e.owner(w)+"-config")
}

func (e *expander) filesName(w *descriptor.Workload) string {
	return e.names(w).Of("ConfigMap", "files", e.owner(w)+"-files")
}

// configMap adds the ConfigMap whose keys become environment variables.
func (e *expander) configMap(w *descriptor.Workload, config *value.Value) {
	if config.Empty() {
		return
	}
	e.add(object.Object{
		Value:     e.newObject(config.Pos, "v1", "ConfigMap", e.configName(w), w, nil, nil).Set("data", config),
		Origin:    config.Pos,
		Generated: true,
	})
}

// fileMap adds the ConfigMap that holds files, each a file of the tree too.
func (e *expander) fileMap(w *descriptor.Workload, files []descriptor.File) {
	if len(files) == 0 {
		return
	}
	pos, name := files[0].Pos, e.filesName(w)
	m := keys{data: value.NewMap(pos), binary: value.NewMap(pos), sources: map[string]string{}, folder: "files/" + name}
	for _, f := range files {
		content, at := e.content(f)
		m.add(f.Key, content, at)
	}
	o := e.newObject(pos, "v1", "ConfigMap", name, w, nil, nil)
	o.Set("data", newValue(pos, m.data)).Set("binaryData", newValue(pos, m.binary))
	e.add(object.Object{Value: o, Origin: pos, Generated: true, Sources: m.sources})
}

func (e *expander) content(f descriptor.File) ([]byte, diag.Pos) {
	if f.Content != nil {
		return []byte(f.Content.Text), f.Content.Pos
	}
	return e.files[f.From.Text], f.From.Pos
}

// wrap breaks base64 as kustomize does (kyaml/yaml, encodeBase64): after every
// 70 letters, and at the end where there is more than one line.
func wrap(s string) string {
	const width = 70
	if len(s) <= width {
		return s
	}
	out := make([]byte, 0, len(s)+len(s)/width+1)
	for len(s) > 0 {
		n := min(width, len(s))
		out = append(append(out, s[:n]...), '\n')
		s = s[n:]
	}
	return string(out)
}

// unwrap is the inverse of wrap and base64.
func unwrap(s string) []byte {
	content, _ := base64.StdEncoding.DecodeString(strings.ReplaceAll(s, "\n", ""))
	return content
}

// fileVolumes mounts each file by itself, so that what the image has beside it
// stays.
func (e *expander) fileVolumes(w *descriptor.Workload) (volumes, mounts []*value.Value) {
	add := func(volume, configMap string, files []descriptor.File) {
		if len(files) == 0 {
			return
		}
		source := newMap(files[0].Pos, "name", configMap, "items", modes(files))
		volumes = append(volumes, newMap(files[0].Pos, "name", volume, "configMap", source))
		for _, f := range files {
			mounts = append(mounts, newMap(f.Pos, "name", volume, "mountPath", f.Path, "subPath", f.Key, "readOnly", true))
		}
	}
	if w.NoConfig {
		return nil, nil
	}
	add("files", e.filesName(nil), e.app.Files)
	if e.app.Multi {
		add("workload-files", e.filesName(w), w.Files)
	}
	return volumes, mounts
}

// modes returns the volume's items where a file has a mode of its own; Kubernetes
// then wants all of them listed.
func modes(files []descriptor.File) *value.Value {
	out, hasMode := newList(files[0].Pos), false
	for _, f := range files {
		item := newMap(f.Pos, "key", f.Key, "path", f.Key)
		if f.Mode != nil {
			hasMode = true
			// The mode is octal whatever YAML makes of it, and checked.
			bits, _ := strconv.ParseInt(strings.TrimPrefix(f.Mode.Text, "0o"), 8, 32)
			item.Set("mode", value.NewInt(f.Mode.Pos, bits))
		}
		out.Items = append(out.Items, item)
	}
	if !hasMode {
		return nil
	}
	return out
}
