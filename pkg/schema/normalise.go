package schema

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Normaliser turns one layer into its full form. What is wrong is reported and
// left out, so that all of a file's mistakes are found in one go.
type Normaliser struct {
	Diags diag.List
	Path  []string
	// Words holds words of other tools, each for the objects with its field.
	Words []Foreign
	// ListFields returns the hint that names the list of the fields at a path, which are too many for a message. Nil has
	// some of them in the message.
	ListFields func(path []string) (hint string)
	// Whole says that nothing was left out of the value that is completed now.
	Whole bool
	// hidden says that the value that is completed now is secret.
	hidden bool
}

// Where names the place for messages: "environments.prod.ports".
func (n *Normaliser) Where() string { return credential.Redact(strings.Join(n.Path, ".")) }

// In returns " in PATH", or nothing at the top level.
func (n *Normaliser) In() string {
	if len(n.Path) == 0 {
		return ""
	}
	return " in " + n.Where()
}

func (n *Normaliser) step(key string, f func()) {
	n.Path = append(n.Path, key)
	f()
	n.Path = n.Path[:len(n.Path)-1]
}

// named is step for a name that the user chose, which may say that the value is
// secret.
func (n *Normaliser) named(key string, f func()) {
	if credential.Named(key) && !n.hidden {
		n.hidden = true
		defer func() { n.hidden = false }()
	}
	n.step(key, f)
}

// Full returns the full form of v, or nil after reporting why there is none.
// Null stays null: it deletes what a lower layer set.
func (n *Normaliser) Full(s *Type, v *value.Value) *value.Value {
	if v.Is(value.Null) {
		return v
	}
	if s.AllowBool && v.Is(value.Bool) {
		if v.IsTrue() {
			return value.NewMap(v.Pos)
		}
		return v
	}
	if s.Secret && !n.hidden {
		n.hidden = true
		defer func() { n.hidden = false }()
	}
	known := len(n.Diags)
	if s.ShorthandKey != "" && v.IsScalar() {
		v = value.NewMap(v.Pos).Set(s.ShorthandKey, v)
	} else if s.Expand != nil {
		if full := s.Expand(v); full != nil {
			v = full
		}
	}
	switch s.Kind {
	case ObjectKind:
		v = n.object(s, v)
	case MapKind:
		v = n.mapping(s, v)
	case ListKind:
		v = n.list(s, v)
	case KubeKind:
		v = n.kube(s, v)
	case AnyKind:
		n.finite(v)
	default:
		v = n.scalar(s, v)
	}
	if v != nil && s.After != nil {
		n.Whole = len(n.Diags) == known
		v = s.After(n, v)
	}
	return v
}

func (n *Normaliser) wrongType(s *Type, v *value.Value) *value.Value {
	hint := ""
	if s.Otherwise != nil {
		hint = s.Otherwise(v)
	}
	if hint == "" && v.Is(value.String) {
		hint = templateHint(v.Text)
	}
	switch {
	case hint != "":
	case v.Is(value.String) && !v.Plain && s.quoted(v.Text):
		hint = "remove the quotes"
	case v.Is(value.List) && s.Kind == MapKind:
		hint = "write each as NAME: VALUE, not as a list"
	}
	n.Diags.Errorh(v.Pos, "wrong-type", hint, "%s must be %s, not %s", n.Where(), s.expects(), n.describe(v))
	return nil
}

// quoted reports whether a text would be of the type without quotes around it.
func (s *Type) quoted(text string) bool {
	switch s.Kind {
	case IntegerKind:
		return text != "" && Only(text, Digits)
	case BooleanKind:
		return text == "true" || text == "false"
	}
	return false
}

// show returns a text for messages, but for one that is secret.
func (n *Normaliser) show(text string) string {
	if n.hidden {
		return "…"
	}
	return credential.Redact(text)
}

func (n *Normaliser) describe(v *value.Value) string {
	if n.hidden && v.IsScalar() {
		return "a " + v.Kind.String()
	}
	return v.Describe()
}

// expects says what a value has to be, the one-line form first.
func (s *Type) expects() string {
	switch {
	case s.Kind == ObjectKind && (s.Expand != nil || s.ShorthandKey != ""):
		return s.What + " or a map of its fields"
	case s.Kind == ObjectKind && s.AllowBool:
		return "a map of fields, true or false"
	case s.Kind == ObjectKind:
		return "a map of fields"
	}
	return s.What
}

