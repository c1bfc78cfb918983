package law_test

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
)

// volumes returns a map of volumes: new ones, changed ones, and nulls. Each key
// has mounts of its own, so that no layer mounts two at the same path.
func (g *generator) volumes(w *workload) *yaml.Node {
	return g.entries(w.said, "volumes", []string{"/data", "/work", "/var/lib/X_y", "scratch", "v-2"},
		func(key string) *yaml.Node { return g.volume(w, key) })
}

func (g *generator) volume(w *workload, key string) *yaml.Node {
	s, path := w.said, "volumes."+key
	// Completes what lies below; not in a workload, below which an environment can
	// take it away.
	if !g.inside && s.has(path+".claim") && g.chance(40) {
		return fields("claim", g.some(70, "size", g.amount(), "labels", fields("team", g.label())))
	}
	s.del(path + ".claim")
	inPath := key[0] == '/'
	if inPath && g.chance(20) {
		return plain("emptyDir")
	}
	o := newObject()
	if name, source := g.source(w); name != "" {
		o.set(name, source)
		if name == "claim" && source.Kind == yaml.MappingNode && source.Content[0].Value != "name" {
			s.add(path + ".claim")
		}
	}
	if inPath {
		o.Content = append(o.Content, g.mount(pick(g, "subPath", "subPathExpr")).Content...)
	}
	if !inPath || g.chance(15) {
		at := "/mnt/" + strings.TrimPrefix(key, "/")
		o.set("mounts", pick(g, plain(at), fields(at, g.text("sub/"+g.word())),
			// Not below the others: a subPath can be a file.
			fields(at+"-x/a", plain("true"), at+"-x/b", g.mount(pick(g, "subPath", "subPathExpr")), at+"-x/c", plain("false")), fields()))
	}
	g.shuffle(o)
	return o.Node
}

func (g *generator) mount(field string) *yaml.Node {
	o := object{g.some(20, "readOnly", g.boolean(), "recursiveReadOnly", plain("Disabled"), "mountPropagation",
		plain(pick(g, "None", "HostToContainer")))}
	if g.chance(30) {
		o.set(field, g.text("a/"+g.word()))
	}
	return o.Node
}

// claimed returns a claim that pods can share, but for a StatefulSet, whose pods
// have one each, and for what runs one pod at a time.
func (g *generator) claimed(w *workload) *yaml.Node {
	ref := func() *yaml.Node { return fields("kind", plain("PersistentVolumeClaim"), "name", plain("old")) }
	o := object{g.some(20, "storageClass", g.text(pick(g, "fast", "")), "volumeName", g.text("pv-1"), "selector",
		fields("matchLabels", fields("a", quoted("b"))),
		"dataSource", ref(), "dataSourceRef", ref(), "volumeAttributesClassName", g.text("gold"), "labels", fields("x", g.label()),
		"annotations", fields("note", g.scalar()))}
	o.set("size", g.amount())
	switch kind, _ := kinds.Find(w.kind); {
	case kind.Alike, kind.PerNode:
		o.set("accessModes", pick(g, list(plain("ReadWriteMany")), list(plain("ReadWriteOnce"), plain("ReadOnlyMany"))))
	default:
		if g.chance(30) {
			o.set("accessModes", list(plain("ReadWriteOncePod")))
		}
	}
	return o.Node
}

// source returns one of the sources of a volume by its name.
func (g *generator) source(w *workload) (string, *yaml.Node) {
	name := func() *yaml.Node { return g.text("thing-1") }
	key := func() *yaml.Node { return fields("key", plain("a"), "path", g.text("b/c"), "mode", plain("0644")) }
	all := []struct {
		name string
		make func() *yaml.Node
	}{
		{"claim", func() *yaml.Node { return g.claimed(w) }}, {"claim", func() *yaml.Node { return g.claimed(w) }},
		{"claim", func() *yaml.Node { return pick(g, name(), fields("name", name())) }},
		{"persistentVolumeClaim", func() *yaml.Node { return fields("claimName", name(), "readOnly", g.boolean()) }},
		{"emptyDir", func() *yaml.Node { return g.some(50, "medium", plain("Memory"), "sizeLimit", g.amount()) }},
		{"configMap", func() *yaml.Node {
			return pick(g, plain(g.name+"-config"), fields("name", plain(g.name+"-files"), "optional", plain("true"), "items", list(key())))
		}},
		{"secret", func() *yaml.Node { return pick(g, name(), fields("secretName", name(), "defaultMode", plain("256"))) }},
		{"projected", func() *yaml.Node {
			return fields("sources", list(fields("configMap", fields("name", plain(g.name+"-config"))),
				fields("secret", fields("name", name(), "items", list(key()))),
				fields("serviceAccountToken", fields("path", plain("token"), "expirationSeconds", plain("3600")))))
		}},
		{"downwardAPI", func() *yaml.Node {
			return fields("items", list(fields("path", plain("labels"), "fieldRef", fields("fieldPath", plain("metadata.labels")))))
		}},
		{"csi", func() *yaml.Node {
			return fields("driver", plain("secrets.example.com"), "readOnly", plain("true"), "volumeAttributes", fields("a", quoted("1")))
		}},
		{"ephemeral", func() *yaml.Node {
			return fields("volumeClaimTemplate",
				fields("spec", fields("accessModes", list(plain("ReadWriteOnce")), "resources",
					fields("requests", fields("storage", plain("1Gi"))))))
		}},
		{"image", func() *yaml.Node {
			return pick(g, g.text("reg.io/data:v1"), fields("reference", g.text("reg.io/data:v2"), "pullPolicy", plain("Always")))
		}},
		{"hostPath", func() *yaml.Node {
			return pick(g, g.text("/var/log"), fields("path", g.text("/dev"), "type", quoted("")))
		}},
		{"nfs", func() *yaml.Node { return fields("server", g.text("nas.example.com"), "path", g.text("/export")) }},
		{"iscsi", func() *yaml.Node {
			return fields("targetPortal", g.text("10.0.0.1"), "iqn", g.text("iqn.2001-04.com.example:disk"), "lun", plain("1"))
		}},
		{"fc", func() *yaml.Node { return fields("wwids", list(quoted("3600508b400105e210000900000490000"))) }},
		{"awsElasticBlockStore", func() *yaml.Node { return fields("volumeID", name()) }},
		{"azureDisk", func() *yaml.Node { return fields("diskName", name(), "diskURI", g.text("https://x/y.vhd")) }},
		{"azureFile", func() *yaml.Node { return fields("secretName", name(), "shareName", name()) }},
		{"cinder", func() *yaml.Node { return fields("volumeID", name()) }},
		{"flexVolume", func() *yaml.Node {
			return fields("driver", plain("example.com/lvm"), "options", fields("size", quoted("1000m")))
		}},
		{"gcePersistentDisk", func() *yaml.Node { return fields("pdName", name()) }},
		{"portworxVolume", func() *yaml.Node { return fields("volumeID", name()) }},
		{"vsphereVolume", func() *yaml.Node { return fields("volumePath", g.text("[store] a.vmdk")) }},
	}
	x := pick(g, all...)
	return x.name, x.make()
}
