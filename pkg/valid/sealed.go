package valid

import (
	"github.com/unfold-gitops/unfold/pkg/credential"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// sealedSecret reports what no controller can open, whatever its keys. The API
// server takes it.
func (c *checker) sealedSecret(spec *value.Value) {
	for _, e := range spec.Get("encryptedData").Fields() {
		if problem := credential.Sealed(e.Value.StringAt()); problem != "" && e.Value.Is(value.String) {
			c.diags.Errorh(e.Value.Pos, "not-sealed", "write what kubeseal prints, never the secret itself", "spec.encryptedData.%s is not a sealed value, or not all of one: it %s", e.Key, problem)
		}
	}
}