func (n *Normaliser) object(s *Type, v *value.Value) *value.Value {
	if !v.Is(value.Map) {
		return n.wrongType(s, v)
	}
	out := &value.Value{Kind: value.Map, Pos: v.Pos, Entries: make([]value.Entry, 0, len(v.Entries))}
	for _, e := range v.Entries {
		f := s.Field(e.Key)
		if f == nil && s.named(e) {
			f = s.More
		}
		if f == nil {
			n.unknown(s, e)
			continue
		}
		n.step(e.Key, func() {
			x, known := e.Value, len(n.Diags)
			if f.Type.Owner != nil {
				x = n.unowned(s, x, func(key string) string { return s.owner(f, key) })
			}
			owned := len(n.Diags) > known
			if x = n.Full(f.Type, x); x != nil && !owned {
				out.Entries = append(out.Entries, value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: x})
			}
		})
	}
	n.choice(s, out)
	return out
}

// named reports whether a key that is no field is a name of the user's, and not
// a misspelt field.
func (s *Type) named(e value.Entry) bool {
	likely := e.Key != strings.ToUpper(e.Key) && diag.Suggest(e.Key, s.FieldNames()) != ""
	return s.More != nil && !likely && !slices.Contains(s.noNames(), e.Key) && s.Keys.Check.Problem(e.Key) == "" &&
		(s.Like == nil || e.Value.Is(value.Null) || s.Like(e.Value))
}

func (n *Normaliser) unknown(s *Type, e value.Entry) {
	key := e.Key
	near := diag.Suggest(e.Key, s.FieldNames()) != ""
	if !near && (s.Secret || !Only(key, Letters)) {
		key = n.show(key) // not a field of anything, so perhaps what is to be kept
	}
	if s.More != nil && s.Like == nil && !near {
		n.Diags.Errorf(e.KeyPos, "bad-name", "%s can't have %s %q: it %s", n.Where(), s.Keys.What, key, s.Keys.Check.Problem(e.Key))
		return
	}
	n.Diags.Errorh(e.KeyPos, "unknown-field", n.unknownHint(s, e), "unknown field %q%s", key, n.In())
}

// choice reports fields of which a layer can name only one.
func (n *Normaliser) choice(s *Type, v *value.Value) {
	for _, union := range s.OneOf {
		var chosen []string
		for _, e := range v.Entries {
			if e.Value.Kind != value.Null && slices.Contains(union, e.Key) {
				chosen = append(chosen, strconv.Quote(e.Key))
			}
		}
		if len(chosen) > 1 {
			n.Diags.Errorh(v.Pos, "one-of", "keep one of them", "%s has %s, which exclude one another", n.Where(),
				strings.Join(chosen, " and "))
		}
	}
}

func (n *Normaliser) mapping(s *Type, v *value.Value) *value.Value {
	if !v.Is(value.Map) {
		return n.wrongType(s, v)
	}
	out := &value.Value{Kind: value.Map, Pos: v.Pos, Entries: make([]value.Entry, 0, len(v.Entries))}
	for _, e := range v.Entries {
		if s.Keys.Check != nil {
			if problem := s.Keys.Check.Problem(e.Key); problem != "" {
				n.Diags.Errorh(e.KeyPos, "bad-name", s.Keys.hint(e.Key), "%s can't have %s %q: it %s", n.Where(), s.Keys.What,
					credential.Redact(e.Key), problem)
				continue
			}
		}
		n.named(e.Key, func() {
			if x := n.Full(s.Elem, e.Value); x != nil {
				out.Entries = append(out.Entries, value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: x})
			}
		})
	}
	return out
}

func (k KeyRule) hint(key string) string {
	if k.Hint == nil {
		return k.Check.cure(key)
	}
	return k.Hint(key)
}

