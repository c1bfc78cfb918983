package law_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
	"github.com/unfold-gitops/unfold/test/internal/kubevalid"
)

// TestKubernetesRefusesMutations changes objects of random descriptors at random places,
// by the types of Kubernetes, and holds that unfold refuses what Kubernetes refuses:
// 99 of 100 mutants at least, since some hundred rules are of fields that hardly anyone
// uses. The log has the others, from which rules are made.
func TestKubernetesRefusesMutations(t *testing.T) {
	const perObject = 3
	judge := kubevalid.Start(t)
	seed, n := seed(t), number(t, "LAW_N", 50)/10
	t.Logf("LAW_SEED=%d LAW_N=%d", seed, n)
	tried, refused, taken := 0, 0, 0
	missed := map[string][]string{} // objects by what Kubernetes says
	for index := range n {
		a := generate(seed, index)
		all, err := manifests(a.write(t), a.options())
		if err != nil {
			t.Fatalf("LAW_SEED=%d, descriptor %d: %v", seed, index, err)
		}
		m := mutator{rand.New(rand.NewPCG(seed, index))}
		for _, env := range slices.Sorted(maps.Keys(all)) {
			objects, err := decode([]byte(all[env]))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range objects {
				typ, ok := types.Lookup(fmt.Sprint(o["apiVersion"]), fmt.Sprint(o["kind"]))
				if !ok || judged(t, judge, o) == nil || len(judged(t, judge, o)) > 0 || unfoldRefuses(t, o) {
					continue
				}
				for range perObject {
					var mutant map[string]any
					if err := json.Unmarshal(encode(o), &mutant); err != nil {
						t.Fatal(err)
					}
					m.mutate(mutant, typ)
					tried++
					reasons := judged(t, judge, mutant)
					if len(reasons) == 0 {
						continue
					}
					refused++
					if !unfoldRefuses(t, mutant) && !strings.Contains(reasons[0],
						"unknown time zone") { // of which a cluster has its own list
						taken++
						key := general(reasons[0])
						missed[key] = append(missed[key], strings.Join(reasons, "\n")+"\n"+string(encode(mutant)))
					}
				}
			}
		}
	}
	t.Logf("%d mutants, Kubernetes refuses %d", tried, refused)
	report := t.Logf
	if taken*100 > refused {
		report = t.Errorf
	}
	report("unfold takes %d of them, %d kinds", taken, len(missed))
	keys := slices.SortedFunc(maps.Keys(missed), func(a, b string) int { return cmp.Compare(len(missed[b]), len(missed[a])) })
	for _, key := range keys {
		report("unfold takes %d mutants that Kubernetes refuses, such as\n%s", len(missed[key]),
			slices.MinFunc(missed[key], func(a, b string) int { return cmp.Compare(len(a), len(b)) }))
	}
	if tried == 0 || refused == 0 {
		t.Error("nothing was tried")
	}
}

// general leaves out of a refusal what tells its occurrences apart.
func general(refusal string) string {
	refusal = regexp.MustCompile(`\[[0-9]+\]`).ReplaceAllString(refusal, "[]")
	return regexp.MustCompile(`: "[^"]*"|value: [^:]*:`).ReplaceAllString(refusal, ": …")
}

func judged(t *testing.T, judge *kubevalid.Judge, o map[string]any) []string {
	t.Helper()
	reasons, err := judge.Refusals(encode(o))
	if err != nil {
		t.Fatal(err)
	}
	return reasons
}

// unfoldRefuses reports whether unfold refuses an object that an app brings along.
func unfoldRefuses(t *testing.T, o map[string]any) bool {
	t.Helper()
	docs, diags := value.ReadAll("object.yaml", encode(o))
	if diags.HasErrors() {
		return true
	}
	if len(docs) != 1 {
		t.Fatalf("%d objects in %s", len(docs), encode(o))
	}
	if name(o) == "" || name(o) == "<nil>" { // which pkg/render refuses
		return true
	}
	for _, d := range lint.Diags(lint.All(lint.Input{Env: "prod", Namespace: docs[0].StringAt("metadata", "namespace"), Manifests: docs})) {
		// Other rules are about more than the one object, or not about what Kubernetes refuses.
		if d.Severity == diag.Error && (!d.Rule ||
			slices.Contains([]string{"invalid-object", "missing-volume", "selector-mismatch", "node-port"}, d.Code)) {
			return true
		}
	}
	return false
}

// mutator changes objects by their types.
type mutator struct{ *rand.Rand }

// place is a value in an object, with its type.
type place struct {
	typ types.Type
	at  any
	set func(any)
}

