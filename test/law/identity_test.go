package law_test

import (
	"encoding/base64"
	"fmt"

	"gopkg.in/yaml.v3"
)

// identity adds who the pods are. Prefix is where the fields stand in what is
// said: those of a workload are other ones than those of all.
func (g *generator) identity(o object, s *said, prefix string) {
	if !g.dropAs(o, s, "serviceAccount", prefix+"serviceAccount") && g.chance(25) {
		o.set("serviceAccount", g.serviceAccount())
		s.add(prefix + "serviceAccount")
	}
	if !g.dropAs(o, s, "rbac", prefix+"rbac") && g.chance(25) {
		rules := func() *yaml.Node {
			return parsed(pick(g, "[]", "[{apiGroups: [''], resources: [pods], verbs: [get]}]",
				"[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}, {apiGroups: [a.b], resources: [c], resourceNames: [d], verbs: [e]}]"))
		}
		if g.chance(25) {
			o.set("rbac", rules())
		} else {
			verbs := list(g.text("get"), g.text("list"))
			cluster := g.some(50, "rules", parsed("[{nonResourceURLs: [/x], verbs: [get]}]"), "nodes", verbs, "*", verbs)
			o.set("rbac", g.some(50, "rules", rules(), "configmaps", verbs, "deployments.apps/scale", verbs, "pods/log", verbs, "*.batch",
				list(), "cluster", pick(g, cluster, rules())))
		}
		s.add(prefix + "rbac")
	}
}

func (g *generator) serviceAccount() *yaml.Node {
	automount := g.some(40, "automount", g.boolean())
	if g.robot {
		if g.chance(50) {
			return g.text("robot")
		}
		object{automount}.set("name", g.text("robot"))
		object{automount}.set("create", plain("false"))
		return automount
	}
	if g.chance(30) {
		return plain("true")
	}
	o := object{g.some(40, "name", g.text("custom."+fmt.Sprint(g.next())), "create", plain("true"), "labels", g.some(60, "team", g.label()),
		"annotations", g.some(60, "example.com/note", g.scalar()),
		"imagePullSecrets", list(g.text("registry")))}
	o.Content = append(o.Content, automount.Content...)
	return o.Node
}

func secretKeys() []string { return []string{"TOKEN", "DB_PASSWORD", "dotted.key", "TYPE"} }

// secrets adds sealed values and those in an external store.
func (g *generator) secrets(o object, s *said, prefix, dir string) {
	fields := func(name string, value func(key string) *yaml.Node) *yaml.Node {
		n := g.entries(s, prefix+name, secretKeys(), value)
		if g.chance(20) {
			object{n}.set("mount", g.text("/run/"+name+dir))
		}
		if g.chance(20) {
			object{n}.set("labels", g.some(60, "team", g.label()))
		}
		if g.chance(20) {
			object{n}.set("annotations", g.some(60, "example.com/note", g.scalar()))
		}
		return n
	}
	if !g.dropAs(o, s, "secrets", prefix+"secrets") && g.chance(25) {
		n := fields("secrets", func(key string) *yaml.Node { return g.sealedValue("/run/sealed" + dir + "/" + key) })
		if g.chance(20) {
			object{n}.set("type", g.text("example.com/x"))
		}
		o.set("secrets", n)
		s.add(prefix + "secrets")
	}
	if !g.dropAs(o, s, "externalSecrets", prefix+"externalSecrets") && g.chance(25) {
		n := object{fields("externalSecrets", func(key string) *yaml.Node { return g.remoteValue("/run/external" + dir + "/" + key) })}
		n.set("store", pick(g, g.text("vault"), parsed("{name: vault, kind: ClusterSecretStore}")))
		more := g.some(25, "refreshInterval", g.text("1h0m0s"), "refreshPolicy", plain("Periodic"), "creationPolicy", plain("Owner"),
			"deletionPolicy", plain("Retain"),
			"dataFrom", parsed("[{extract: {key: all}}]"), "template",
			parsed("{type: Opaque, engineVersion: v2, data: {A: '{{ .TOKEN }}'}}"))
		n.Content = append(n.Content, more.Content...)
		o.set("externalSecrets", n.Node)
		s.add(prefix + "externalSecrets")
	}
}

// sealedValue is bound to a namespace only in an environment's own layer.
func (g *generator) sealedValue(file string) *yaml.Node {
	cipher := make([]byte, 2+256+16+g.IntN(40))
	for i := range cipher {
		cipher[i] = byte(g.Uint32())
	}
	cipher[0], cipher[1] = 1, 0
	v := g.text(base64.StdEncoding.EncodeToString(cipher))
	if g.inEnvironment && g.chance(30) {
		g.sealed = true
		return v
	}
	scope := "cluster-wide"
	if g.inEnvironment && g.chance(50) {
		g.sealed = true
		scope = pick(g, "strict", "namespace-wide")
	}
	o := object{g.some(30, "mount", g.text(file))}
	o.set("value", v)
	o.set("scope", plain(scope))
	return o.Node
}

func (g *generator) remoteValue(file string) *yaml.Node {
	if g.chance(50) {
		return g.text(pick(g, "shop/db", "shop/db#password"))
	}
	o := object{g.some(30, "property", g.text("password"), "version", g.text("3"), "conversionStrategy", plain("Unicode"),
		"decodingStrategy", plain("Auto"),
		"metadataPolicy", plain("None"), "mount", g.text(file))}
	o.set("key", g.text("shop/other"))
	return o.Node
}
