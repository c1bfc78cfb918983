package validation

import (
	"encoding/base64"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// mostAnnotations is how many bytes the keys and values of an object's annotations
// can have together (apimachinery, pkg/api/validation, TotalAnnotationSizeLimitB).
const mostAnnotations = 256 << 10

// sizes adds up what is in one object, and remembers where the largest part is.
type sizes struct {
	total, largest int
	pos            diag.Pos
}

func (s *sizes) add(n int, pos diag.Pos) {
	if s.total += n; n > s.largest {
		s.largest, s.pos = n, pos
	}
}

func (c *checker) atMost(most int, s sizes, what, hint string) {
	if s.total > most {
		c.reportAt(s.pos, hint, "%s: %d bytes together are more than the %d that Kubernetes takes", what, s.total,
			most)
	}
}

const elsewhere = "put what is large into the image or a volume"

// data checks the size of a ConfigMap or Secret. Plain and encoded name its fields
// for texts and for base64.
func (c *checker) data(v *value.Value, kind, plain, encoded string) {
	var s sizes
	for _, e := range v.Get(plain).AllEntries() {
		s.add(len(e.Value.StringAt()), e.Value.Pos)
	}
	for _, e := range v.Get(encoded).AllEntries() {
		text := strings.TrimRight(strings.Join(strings.Fields(e.Value.StringAt()), ""), "=")
		if !v.Get(plain).Has(e.Key) {
			s.add(base64.RawStdEncoding.DecodedLen(len(text)), e.Value.Pos)
		}
	}
	c.atMost(types.MaxData, s, "the data of a "+kind, elsewhere)
}

// sealedSecret reports what no controller can open, whatever its keys, and what it
// can't make a Secret of. The API server takes it.
func (c *checker) sealedSecret(spec *value.Value) {
	var s sizes
	for _, e := range spec.Get("encryptedData").AllEntries() {
		size, problem := credential.Sealed(e.Value.StringAt())
		if problem != "" && e.Value.Is(value.String) {
			c.diags.Errorh(e.Value.Pos, "not-sealed", "write what kubeseal prints, never the secret itself",
				"spec.encryptedData.%s is not a sealed value, or not all of one: it %s", e.Key, problem)
		}
		s.add(size, e.Value.Pos)
	}
	c.atMost(types.MaxData, s, "the data of the Secret in a SealedSecret", elsewhere)
}

func (c *checker) annotations(v *value.Value) {
	var s sizes
	for _, e := range v.AllEntries() {
		s.add(len(e.Key)+len(e.Value.StringAt()), e.Value.Pos)
	}
	c.atMost(mostAnnotations, s, "annotations", "put what is large into a ConfigMap")
}
