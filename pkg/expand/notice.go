package expand

import (
	"fmt"
	"slices"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// WarningsAnnotation holds, on a workload, what did not stop the run. Argo CD
// shows nothing else of a run that succeeds.
const WarningsAnnotation = "unfold.dev/warnings"

// Notice is something to know about an object.
type Notice struct {
	Object object.ID
	Text   string
}

// longest bounds the text of an annotation in characters.
const longest = 1000

// WithNotices returns the objects with the notices in annotations: on the workload
// that they are about, else on the first one.
func WithNotices(objects []object.Object, notices []Notice) []object.Object {
	first := slices.IndexFunc(objects, func(o object.Object) bool { return workloadKind(o.ID().Kind) })
	if first < 0 || len(notices) == 0 {
		return objects
	}
	places := map[object.ID]int{}
	for i, o := range slices.Backward(objects) {
		if id := o.ID(); workloadKind(id.Kind) {
			places[id] = i
		}
	}
	texts := make([][]string, len(objects))
	for _, n := range notices {
		i, ok := places[n.Object]
		if !ok {
			i = first
		}
		texts[i] = append(texts[i], n.Text)
	}
	out := slices.Clone(objects)
	for i, list := range texts {
		if len(list) == 0 {
			continue
		}
		// Not in the order of lines, which says nothing and changes often.
		slices.Sort(list)
		list = slices.Compact(list)
		o := &out[i]
		o.Value = o.Value.Replace([]string{"metadata"}, func(metadata *value.Value) *value.Value {
			annotations := metadata.Get("annotations").Copy()
			if annotations == nil {
				annotations = value.NewMap(o.Origin)
			}
			return metadata.Copy().Set("annotations", annotations.Set(WarningsAnnotation, value.NewString(o.Origin, joinNotices(list))))
		})
	}
	return out
}

func workloadKind(kind string) bool {
	k, ok := kinds.Find(kind)
	return ok && k.Written
}

func joinNotices(list []string) string {
	text := list[0]
	for i, next := range list[1:] {
		if len(text)+len(next) > longest {
			return fmt.Sprintf("%s; and %d more", text, len(list)-1-i)
		}
		text += "; " + next
	}
	return text
}
