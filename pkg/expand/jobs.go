package expand

// jobs adds the CronJobs beside the workloads.
func (e *expander) jobs() {
	for i := range e.app.Jobs {
		w := &e.app.Jobs[i]
		e.claims(w)
		e.workloadObject(w)
	}
}
