package value

// Sorted returns v with all keys in the order in which Encode prints them.
func Sorted(v *Value) *Value {
	if v == nil || len(v.Entries)+len(v.Items) == 0 {
		return v
	}
	out := *v
	out.Entries, out.Items = make([]Entry, len(v.Entries)), make([]*Value, len(v.Items))
	copy(out.Entries, sorted(v.Entries))
	for i := range out.Entries {
		out.Entries[i].Value = Sorted(out.Entries[i].Value)
	}
	for i, item := range v.Items {
		out.Items[i] = Sorted(item)
	}
	return &out
}
