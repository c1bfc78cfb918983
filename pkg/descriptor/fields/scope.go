package fields

// scope is where a field can be written, and what it means there.
type scope uint8

const (
	// App fields describe the app: top level and environments only.
	App scope = iota
	// Head fields stand at the top level only, not in environments.
	Head
	// Own fields belong to one workload: at the top level only where it
	// has no workloads.
	Own
	// Shared fields make one object for all workloads at the top level, and
	// one more for a workload that has its own.
	Shared
	// Inherited fields are defaults for every workload at the top level.
	Inherited
)

// String returns where fields of a scope can be written.
func (s scope) String() string {
	return [...]string{
		App:       "top level and environments",
		Head:      "top level only",
		Own:       "top level and environments; where there are several workloads, in each of them instead",
		Shared:    "top level and environments, one object for all workloads; in a workload, one of its own",
		Inherited: "top level and environments, for all workloads; in a workload, for that one",
	}[s]
}
