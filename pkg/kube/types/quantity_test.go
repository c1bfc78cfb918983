package types

import "testing"

// TestQuantityString has values from the tests of k8s.io/apimachinery, pkg/api/resource.
func TestQuantityString(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "0.5": "500m", "1500m": "1500m", "1000m": "1", "1024Mi": "1Gi", "1.5Gi": "1536Mi", "100M": "100M", "1e3": "1e3",
		"2E": "2E", "0.1Gi": "107374182400m", "512": "512", "1023Ki": "1023Ki", "0.5Ki": "512", "-2000m": "-2", "1.1n": "2n",
		"1e0": "1", "12345Ki": "12345Ki", "1000Ki": "1000Ki", "1000k": "1M",
	} {
		q, ok := ParseQuantity(in)
		if got := q.String(); !ok || got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
