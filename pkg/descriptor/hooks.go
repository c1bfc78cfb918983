package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Hook says when Argo CD runs a Job.
type Hook struct {
	Phase        string
	Wave         *value.Value // nil for Argo CD's own, 0
	DeletePolicy *value.Value
}

// hook completes a hook: when Argo CD runs it.
func (e *effective) hook(w *Workload) {
	v := w.Fields
	w.Hook = &Hook{Phase: v.StringAt("phase"), Wave: v.Get("wave"), DeletePolicy: v.Get("deletePolicy")}
	if w.Hook.Phase == "" {
		w.Hook.Phase = "Sync"
	}
	if w.Hook.Wave == nil && w.Hook.Phase == "Sync" && e.opinions {
		w.Hook.Wave = value.NewInt(w.Pos, -1)
	}
}

// job completes a job: when it runs, and how Argo CD syncs it.
func (e *effective) job(w *Workload) {
	v := w.Fields
	w.Schedule, w.SyncWave, w.SyncOptions = v.Get("schedule"), v.Get("syncWave"), v.Get("syncOptions")
	if w.Schedule.StringAt("cron") == "" && e.env != "" {
		e.diags.Errorh(w.Pos, "missing-schedule", `add schedule: with a cron expression such as "0 3 * * *", or write it under hooks `+
			"to run it with each sync", "%s has no schedule", w.what())
	}
}
