package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/credential"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// normaliser turns one layer into its full form. What is wrong is reported and
// left out, so that all of a file's mistakes are found in one go.
type normaliser struct {
	diags diag.List
	path  []string
	// words returns the field that stands for a word of other tools, maybe with a form
	// of its value behind a colon, "" for none.
	words func(key string) (field string)
	// whole says that nothing was left out of the value that is completed now.
	whole bool
	// hidden says that the value that is completed now is secret.
	hidden bool
}

// where names the place for messages: "environments.prod.ports".
func (n *normaliser) where() string { return strings.Join(n.path, ".") }

// in gives " in PATH", or nothing at the top level.
func (n *normaliser) in() string {
	if len(n.path) == 0 {
		return ""
	}
	return " in " + n.where()
}

func (n *normaliser) step(key string, f func()) {
	n.path = append(n.path, key)
	f()
	n.path = n.path[:len(n.path)-1]
}

// named is step for a name that the user chose, which may say that the value is
// secret.
func (n *normaliser) named(key string, f func()) {
	if credential.Named(key) && !n.hidden {
		n.hidden = true
		defer func() { n.hidden = false }()
	}
	n.step(key, f)
}

// full gives the full form of v, or nil after reporting why there is none.
// Null stays null: it deletes what a lower layer set.
func (n *normaliser) full(s *schema, v *value.Value) *value.Value {
	if v.Is(value.Null) {
		return v
	}
	if s.orFalse && v.Is(value.Bool) {
		if v.IsTrue() {
			return value.NewMap(v.Pos)
		}
		return v
	}
	if s.secret && !n.hidden {
		n.hidden = true
		defer func() { n.hidden = false }()
	}
	known := len(n.diags)
	if s.shortKey != "" && v.IsScalar() {
		v = value.NewMap(v.Pos).Set(s.shortKey, v)
	} else if s.short != nil {
		if full := s.short(v); full != nil {
			v = full
		}
	}
	switch s.kind {
	case objectKind:
		v = n.object(s, v)
	case mapKind:
		v = n.mapping(s, v)
	case listKind:
		v = n.list(s, v)
	case kubeKind:
		v = n.kube(s, v)
	case anyKind:
		n.finite(v)
	default:
		v = n.scalar(s, v)
	}
	if v != nil && s.after != nil {
		n.whole = len(n.diags) == known
		v = s.after(n, v)
	}
	return v
}

func (n *normaliser) wrongType(s *schema, v *value.Value) *value.Value {
	hint := s.otherwise
	switch {
	case hint != "":
	case v.Is(value.String) && !v.Plain && (s.kind == integerKind && v.Text != "" && only(v.Text, digit) || s.kind == booleanKind && (v.Text == "true" || v.Text == "false")):
		hint = "remove the quotes"
	case v.Is(value.List) && s.kind == mapKind:
		hint = "write each as NAME: VALUE, not as a list"
	}
	n.diags.Errorh(v.Pos, "wrong-type", hint, "%s must be %s, not %s", n.where(), s.expects(), n.describe(v))
	return nil
}

// show gives a text for messages, but for one that is secret.
func (n *normaliser) show(text string) string {
	if n.hidden {
		return "…"
	}
	return credential.Shown(text)
}

func (n *normaliser) describe(v *value.Value) string {
	if n.hidden && v.IsScalar() {
		return "a " + v.Kind.String()
	}
	return v.Describe()
}

// expects says what a value has to be, the one-line form first.
func (s *schema) expects() string {
	switch {
	case s.kind == objectKind && (s.short != nil || s.shortKey != ""):
		return s.what + " or a map of its fields"
	case s.kind == objectKind && s.orFalse:
		return "a map of fields, true or false"
	case s.kind == objectKind:
		return "a map of fields"
	}
	return s.what
}

func (n *normaliser) object(s *schema, v *value.Value) *value.Value {
	if !v.Is(value.Map) {
		return n.wrongType(s, v)
	}
	out := &value.Value{Kind: value.Map, Pos: v.Pos, Entries: make([]value.Entry, 0, len(v.Entries))}
	for _, e := range v.Entries {
		f := s.field(e.Key)
		if f == nil && s.named(e) {
			f = s.more
		}
		if f == nil {
			n.unknown(s, e)
			continue
		}
		n.step(e.Key, func() {
			if x := n.full(f.typ, e.Value); x != nil {
				out.Entries = append(out.Entries, value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: x})
			}
		})
	}
	n.choice(s, out)
	return out
}

