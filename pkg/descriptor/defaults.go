package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// Defaults are the layers below a descriptor.
type Defaults struct {
	// All holds app fields for every environment.
	All *value.Value
	// Environments holds app fields by environment, in order. They are the
	// environments of an app that lists none.
	Environments []value.Entry
}

// BuiltinFile stands for a file in the positions of built-in defaults.
const BuiltinFile = "built-in defaults"

// builtin is what an app gets that says nothing else.
const builtin = `security: restricted
disruption: {maxUnavailable: 1}
environments:
  dev:
    replicas: 1
    resources: {requests: {memory: 64Mi, cpu: 100m}, limits: {memory: 128Mi, cpu: 250m}}
    config: {LOG_LEVEL: DEBUG}
  staging:
    replicas: 2
    resources: {requests: {memory: 128Mi, cpu: 200m}, limits: {memory: 256Mi, cpu: 500m}}
    config: {LOG_LEVEL: INFO}
  prod:
    replicas: 3
    resources: {requests: {memory: 256Mi, cpu: 500m}, limits: {memory: 512Mi, cpu: 1000m}}
    config: {LOG_LEVEL: WARNING}
`

// Builtin gives the built-in defaults, which a platform file replaces.
func Builtin() (Defaults, diag.List) {
	return ReadDefaults(BuiltinFile, []byte(builtin))
}

// ReadDefaults reads layers for below a descriptor: app fields, and more of
// them by environment.
func ReadDefaults(file string, src []byte) (Defaults, diag.List) {
	top, diags := value.Read(file, src)
	if diags.HasErrors() || top == nil {
		return Defaults{}, diags
	}
	n := normaliser{}
	all := orEmpty(n.full(documentType(), top)).Copy()
	defaults := Defaults{Environments: all.Get("environments").Fields()}
	all.Delete("environments")
	defaults.All = all
	return defaults, n.diags
}

// environment gives an environment's layer, or nil.
func (d Defaults) environment(name string) *value.Value {
	for _, e := range d.Environments {
		if e.Key == name {
			return e.Value
		}
	}
	return nil
}
