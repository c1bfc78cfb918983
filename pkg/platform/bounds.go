package platform

import (
	"strconv"
	"strings"
	"time"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Bounds are what one run of generate may take before it returns up.
type Bounds struct {
	Time   time.Duration
	Memory uint64 // bytes
}

const (
	// mostTime is when Argo CD gives up by itself, and says less about why.
	mostTime = 90 * time.Second
	// leastMemory is what ordinary apps with patches take, several times.
	leastMemory = 128 << 20
)

// BuiltinBounds returns those where no platform file sets them: less than Argo CD's
// own time, and many times what an app of a hundred workloads takes.
func BuiltinBounds() Bounds { return Bounds{Time: 60 * time.Second, Memory: 512 << 20} }

func boundsRow() schema.Field {
	return schema.Field{Name: "generate", Doc: "What one run of `unfold generate` may take before it ends with an error.",
		Type: &schema.Type{
			Kind: schema.ObjectKind, What: "bounds", Fields: []schema.Field{
				{Name: "deadline", Doc: "How long it may take, such as 30s (default: 60s). It has to be less than Argo CD's own 90s.",
					Type: &schema.Type{Kind: schema.TextKind, What: "a time", Check: &schema.Check{Problem: boundedTime}}},
				{Name: "memory", Doc: "How much memory it may take, such as 768Mi (default: 512Mi). It has to be 128Mi at least.",
					Type: &schema.Type{Kind: schema.TextKind, What: "an amount of memory", Check: &schema.Check{Problem: boundedMemory}}},
			}}}
}

func boundedTime(s string) string {
	if d, err := time.ParseDuration(s); err != nil || d < time.Second || d >= mostTime {
		return "is not a time between 1s and 89s"
	}
	return ""
}

func boundedMemory(s string) string {
	if n, ok := memory(s); !ok || n < leastMemory {
		return "is not an amount of memory such as 768Mi or 2Gi, and at least 128Mi"
	}
	return ""
}

// memory reads whole MiB and GiB, as Kubernetes writes them.
func memory(s string) (bytes uint64, ok bool) {
	for unit, shift := range map[string]int{"Mi": 20, "Gi": 30} {
		if number, found := strings.CutSuffix(s, unit); found {
			n, err := strconv.ParseUint(number, 10, 20)
			return n << shift, err == nil
		}
	}
	return 0, false
}

func readBounds(v *value.Value) Bounds {
	b := BuiltinBounds()
	if d, err := time.ParseDuration(v.StringAt("deadline")); err == nil {
		b.Time = d
	}
	if n, ok := memory(v.StringAt("memory")); ok {
		b.Memory = n
	}
	return b
}
