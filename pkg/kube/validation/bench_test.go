package validation_test

import (
	"os"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/validation"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// BenchmarkChecks checks all objects of the example's prod environment.
func BenchmarkChecks(b *testing.B) {
	src, err := os.ReadFile("../../../test/golden/testdata/golden/example-app/manifests/prod.yaml")
	if err != nil {
		b.Fatal(err)
	}
	objects, diags := value.ReadAll("f", src)
	if len(diags) > 0 || len(objects) == 0 {
		b.Fatal(len(objects), diags)
	}
	b.ReportAllocs()
	for b.Loop() {
		var diags diag.List
		for _, o := range objects {
			validation.Check(o, &diags)
		}
		if len(diags) > 0 {
			b.Fatal(diags)
		}
	}
}
