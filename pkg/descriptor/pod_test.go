package descriptor

import (
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestReplacementAndSpread looks at what layers of strategy and spread come to.
func TestReplacementAndSpread(t *testing.T) {
	defaults, _ := ReadDefaults(BuiltinFile, []byte("spread: {zone: {}, hostname: {}}"))
	const zone, host = "topology.kubernetes.io/zone ", "kubernetes.io/hostname "
	for _, tt := range []struct{ name, top, env, strategy, spread string }{
		{"nothing", "", "", "", ""},
		{"a type over a rolling update", "strategy: {rollingUpdate: {maxSurge: 1}}", "strategy: Recreate", "{type: Recreate}", ""},
		{"a rolling update over a type", "strategy: Recreate", "strategy: {rollingUpdate: {maxSurge: 1}}",
			"{type: RollingUpdate, rollingUpdate: {maxSurge: 1}}", ""},
		{"rolling updates", "strategy: {rollingUpdate: {maxSurge: 1}}", "strategy: {rollingUpdate: {maxUnavailable: 0}}",
			"{type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", ""},
		{"the default for one pod", "replicas: 1", "", "", ""},
		{"the default for two", "replicas: 2", "", "", zone + host},
		{"the default switched off", "replicas: 2\nspread: false", "", "", ""},
		{"the default brought back", "replicas: 2\nspread: false", "spread: true", "", zone + host},
		{"one's own in place of the default", "spread: region", "", "", "topology.kubernetes.io/region "},
		{"one's own in layers", "spread: zone", "spread: {hostname: DoNotSchedule}", "", zone + host},
		{"one's own taken away", "spread: {zone: {}, hostname: {}}", "spread: {zone: null}", "", host},
		{"asked for without defaults", "defaults: none\nspread: true", "", "", zone + host},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, diags := Parse("app.yaml", []byte("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: a\nimage: a\n"+tt.top+
				"\nenvironments:\n  prod:\n    "+tt.env+"\n"))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			app, diags := d.Effective("prod", Options{Defaults: defaults})
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			w := app.Workloads[0]
			want, _ := value.Read("want", []byte(tt.strategy))
			if !value.Equal(want, w.Strategy) {
				t.Errorf("the strategy is not %s", tt.strategy)
			}
			var spread strings.Builder
			for _, x := range w.Spread {
				spread.WriteString(x.Key + " ")
			}
			if spread.String() != tt.spread {
				t.Errorf("spread over %q, want %q", spread.String(), tt.spread)
			}
		})
	}
}
