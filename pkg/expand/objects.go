package expand

import (
	"encoding/base64"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// namedObjects adds the ConfigMaps and claims that belong to no workload.
func (e *expander) namedObjects() {
	for _, c := range e.app.ConfigMaps {
		e.namedConfigMap(c)
	}
	for _, c := range e.app.Claims {
		e.add(e.claimObject(c.Pos, c.Name, nil, c.Full))
	}
}

// namedConfigMap adds a ConfigMap: the files of its folder, and over them its own keys.
func (e *expander) namedConfigMap(c descriptor.ConfigMap) {
	m := keys{data: value.NewMap(c.Pos), binary: value.NewMap(c.Pos), sources: map[string]string{}, folder: "files/" + c.Name}
	if c.From.Text != "" {
		files := e.files.Under(path.Clean(c.From.Text))
		for _, name := range files.Paths() {
			if !strings.Contains(name, "/") { // or it is read for something else
				m.add(name, files[name], c.From.Pos)
			}
		}
	}
	for _, entry := range c.Full.Get("data").AllEntries() {
		m.drop(entry.Key)
		m.data.SetEntry(entry)
	}
	for _, entry := range c.Full.Get("binaryData").AllEntries() {
		content, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(entry.Value.Text), "")) // which is checked
		m.drop(entry.Key)
		m.binary.Set(entry.Key, value.NewString(entry.Value.Pos, wrap(base64.StdEncoding.EncodeToString(content))))
		m.sources[entry.Key] = m.folder + "/" + entry.Key
	}
	o := e.newObject(c.Pos, "v1", "ConfigMap", c.Name, nil, c.Full.Get("labels"), c.Full.Get("annotations"))
	o.Set("data", newValue(c.Pos, m.data)).Set("binaryData", newValue(c.Pos, m.binary)).Set("immutable", immutable(c))
	e.add(object.Object{Value: o, Origin: c.Pos, Generated: c.Hash, Sources: m.sources})
}

// immutable returns true or nothing, since a generator has no other.
func immutable(c descriptor.ConfigMap) *value.Value {
	if x := c.Full.Get("immutable"); x.IsTrue() {
		return x
	}
	return nil
}

// keys are those of a ConfigMap. Sources are the files of the tree that hold their content.
type keys struct {
	data, binary *value.Value
	sources      map[string]string
	folder       string
}

// add adds a file's content, as text if it is such.
func (k *keys) add(key string, content []byte, at diag.Pos) {
	k.sources[key] = k.folder + "/" + key
	if utf8.Valid(content) {
		k.data.Set(key, value.NewString(at, string(content)))
	} else {
		k.binary.Set(key, value.NewString(at, wrap(base64.StdEncoding.EncodeToString(content))))
	}
}

// drop takes a key away that another one replaces.
func (k *keys) drop(key string) {
	k.data.Delete(key)
	k.binary.Delete(key)
	delete(k.sources, key)
}
