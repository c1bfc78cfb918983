package fields

import (
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestUnions holds that a layer's choice puts that of a lower layer aside, in every
// value of which Kubernetes takes one variant, and that what is no choice stays.
func TestUnions(t *testing.T) {
	const probe, env, volume = "probes: {liveness: ", "env: {A: ", "volumes: {/data: "
	for _, tt := range []struct{ name, top, env, path, want string }{
		{"a command over a request", probe + "{httpGet: {path: /live, port: http}, periodSeconds: 3}}",
			probe + "{exec: {command: [check]}}}", "probes.liveness", "{exec: {command: [check]}, periodSeconds: 3}"},
		{"a command over a path", "probes: /live", probe + "{exec: {command: [check]}}}", "probes.liveness", "{exec: {command: [check]}}"},
		{"a path over a command", probe + "{exec: {command: [check]}}}", probe + "/live}", "probes.liveness", "{httpGet: {path: /live}}"},
		{"a connection over grpc", probe + "{grpc: {port: 9000, service: x}}}", probe + "{tcpSocket: {port: 80}}}", "probes.liveness",
			"{tcpSocket: {port: 80}}"},
		{"the same handler", probe + "{httpGet: {path: /live, port: http}}}", probe + "{httpGet: {path: /alive}}}", "probes.liveness",
			"{httpGet: {path: /alive, port: http}}"},
		{"a timing alone", probe + "{httpGet: {path: /live}}}", probe + "{periodSeconds: 9}}", "probes.liveness",
			"{httpGet: {path: /live}, periodSeconds: 9}"},

		{"a command over a sleep", "lifecycle: {preStop: {sleep: 5}}", "lifecycle: {preStop: {exec: {command: [stop]}}}",
			"lifecycle.preStop", "{exec: {command: [stop]}}"},
		{"a request over a command", "lifecycle: {postStart: {exec: {command: [warm]}}}",
			"lifecycle: {postStart: {httpGet: {path: /warm, port: 80}}}", "lifecycle.postStart", "{httpGet: {path: /warm, port: 80}}"},
		{"of a sidecar", "sidecars: {p: {image: b, lifecycle: {preStop: {sleep: 5}}}}",
			"sidecars: {p: {lifecycle: {preStop: {tcpSocket: {port: 1}}}}}", "sidecars.p.lifecycle.preStop", "{tcpSocket: {port: 1}}"},
		{"a probe of a sidecar", "sidecars: {p: {image: b, ports: {x: 1}, probes: /live}}",
			"sidecars: {p: {probes: {liveness: {exec: {command: [c]}}}}}", "sidecars.p.probes.liveness", "{exec: {command: [c]}}"},

		{"a folder over a claim", volume + "10Gi}", volume + "emptyDir}", "volumes./data", "{emptyDir: {}}"},
		{"a claim that is there over one of its own", volume + "{claim: {size: 1Gi}}}", volume + "{claim: mine}}", "volumes./data",
			"{persistentVolumeClaim: {claimName: mine}}"},
		{"a driver over a projection", volume + "{projected: {sources: []}, readOnly: true}}", volume + "{csi: {driver: d}}}",
			"volumes./data", "{csi: {driver: d}, readOnly: true}"},
		{"a Secret over a ConfigMap", volume + "{configMap: a}}", volume + "{secret: {secretName: b}}}", "volumes./data",
			"{secret: {secretName: b}}"},
		{"a path of a variable over a path", volume + "{emptyDir: {}, subPath: a}}", volume + "{subPathExpr: $(A)}}", "volumes./data",
			"{emptyDir: {}, subPathExpr: $(A)}"},
		{"a path of a mount", "volumes: {v: {emptyDir: {}, mounts: {/m: {subPathExpr: $(A), readOnly: true}}}}",
			"volumes: {v: {mounts: {/m: a}}}", "volumes.v.mounts./m", "{subPath: a, readOnly: true}"},
		{"a path of a sidecar's mount", "sidecars: {p: {image: b, mounts: {v: {mountPath: /m, subPath: a}}}}",
			"sidecars: {p: {mounts: {v: {subPathExpr: $(A)}}}}", "sidecars.p.mounts.v", "{mountPath: /m, subPathExpr: $(A)}"},

		{"a Secret over a value", env + "text}", env + "{secret: s/k}}", "env.A", "{secret: {name: s, key: k}}"},
		{"a value over a field", env + "{field: spec.nodeName}}", env + "text}", "env.A", "{value: text}"},
		{"a resource over a ConfigMap", env + "{configMap: {name: c, key: k, optional: true}}}", env + "{resource: limits.cpu}}", "env.A",
			"{resource: {resource: limits.cpu}}"},
		{"a field over a Secret, in full", env + "{secret: {name: s, key: k}}}", env + "{field: {fieldPath: metadata.name}}}", "env.A",
			"{field: {fieldPath: metadata.name}}"},

		{"another kind of backend", "ingress: {host: a.b, defaultBackend: {service: {name: s, port: {number: 80}}}}",
			"ingress: {defaultBackend: {resource: {kind: Bucket, name: b}}}", "ingress.defaultBackend",
			"{resource: {kind: Bucket, name: b}}"},
		{"a port by name over one by number", "ingress: {host: a.b, defaultBackend: {service: {name: s, port: {number: 80}}}}",
			"ingress: {defaultBackend: {service: {port: {name: http}}}}", "ingress.defaultBackend",
			"{service: {name: s, port: {name: http}}}"},
		{"affinities of a canary", "strategy: {canary: {antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}}",
			"strategy: {canary: {antiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: {weight: 1}}}}",
			"strategy.canary.antiAffinity", "{preferredDuringSchedulingIgnoredDuringExecution: {weight: 1}}"},
		{"what is no union", "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: []}}",
			"affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}",
			"affinity.podAffinity", "{requiredDuringSchedulingIgnoredDuringExecution: [], " +
				"preferredDuringSchedulingIgnoredDuringExecution: []}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := NewNormaliser()
			lower, upper := n.Full(Environment(), read(t, tt.top)), n.Full(Environment(), read(t, tt.env))
			if len(n.Diags) > 0 {
				t.Fatal(n.Diags)
			}
			v, diags := schema.Overlay(Environment(), lower, upper)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			for _, key := range strings.Split(tt.path, ".") {
				v = v.Get(key)
			}
			if !value.Equal(v, read(t, tt.want)) {
				text, _ := value.EncodeSource(v)
				t.Errorf("not %s but\n%s", tt.want, text)
			}
		})
	}
}

func read(t *testing.T, text string) *value.Value {
	t.Helper()
	v, diags := value.Read("app.yaml", []byte(text))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return v
}
