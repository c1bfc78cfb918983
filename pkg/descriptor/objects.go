package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// ConfigMap is one that belongs to no workload.
type ConfigMap struct {
	Name string
	Pos  diag.Pos
	// Hash says that its name changes with its content.
	Hash bool
	From Text // the folder whose files are keys
	Full *value.Value
}

// Claim is one that belongs to no workload.
type Claim struct {
	Name string
	Pos  diag.Pos
	Full *value.Value
}

// configMaps returns the ConfigMaps by their names. An overlay can't take the hash away from a name or add it.
func (e *effective) configMaps(v *value.Value) []ConfigMap {
	var out []ConfigMap
	for _, entry := range v.AllEntries() {
		x := ConfigMap{Name: entry.Key, Pos: entry.KeyPos, Full: orEmpty(entry.Value)}
		hash := x.Full.Get("hash")
		x.Hash = hash == nil || hash.IsTrue()
		if from := x.Full.Get("from"); from != nil {
			x.From = Text{from.Text, from.Pos}
		}
		if top := e.root.Get("configMaps", x.Name); top.Is(value.Map) && hash != nil {
			if first := top.Get("hash"); (first == nil || first.IsTrue()) != x.Hash {
				e.diags.Errorh(hash.Pos, "contradiction", "write hash at the top level",
					"the ConfigMap %q has a hash in its name in some environments only", x.Name)
			}
		}
		out = append(out, x)
	}
	return out
}

// claims returns the claims by their names.
func (e *effective) claims(v *value.Value) []Claim {
	var out []Claim
	for _, entry := range v.AllEntries() {
		x := Claim{entry.Key, entry.KeyPos, withAccess(orEmpty(entry.Value))}
		if !x.Full.Has("size") {
			e.diags.Errorh(x.Pos, "missing-size", "add size: such as 10Gi", "the claim %q has no size", x.Name)
		}
		out = append(out, x)
	}
	return out
}

// withAccess returns a claim that says who may mount it.
func withAccess(c *value.Value) *value.Value {
	if c.Has("accessModes") {
		return c
	}
	return c.Copy().Set("accessModes", value.NewList(c.Pos, value.NewString(c.Pos, "ReadWriteOnce")))
}
