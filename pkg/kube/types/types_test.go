package types_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// lines returns the table's lines.
func lines(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile("types.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
}

func TestTable(t *testing.T) {
	all := lines(t)
	if !slices.IsSortedFunc(all, func(a, b string) int {
		a, _, _ = strings.Cut(a, " ")
		b, _, _ = strings.Cut(b, " ")
		return strings.Compare(a, b)
	}) {
		t.Error("the table is not sorted by name")
	}
	for _, l := range all {
		name, _, _ := strings.Cut(l, " ")
		typ, ok := types.Named(name)
		if !ok {
			t.Errorf("%s is not found", name)
			continue
		}
		for _, f := range typ.Fields() {
			inner := f.Type
			for inner.IsList() || inner.IsMap() {
				inner = inner.Elem()
			}
			if inner.Name() != "" {
				if _, ok := types.Named(inner.Name()); !ok {
					t.Errorf("%s.%s is %s, which is not there", name, f.Name, inner.Name())
				}
			}
			if inner.Kind() == "any" && inner.Enum() != nil {
				t.Errorf("%s.%s is anything, but has an enum", name, f.Name)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	for _, tt := range []struct {
		apiVersion, kind string
		want             bool
	}{
		{"v1", "Pod", true}, {"apps/v1", "Deployment", true}, {"keda.sh/v1alpha1", "ScaledObject", true},
		{"v1", "Container", false}, {"core/v1", "Affinity", false}, {"apps/v1", "Pod", false}, {"example.com/v1", "Pod", false},
		{"", "", false}, {"v1", "", false}, {"zzz/v1", "Z", false}, {"apps/v1", "Deploymen", false},
	} {
		if _, ok := types.Lookup(tt.apiVersion, tt.kind); ok != tt.want {
			t.Errorf("%s %s: got %v", tt.apiVersion, tt.kind, ok)
		}
	}
	if !types.ClusterScoped("v1", "Namespace") || types.ClusterScoped("v1", "Pod") || types.ClusterScoped("a/v1", "B") {
		t.Error("the scope of a kind is wrong")
	}
	if !types.Known("batch/v1") || types.Known("batch/v2") || types.Known("batch") {
		t.Error("the known groups are wrong")
	}
	if diff := cmp.Diff([]string{"CronJob", "Job"}, types.Kinds("batch/v1")); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestNamed(t *testing.T) {
	for name, want := range map[string]string{
		"core/v1.Affinity": "object", "[]core/v1.Toleration": "array", "core/v1.PodSpec.containers": "array",
		"core/v1.PodSpec.containers.image": "string", "argoproj.io/v1alpha1.Rollout.spec.strategy": "object",
		"core/v1.PodSpec.nodeSelector": "object", "core/v1.Probe.httpGet.port": "int-or-string",
		"core/v1.ResourceRequirements.limits": "object", "core/v1.EmptyDirVolumeSource.sizeLimit": "quantity",
		"core/v1.Nothing": "", "core/v1": "", "Affinity": "", "": "", "core/v1.PodSpec.nothing": "", "[]": "",
	} {
		typ, ok := types.Named(name)
		if !ok {
			if want != "" {
				t.Errorf("%s is not found", name)
			}
		} else if typ.Kind() != want {
			t.Errorf("%s: got %s, want %q", name, typ.Kind(), want)
		}
	}
}

func TestFields(t *testing.T) {
	typ, _ := types.Named("core/v1.Toleration")
	var got []string
	for _, f := range typ.Fields() {
		got = append(got, f.Name+" "+f.Type.Kind()+" "+strings.Join(f.Type.Enum(), "|"))
	}
	want := []string{
		"effect string NoSchedule|PreferNoSchedule|NoExecute", "key string ", "operator string Exists|Equal",
		"tolerationSeconds integer ", "value string ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name, typ, src, want string
	}{
		{"fine", "core/v1.Toleration", "{key: a, operator: Exists, tolerationSeconds: 30}", ""},
		{"a name with a space", "core/v1.Toleration", "{'key:s operator': a}",
			"f:1:2: unknown field \"key:s operator\" in x\n" +
				"  hint: the fields of Kubernetes 1.34 here are: effect, key, operator, tolerationSeconds, value"},
		{"an empty name", "core/v1.LocalObjectReference", "{'': a}",
			"f:1:2: unknown field \"\" in x\n  hint: the fields of Kubernetes 1.34 here are: name"},
		{"null is the same as nothing", "core/v1.Toleration", "{key: null}", ""},
		{"null for a required field", "core/v1.EnvVar", "{name: null}", "f:1:8: x.name must be text, not nothing"},
		{"an item that is null", "core/v1.Capabilities", "{add: [~]}", "f:1:8: x.add.0 must be text, not nothing"},
		{"an empty enum", "core/v1.Toleration", "{effect: ''}", ""},
		{"whole numbers as floats", "core/v1.Toleration", "{tolerationSeconds: 1e3}", ""},
		{"a fraction", "core/v1.Toleration", "{tolerationSeconds: 1.5}",
			"f:1:21: x.tolerationSeconds must be a whole number, not the number \"1.5\""},
		{"too large for 32 bits", "core/v1.Probe", "{exec: {command: [a]}, periodSeconds: 3000000000}",
			"f:1:39: x.periodSeconds must be between -2147483648 and 2147483647, not 3000000000"},
		{"too large for 64 bits", "core/v1.Toleration", "{tolerationSeconds: 99999999999999999999}",
			"f:1:21: x.tolerationSeconds must be a whole number, not the number \"99999999999999999999\""},
		{"any fields", "core/v1.PodSpec.nodeSelector", "{a: b, c: d}", ""},
		{"quantities", "core/v1.ResourceRequirements.limits", "{cpu: 0.5, memory: 1Gi, a/a: 1e3, hugepages-2Mi: 2}", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			typ, ok := types.Named(tt.typ)
			if !ok {
				t.Fatal("no such type")
			}
			v, diags := value.Read("f", []byte(tt.src))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			typ.Check(v, []string{"x"}, &diags)
			if diff := cmp.Diff(tt.want, diags.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckPart(t *testing.T) {
	typ, _ := types.Named("core/v1.PodSpec")
	v, _ := value.Read("f", []byte("{restartPolicy: null, volumes: [{emptyDir: {}}]}"))
	var diags diag.List
	typ.CheckPart(v, []string{"pod"}, &diags)
	if diff := cmp.Diff("f:1:33: pod.volumes.0 has no name\n  hint: add name:", diags.Error()); diff != "" {
		t.Errorf("only what is whole has to be complete (-want +got):\n%s", diff)
	}
}

func TestQuantity(t *testing.T) {
	for _, s := range []string{"1", "+1", "-1", "1.", ".5", "0.5", "100m", "1e3", "1E-3", "12E", "1Ei", "64Mi", "1k", "0"} {
		if _, ok := types.ParseQuantity(s); !ok {
			t.Errorf("%q is a quantity", s)
		}
	}
	for _, s := range []string{"", ".", "1.1.1", "1 Gi", "Gi", "1KB", "1mi", "1ki", "+-1", "1e", "1e99999", "0x10", "1i", "1KiMi"} {
		if _, ok := types.ParseQuantity(s); ok {
			t.Errorf("%q is no quantity", s)
		}
	}
	ordered := []string{"-1", "0", "1n", "1u", "0.1", "500m", "1", "1.5", "1k", "1Ki", "1M", "1Mi", "1G", "1Gi", "1T", "1Ti", "1P", "1Pi",
		"1E", "1Ei"}
	for i := 1; i < len(ordered); i++ {
		a, _ := types.ParseQuantity(ordered[i-1])
		b, _ := types.ParseQuantity(ordered[i])
		if a.Cmp(b) >= 0 {
			t.Errorf("%s is not below %s", ordered[i-1], ordered[i])
		}
	}
	half, _ := types.ParseQuantity("500m")
	if half.Whole() || half.Sign() != 1 {
		t.Error("500m is a fraction above 0")
	}
}
