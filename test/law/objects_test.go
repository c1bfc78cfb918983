package law_test

import (
	"encoding/base64"
	"fmt"

	"gopkg.in/yaml.v3"
)

// namedObjects adds ConfigMaps and claims that belong to no workload.
func (g *generator) namedObjects(o object, s *said) {
	if !g.drop(o, s, "configMaps") && g.chance(20) {
		o.set("configMaps", g.entries(s, "configMaps", []string{"settings", "plain.settings", "blobs"}, g.configMap))
		s.add("configMaps")
	}
	if !g.drop(o, s, "claims") && g.chance(12) {
		o.set("claims", g.entries(s, "claims", []string{"uploads", "cache.v2"}, func(string) *yaml.Node { return g.sharedClaim() }))
		s.add("claims")
	}
}

// configMap returns a ConfigMap. Whether its name has a hash is the same in all layers.
func (g *generator) configMap(name string) *yaml.Node {
	data := newObject()
	for _, key := range []string{"mode", "app.properties", "_x", "y"} {
		if g.chance(50) {
			data.set(key, g.scalar())
		}
	}
	binary := base64.StdEncoding.EncodeToString([]byte(g.binary()))
	n := g.some(40, "data", data.Node, "binaryData", fields("blob.bin", quoted(binary)), "immutable", g.boolean(),
		"labels", g.some(60, "team", g.label()), "annotations", g.some(60, "example.com/note", g.scalar()))
	if name == "plain.settings" || !g.inEnvironment && name == "settings" && g.chance(20) {
		object{n}.set("hash", plain(fmt.Sprint(name != "plain.settings")))
	}
	if name == "blobs" && g.chance(60) {
		dir := fmt.Sprintf("folder-%d", g.next())
		g.files[dir+"/a.txt"] = []byte(g.value())
		if g.chance(50) {
			g.files[dir+"/b.bin"] = []byte(g.binary())
		}
		object{n}.set("from", plain(pick(g, "", "./")+dir))
	}
	return n
}

func (g *generator) sharedClaim() *yaml.Node {
	if g.chance(40) {
		return plain("1Gi")
	}
	n := g.some(30, "storageClass", g.text("fast"), "accessModes", list(plain("ReadWriteMany")), "volumeName", g.text("pv-1"),
		"labels", g.some(60, "team", g.label()), "annotations", g.some(60, "example.com/note", g.scalar()),
		"volumeAttributesClassName", g.text("gold"), "selector", parsed("{matchLabels: {a: b}}"),
		"dataSourceRef", parsed("{kind: PersistentVolumeClaim, name: other}"), "dataSource",
		parsed("{kind: PersistentVolumeClaim, name: other}"))
	object{n}.set("size", plain("2Gi"))
	return n
}
