package descriptor

// scope says where a field stands and what it means there.
type scope uint8

const (
	// appScope fields describe the app: top level and environments only.
	appScope scope = iota
	// headScope fields stand at the top level only, not in environments.
	headScope
	// ownScope fields belong to one workload: at the top level only where it
	// has no workloads.
	ownScope
	// sharedScope fields make one object for all workloads at the top level, and
	// one more for a workload that has its own.
	sharedScope
	// inheritedScope fields are defaults for every workload at the top level.
	inheritedScope
)

// String says where fields of a scope stand.
func (s scope) String() string {
	return [...]string{
		appScope:       "top level and environments",
		headScope:      "top level only",
		ownScope:       "top level and environments; where there are several workloads, in each of them instead",
		sharedScope:    "top level and environments, one object for all workloads; in a workload, one of its own",
		inheritedScope: "top level and environments, for all workloads; in a workload, for that one",
	}[s]
}
