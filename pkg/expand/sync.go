package expand

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Argo CD's annotations.
const (
	syncOptions = "argocd.argoproj.io/sync-options"
	syncWave    = "argocd.argoproj.io/sync-wave"
)

// syncOption returns the annotation of an object that asks for options by itself, nil without opinions.
func (e *expander) syncOption(pos diag.Pos, options string) *value.Value {
	if !e.app.Opinions {
		return nil
	}
	return newMap(pos, syncOptions, options)
}

// synced adds to an object's annotations in which wave and how Argo CD syncs it.
// What the descriptor says wins, option by option, over what the object asks for
// itself.
func (e *expander) synced(w *descriptor.Workload, annotations, object *value.Value) *value.Value {
	wave, options := e.app.SyncWave, e.app.SyncOptions
	if w != nil {
		wave, options = w.SyncWave, w.SyncOptions
	}
	out := mergeMaps(annotations, object)
	if wave != nil {
		out = mergeMaps(out, newMap(wave.Pos, syncWave, wave.Text))
	}
	texts := []*value.Value{object.Get(syncOptions), annotations.Get(syncOptions)}
	if options.Empty() && (texts[0] == nil || texts[1] == nil) {
		return out
	}
	merged, pos := value.NewMap(options.At()), options.At()
	for _, text := range texts {
		if text == nil {
			continue
		}
		if pos.IsZero() {
			pos = text.Pos
		}
		for part := range strings.SplitSeq(text.Text, ",") {
			name, x, _ := strings.Cut(strings.TrimSpace(part), "=")
			merged.Set(name, value.NewString(pos, x))
		}
	}
	var parts []string
	for _, entry := range mergeMaps(merged, options).Entries {
		parts = append(parts, entry.Key+"="+strings.ToLower(entry.Value.Text))
	}
	return mergeMaps(out, newMap(pos, syncOptions, strings.Join(parts, ",")))
}