func (n *Normaliser) list(s *Type, v *value.Value) *value.Value {
	if s.Named && v.Is(value.Map) {
		return n.mapping(s, v)
	}
	if !v.Is(value.List) {
		if v.IsScalar() && s.Elem.Kind == TextKind {
			n.Diags.Errorh(v.Pos, "wrong-type", "write ["+quoteFields(n.show(v.Text))+"]", "%s must be %s, not %s", n.Where(), s.What,
				n.describe(v))
			return nil
		}
		return n.wrongType(s, v)
	}
	out := &value.Value{Kind: value.List, Pos: v.Pos, Items: make([]*value.Value, 0, len(v.Items))}
	for i, item := range v.Items {
		n.step(strconv.Itoa(i), func() {
			if item.Is(value.Null) {
				n.wrongType(s.Elem, item)
			} else if x := n.Full(s.Elem, item); x != nil {
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

func (n *Normaliser) scalar(s *Type, v *value.Value) *value.Value {
	if !v.IsScalar() {
		return n.wrongType(s, v)
	}
	switch s.Kind {
	case IntegerKind:
		number, ok := v.Int64()
		if !v.Is(value.Int) {
			return n.wrongType(s, v)
		}
		if v.Octal() {
			return n.octal(v)
		}
		if !ok || number < s.Min || s.Max != 0 && number > s.Max {
			n.Diags.Errorf(v.Pos, "out-of-range", "%s must be between %d and %d, not %s", n.Where(), s.Min, s.Max, v.Text)
			return nil
		}
		return value.NewInt(v.Pos, number)
	case BooleanKind:
		if !v.Is(value.Bool) {
			return n.wrongType(s, v)
		}
		return v
	case IntOrPercentKind, IntOrNameKind:
		return n.intOr(s, v)
	case QuantityKind:
		if problem := Quantity.Problem(v.Text); problem != "" {
			n.Diags.Errorh(v.Pos, "bad-value", Quantity.cure(v.Text), "%s %s: %q", n.Where(), problem, v.Text)
			return nil
		}
	}
	return n.text(s, v)
}

// octal reports a number that is eight times less in YAML than it looks, and as a parameter of the plugin what it looks.
func (n *Normaliser) octal(v *value.Value) *value.Value {
	n.Diags.Errorh(v.Pos, "bad-value", "write "+cmp.Or(strings.TrimLeft(v.Text, "0"), "0"),
		"%s can't begin with 0, which makes %s an octal number", n.Where(), v.Text)
	return nil
}

func (n *Normaliser) intOr(s *Type, v *value.Value) *value.Value {
	if v.Octal() {
		return n.octal(v)
	}
	if number, ok := v.Int64(); ok {
		low, high := int64(0), int64(1<<31-1)
		if s.Kind == IntOrNameKind {
			low, high = PortNumber.Min, PortNumber.Max
		}
		if number < low || number > high {
			n.Diags.Errorf(v.Pos, "out-of-range", "%s must be between %d and %d, not %s", n.Where(), low, high, v.Text)
			return nil
		}
		return value.NewInt(v.Pos, number)
	}
	check := &Percent
	if s.Kind == IntOrNameKind {
		check = &PortName
	}
	if problem := check.Problem(v.Text); problem != "" {
		n.Diags.Errorf(v.Pos, "bad-value", "%s can't be %q: it %s", n.Where(), v.Text, problem)
		return nil
	}
	return value.NewString(v.Pos, v.Text)
}

// text returns a scalar's source text: "tag: 1.10" is the tag 1.10.
func (n *Normaliser) text(s *Type, v *value.Value) *value.Value {
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v.Text) {
		hint := diag.Hint(n.show(v.Text), "allowed are", s.Enum)
		n.Diags.Errorh(v.Pos, "bad-value", hint, "%s is not %s: %q", n.Where(), s.What, n.show(v.Text))
		return nil
	}
	if s.Check != nil {
		if problem := s.Check.Problem(v.Text); problem != "" {
			n.Diags.Errorh(v.Pos, "bad-value", s.Check.cure(v.Text), "%s can't be %q: it %s", n.Where(), n.show(v.Text), problem)
			return nil
		}
	}
	return &value.Value{Kind: value.String, Text: v.Text, Plain: v.Plain && v.Kind == value.String, Pos: v.Pos}
}

// kube checks Kubernetes' own type. What it requires may stand in another layer,
// so that is left to the check of the objects.
func (n *Normaliser) kube(s *Type, v *value.Value) *value.Value {
	known := len(n.Diags)
	n.finite(v)
	if t, ok := types.Named(s.Of); ok {
		t.CheckPart(v, n.Path, &n.Diags)
	}
	if len(n.Diags) > known {
		return nil
	}
	return v
}

// finite reports numbers that JSON, and so Kubernetes, does not have.
func (n *Normaliser) finite(v *value.Value) {
	v.Walk(func(x *value.Value) {
		if x.Is(value.Float) && strings.ContainsAny(strings.ToLower(x.Text), "in") &&
			strings.HasPrefix(strings.TrimLeft(x.Text, "+-"), ".") {
			n.Diags.Errorh(x.Pos, "bad-value", "put it in quotes if it is text", "%q is not a number that Kubernetes takes", x.Text)
		}
	})
}

// unowned reports and leaves out the fields that others of the file make.
// S is the object that they are in, which need not have the field.
func (n *Normaliser) unowned(s *Type, v *value.Value, owner func(key string) string) *value.Value {
	if !v.Is(value.Map) {
		return v
	}
	out := value.NewMap(v.Pos)
	for _, entry := range v.Entries {
		switch field := owner(entry.Key); {
		case field == "":
			out.SetEntry(entry)
		case s.lacks(field):
			n.Diags.Errorh(entry.KeyPos, "owned-field", addByPatches, "%s.%s can't be set: %s has no %s", n.Where(), entry.Key, s.What,
				field)
		default:
			n.Diags.Errorh(entry.KeyPos, "owned-field", "use "+field, "%s.%s is made of other fields", n.Where(), entry.Key)
		}
	}
	return out
}