// named reports whether a key that is no field is a name of the user's, and not
// a misspelt field.
func (s *schema) named(e value.Entry) bool {
	likely := e.Key != strings.ToUpper(e.Key) && diag.Suggest(e.Key, s.fieldNames()) != ""
	return s.more != nil && !likely && s.keys.check.problem(e.Key) == "" &&
		(s.like == nil || e.Value.Is(value.Null) || s.like(e.Value))
}

func (n *normaliser) unknown(s *schema, e value.Entry) {
	key := e.Key
	near := diag.Suggest(e.Key, s.fieldNames()) != ""
	if !near && (s.secret || !only(key, func(c byte) bool { return letterOrDigit(c) && !digit(c) })) {
		key = n.show(key) // not a field of anything, so perhaps what is to be kept
	}
	if s.more != nil && s.like == nil && !near {
		n.diags.Errorf(e.KeyPos, "bad-name", "%s can't have %s %q: it %s", n.where(), s.keys.what, key, s.keys.check.problem(e.Key))
		return
	}
	hint := diag.Hint(e.Key, "the fields here are", s.fieldNames())
	if meant := n.meant(s, e.Key); !near && meant != "" {
		hint = meant
	}
	if s.foreign != nil {
		if x := s.foreign(e.Key); x != "" {
			hint = x
		}
	}
	n.diags.Errorh(e.KeyPos, "unknown-field", hint, "unknown field %q%s", key, n.in())
}

// choice reports fields of which a layer can name only one.
func (n *normaliser) choice(s *schema, v *value.Value) {
	for _, union := range s.oneOf {
		var chosen []string
		for _, e := range v.Entries {
			if e.Value.Kind != value.Null && slices.Contains(union, e.Key) {
				chosen = append(chosen, strconv.Quote(e.Key))
			}
		}
		if len(chosen) > 1 {
			n.diags.Errorh(v.Pos, "one-of", "keep one of them", "%s has %s, which exclude one another", n.where(), strings.Join(chosen, " and "))
		}
	}
}

func (n *normaliser) mapping(s *schema, v *value.Value) *value.Value {
	if !v.Is(value.Map) {
		return n.wrongType(s, v)
	}
	out := &value.Value{Kind: value.Map, Pos: v.Pos, Entries: make([]value.Entry, 0, len(v.Entries))}
	for _, e := range v.Entries {
		if s.keys.check != nil {
			if problem := s.keys.check.problem(e.Key); problem != "" {
				n.diags.Errorf(e.KeyPos, "bad-name", "%s can't have %s %q: it %s", n.where(), s.keys.what, e.Key, problem)
				continue
			}
		}
		n.named(e.Key, func() {
			if x := n.full(s.elem, e.Value); x != nil {
				out.Entries = append(out.Entries, value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: x})
			}
		})
	}
	return out
}

func (n *normaliser) list(s *schema, v *value.Value) *value.Value {
	if !v.Is(value.List) {
		if v.IsScalar() && s.elem.kind == textKind {
			n.diags.Errorh(v.Pos, "wrong-type", "write ["+quoteFields(n.show(v.Text))+"]", "%s must be %s, not %s", n.where(), s.what, n.describe(v))
			return nil
		}
		return n.wrongType(s, v)
	}
	out := &value.Value{Kind: value.List, Pos: v.Pos, Items: make([]*value.Value, 0, len(v.Items))}
	for i, item := range v.Items {
		n.step(strconv.Itoa(i), func() {
			if item.Is(value.Null) {
				n.wrongType(s.elem, item)
			} else if x := n.full(s.elem, item); x != nil {
				out.Items = append(out.Items, x)
			}
		})
	}
	return out
}

func quoteFields(text string) string {
	fields := strings.Fields(text)
	for i, f := range fields {
		fields[i] = strconv.Quote(f)
	}
	return strings.Join(fields, ", ")
}

