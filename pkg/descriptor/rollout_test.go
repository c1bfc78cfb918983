package descriptor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestRollout looks at what layers of strategies come to, which Services they
// need, and which one has the traffic.
func TestRollout(t *testing.T) {
	const steps = "steps: [{setWeight: 20}, {pause: {duration: 5m}}, {setWeight: 50}, {pause: {duration: 5m}}]"
	platform := func(text string) Defaults {
		d, diags := ReadDefaults("platform.yaml", []byte(text))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		d.File = "platform.yaml"
		return d
	}
	for _, tt := range []struct{ name, defaults, top, env, want, services, front string }{
		{name: "none", top: "strategy: Recreate"},
		{name: "a canary in one line", top: "strategy: canary", want: "{canary: {" + steps + "}}", front: "a"},
		{name: "without steps", top: "strategy: {canary: {steps: []}}", want: "{canary: {steps: []}}", front: "a"},
		{name: "one line keeps what lies below", top: "strategy: {canary: {maxSurge: 1}}", env: "strategy: canary",
			want: "{canary: {maxSurge: 1, " + steps + "}}", front: "a"},
		{name: "blue and green in one line", top: "port: 80\nstrategy: blueGreen",
			want: "{blueGreen: {activeService: a, previewService: a-preview}}", services: "a-preview", front: "a"},
		{name: "blue and green over a canary", top: "port: 80\nstrategy: {canary: {maxSurge: 1}}",
			env:  "strategy: {blueGreen: {autoPromotionEnabled: false}}",
			want: "{blueGreen: {autoPromotionEnabled: false, activeService: a, previewService: a-preview}}", services: "a-preview",
			front: "a"},
		{name: "a canary over a rolling update", top: "strategy: {rollingUpdate: {maxSurge: 1}}", env: "strategy: canary",
			want: "{canary: {" + steps + "}}", front: "a"},
		{name: "a rolling update over a canary", top: "strategy: canary", env: "strategy: {rollingUpdate: {maxSurge: 1}}"},
		{name: "taken away", top: "strategy: canary", env: "strategy: null"},
		{name: "divided traffic", top: "port: 80\nstrategy: {canary: {steps: [], trafficRouting: {nginx: {}}}}",
			want: "{canary: {steps: [], trafficRouting: {nginx: {}}, stableService: a, canaryService: a-canary}}", services: "a-canary",
			front: "a"},
		{name: "by the app's Ingress", top: "port: 80\ningress: {host: a.example.com}\n" +
			"strategy: {canary: {steps: [], trafficRouting: {nginx: {}, alb: {servicePort: 80}}}}",
			want: "{canary: {steps: [], trafficRouting: {nginx: {stableIngress: a}, alb: {servicePort: 80, ingress: a}}, stableService: " +
				"a, canaryService: a-canary}}", services: "a-canary", front: "a"},
		{name: "named Services", top: "port: 80\nstrategy: {canary: {steps: [], trafficRouting: {nginx: {}}, stableService: old, " +
			"canaryService: new}}",
			want: "{canary: {steps: [], trafficRouting: {nginx: {}}, stableService: old, canaryService: new}}", services: "old new",
			front: "old"},
		{name: "named Services of a canary by pods", top: "port: 80\nstrategy: {canary: {steps: [], canaryService: new}}",
			want: "{canary: {steps: [], canaryService: new}}", services: "new", front: "a"},
		{name: "Services of one's own", top: "strategy: {blueGreen: {activeService: x, previewService: y}}",
			want: "{blueGreen: {activeService: x, previewService: y}}", front: "x"},
		{name: "by subsets", top: "port: 80\nstrategy: {canary: {steps: [], trafficRouting: {istio: {destinationRule: {name: d}}}}}",
			want: "{canary: {steps: [], trafficRouting: {istio: {destinationRule: {name: d}}}}}", front: "a"},
		{name: "by turns", top: "port: 80\nstrategy: {canary: {steps: [], pingPong: {}, trafficRouting: {alb: {}}}}",
			want:     "{canary: {steps: [], pingPong: {pingService: a-ping, pongService: a-pong}, trafficRouting: {alb: {}}}}",
			services: "a-ping a-pong", front: "a"},
		{name: "the platform's canary of a Deployment", defaults: "strategy: canary", want: "{canary: {" + steps + "}}", front: "a"},
		{name: "the platform's canary of a StatefulSet", defaults: "strategy: canary", top: "kind: StatefulSet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kind := "kind: App\n"
			if strings.HasPrefix(tt.top, "kind:") {
				kind = ""
			}
			d, diags := Parse("app.yaml", []byte("apiVersion: unfold.dev/v1alpha1\n"+kind+"name: a\nimage: a\n"+tt.top+
				"\nenvironments:\n  prod:\n    "+tt.env+"\n"))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			app, diags := d.Effective("prod", Options{Defaults: platform(tt.defaults)})
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			r := app.Workloads[0].Rollout
			if r == nil || tt.want == "" {
				if (r == nil) != (tt.want == "") {
					t.Fatalf("%+v, want %q", r, tt.want)
				}
				return
			}
			want, _ := value.Read("want", []byte(tt.want))
			if !value.Equal(want, value.NewMap(r.Pos).Set(r.Strategy, r.Fields)) {
				t.Errorf("not %s, but %s with %s", tt.want, r.Strategy, r.Fields.Keys())
			}
			var services []string
			for _, s := range r.Services {
				services = append(services, s.Text)
			}
			if diff := cmp.Diff(tt.services+" front "+tt.front, strings.Join(services, " ")+" front "+
				app.Workloads[0].front()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
