package render_test

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/render"
)

// BenchmarkApp is what a batch does for each app of three environments.
func BenchmarkApp(b *testing.B) {
	for _, app := range []string{"example-app", "multi"} {
		b.Run(app, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := render.RenderApp(render.Folder{Dir: "../../examples/" + app}, nil, "", render.Options{})
				if err != nil || len(r.Results) != 3 {
					b.Fatal(err, r.Diags)
				}
			}
		})
	}
}