// mutate changes one place of an object, other than its name and kind.
func (m mutator) mutate(o map[string]any, typ types.Type) {
	var all []place
	collect(&all, typ, o, nil)
	for range 20 {
		if m.change(all[m.IntN(len(all))]) {
			return
		}
	}
}

func collect(all *[]place, typ types.Type, v any, set func(any)) {
	*all = append(*all, place{typ, v, set})
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			below := typ.Below(key)
			if (below != types.Type{}) && key != "apiVersion" && key != "kind" && key != "managedFields" {
				collect(all, below, v[key], func(x any) { v[key] = x })
			}
		}
	case []any:
		for i := range v {
			collect(all, typ.Elem(), v[i], func(x any) { v[i] = x })
		}
	}
}

// gated reports whether a field means nothing in a cluster with the feature gates that
// Kubernetes 1.34 has by default, or belongs to a driver of volumes that it lost. The
// API server forgets or refuses it, whatever its value.
func gated(field string) bool {
	return slices.Contains([]string{"managedFields", "podCertificate", "clusterTrustBundle", "fileKeyRef", "restartPolicyRules",
		"seLinuxChangePolicy", "workloadRef",
		"quobyte", "rbd", "glusterfs", "scaleIO", "storageos", "photonPersistentDisk", "portworxVolume", "flocker", "cephfs", "gitRepo"},
		field)
}

// change changes a place, and reports whether it did.
func (m mutator) change(p place) bool {
	switch v := p.at.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if m.IntN(4) == 0 && len(keys) > 0 && p.set != nil {
			delete(v, keys[m.IntN(len(keys))])
			return true
		}
		if p.typ.IsMap() {
			v[pick(m.gen(), "a", "A_b", "x/y", "-", "a b", "example.com/a", "LONG", "")] = m.value(p.typ.Elem(), 3)
			return true
		}
		fields := p.typ.Fields()
		if len(fields) == 0 {
			return false
		}
		f := fields[m.IntN(len(fields))]
		if f.Name == "apiVersion" || f.Name == "kind" || f.Name == "status" || gated(f.Name) || p.set == nil && f.Name == "metadata" {
			return false
		}
		v[f.Name] = m.value(f.Type, 4)
	case []any:
		switch {
		case m.IntN(3) == 0 && len(v) > 0:
			p.set(append(v, v[m.IntN(len(v))]))
		case m.IntN(6) == 0:
			p.set([]any{})
		default:
			p.set(append(v, m.value(p.typ.Elem(), 3)))
		}
	default:
		p.set(m.value(p.typ, 3))
	}
	return true
}

func (m mutator) gen() *generator { return &generator{Rand: m.Rand} }

// value makes a value of a type, often one that is nearly right.
func (m mutator) value(t types.Type, depth int) any {
	g := m.gen()
	switch {
	case t.IsList():
		out := []any{}
		for range pick(g, 0, 1, 1, 1, 2) {
			out = append(out, m.value(t.Elem(), depth-1))
		}
		return out
	case t.IsMap():
		out := map[string]any{}
		for range pick(g, 0, 1, 1, 2) {
			out[pick(g, "a", "cpu", "memory", "app", "example.com/a", "b")] = m.value(t.Elem(), depth-1)
		}
		return out
	case t.IsObject():
		out := map[string]any{}
		fields := t.Fields()
		union := t.Union()
		chosen := ""
		if len(union) > 0 {
			chosen = union[m.IntN(len(union))]
		}
		for _, f := range fields {
			if gated(f.Name) {
				continue
			}
			if f.Name == chosen || !slices.Contains(union, f.Name) && (f.Required || depth > 0 && m.IntN(max(2, len(fields)/2)) == 0) {
				out[f.Name] = m.value(f.Type, depth-1)
			}
		}
		return out
	}
	if enum := t.Enum(); len(enum) > 0 {
		return enum[m.IntN(len(enum))]
	}
	switch t.Kind() {
	case "boolean":
		return m.IntN(2) == 0
	case "integer", "number":
		return pick(g, 0, 1, 2, 30, 100, 1000, 8080, 30001, 70000, -1)
	case "quantity":
		return pick(g, "1", "500m", "64Mi", "0", "10Gi", "-1", "1.5")
	case "int-or-string":
		return pick[any](g, 0, 1, 8080, "http", "50%", "x y", -3, 70000)
	case "date-time":
		return "2024-01-31T00:00:00Z"
	case "byte":
		return "YWJj"
	}
	return pick(g, "a", "abc", "Abc", "a b", "", "a_b", "/a", "a/b", "..", "10.0.0.1", "10.0.0.0/8", "fd00::1", "*", "example.com/a",
		"http",
		"TCP", "v1", "IPv4", "a.b.c", strings.Repeat("x", 300))
}