func (n *normaliser) scalar(s *schema, v *value.Value) *value.Value {
	if !v.IsScalar() {
		return n.wrongType(s, v)
	}
	switch s.kind {
	case integerKind:
		number, ok := v.Int64()
		if !v.Is(value.Int) {
			return n.wrongType(s, v)
		}
		if !ok || number < s.min || s.max != 0 && number > s.max {
			n.diags.Errorf(v.Pos, "out-of-range", "%s must be between %d and %d, not %s", n.where(), s.min, s.max, v.Text)
			return nil
		}
		return value.Num(number, v.Pos)
	case booleanKind:
		if !v.Is(value.Bool) {
			return n.wrongType(s, v)
		}
		return v
	case intOrPercentKind, intOrNameKind:
		return n.intOr(s, v)
	case quantityKind:
		if problem := quantity.problem(v.Text); problem != "" {
			n.diags.Errorf(v.Pos, "bad-value", "%s %s: %q", n.where(), problem, v.Text)
			return nil
		}
	}
	return n.text(s, v)
}

func (n *normaliser) intOr(s *schema, v *value.Value) *value.Value {
	if number, ok := v.Int64(); ok {
		low, high := int64(0), int64(1<<31-1)
		if s.kind == intOrNameKind {
			low, high = portNumber.min, portNumber.max
		}
		if number < low || number > high {
			n.diags.Errorf(v.Pos, "out-of-range", "%s must be between %d and %d, not %s", n.where(), low, high, v.Text)
			return nil
		}
		return value.Num(number, v.Pos)
	}
	check := percent
	if s.kind == intOrNameKind {
		check = portName
	}
	if problem := check.problem(v.Text); problem != "" {
		n.diags.Errorf(v.Pos, "bad-value", "%s can't be %q: it %s", n.where(), v.Text, problem)
		return nil
	}
	return value.Str(v.Text, v.Pos)
}

// text gives a scalar's source text: "tag: 1.10" is the tag 1.10.
func (n *normaliser) text(s *schema, v *value.Value) *value.Value {
	if len(s.enum) > 0 && !slices.Contains(s.enum, v.Text) {
		hint := diag.Hint(n.show(v.Text), "allowed are", s.enum)
		n.diags.Errorh(v.Pos, "bad-value", hint, "%s is not %s: %q", n.where(), s.what, n.show(v.Text))
		return nil
	}
	if s.check != nil {
		if problem := s.check.problem(v.Text); problem != "" {
			n.diags.Errorf(v.Pos, "bad-value", "%s can't be %q: it %s", n.where(), n.show(v.Text), problem)
			return nil
		}
	}
	return &value.Value{Kind: value.String, Text: v.Text, Plain: v.Plain && v.Kind == value.String, Pos: v.Pos}
}

// kube checks Kubernetes' own type. What it requires may stand in another layer,
// so that is left to the check of the objects.
func (n *normaliser) kube(s *schema, v *value.Value) *value.Value {
	known := len(n.diags)
	if s.owner != nil {
		v = n.unowned(v, s.owner)
	}
	n.finite(v)
	if t, ok := kube.Named(s.of); ok {
		t.CheckPart(v, n.path, &n.diags)
	}
	if len(n.diags) > known {
		return nil
	}
	return v
}

// finite reports numbers that JSON, and so Kubernetes, does not have.
func (n *normaliser) finite(v *value.Value) {
	v.Walk(func(x *value.Value) {
		if x.Is(value.Float) && strings.ContainsAny(strings.ToLower(x.Text), "in") && strings.HasPrefix(strings.TrimLeft(x.Text, "+-"), ".") {
			n.diags.Errorh(x.Pos, "bad-value", "put it in quotes if it is text", "%q is not a number that Kubernetes takes", x.Text)
		}
	})
}

// unowned reports and leaves out the fields that others of the descriptor make.
func (n *normaliser) unowned(v *value.Value, owner func(key string) string) *value.Value {
	if !v.Is(value.Map) {
		return v
	}
	out := value.NewMap(v.Pos)
	for _, entry := range v.Entries {
		if field := owner(entry.Key); field != "" {
			n.diags.Errorh(entry.KeyPos, "owned-field", "use "+field, "%s.%s is made of other fields", n.where(), entry.Key)
			continue
		}
		out.SetEntry(entry)
	}
	return out
}
