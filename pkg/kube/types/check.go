package types

import (
	"cmp"
	"encoding/base64"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Check reports what in v the type does not allow: unknown fields, wrong types,
// values that are none of an enum, missing fields. Path says where v stands.
func (t Type) Check(v *value.Value, path []string, diags *diag.List) {
	c := checker{path: slices.Clip(path), diags: diags}
	c.check(t, v)
}

// CheckPart is Check for a layer of a value, in which required fields may be
// missing and null deletes.
func (t Type) CheckPart(v *value.Value, path []string, diags *diag.List) {
	c := checker{path: slices.Clip(path), diags: diags, part: true}
	c.check(t, v)
}

type checker struct {
	path  []string
	diags *diag.List
	part  bool
}

// where names the place for messages.
func (c *checker) where() string {
	if len(c.path) == 0 {
		return "the object"
	}
	return credential.Redact(strings.Join(c.path, "."))
}

func (c *checker) step(key string, t Type, v *value.Value) {
	c.path = append(c.path, key)
	c.check(t, v)
	c.path = c.path[:len(c.path)-1]
}

func (c *checker) check(t Type, v *value.Value) {
	x := t.parse()
	if v.Is(value.Null) && (c.part || x.nullable) {
		return
	}
	switch x.kind {
	case 'a':
	case '@':
		c.object(t, x, v)
	case '{':
		if !v.Is(value.Map) {
			c.wrongType(x, v)
			return
		}
		elem := Type{home: t.home, expr: x.rest}
		for _, e := range v.Entries {
			if x.format != "" {
				if text := textProblem(x.format, e.Key); text != "" || e.Key == "" {
					c.diags.Errorf(e.KeyPos, "bad-name", "%s can't have the key %q: it %s", c.where(), e.Key, cmp.Or(text, "is empty"))
				}
			}
			c.step(e.Key, elem, e.Value)
		}
	case '[':
		c.list(t, x, v)
	default:
		c.scalar(x, v)
	}
}

func (c *checker) object(t Type, x expression, v *value.Value) {
	if !v.Is(value.Map) {
		c.wrongType(x, v)
		return
	}
	l, ok := find(x.rest)
	if !ok {
		return
	}
	home := homeOf(l.name)
	for _, e := range v.Entries {
		expr, marks, ok := l.field(e.Key)
		switch {
		case !ok && !l.open():
			c.unknown(t, e)
		case !ok, e.Value.Is(value.Null) && !strings.Contains(marks, "!"): // null is the same as nothing
		default:
			c.step(e.Key, Type{home: home, expr: expr}, e.Value)
		}
	}
	c.union(l, v)
	if c.part {
		return
	}
	for rest := l.fields; ; {
		i := strings.Index(rest, "!:")
		if i < 0 {
			return
		}
		name := strings.TrimSuffix(rest[strings.LastIndexByte(rest[:i], ' ')+1:i], "*")
		if !v.Has(name) {
			c.diags.Errorh(v.Pos, "missing-field", "add "+name+":", "%s has no %s", c.where(), name)
		}
		rest = rest[i+2:]
	}
}

// union checks a type of which one field has to be there.
func (c *checker) union(l line, v *value.Value) {
	fields, optional := strings.CutPrefix(l.union(), "?")
	if fields == "" {
		return
	}
	var chosen []string
	for _, e := range v.Entries {
		if strings.Contains(","+fields+",", ","+e.Key+",") && !e.Value.Is(value.Null) {
			chosen = append(chosen, strconv.Quote(e.Key))
		}
	}
	switch {
	case len(chosen) > 1:
		c.diags.Errorh(v.Pos, "one-of", "keep one of them", "%s has %s, which exclude one another", c.where(),
			strings.Join(chosen, " and "))
	case len(chosen) == 0 && !optional && !c.part:
		c.diags.Errorh(v.Pos, "missing-field", "add one of "+strings.ReplaceAll(fields, ",", ", "), "%s says nothing", c.where())
	}
}

func (c *checker) unknown(t Type, e value.Entry) {
	in := ""
	if len(c.path) > 0 {
		in = " in " + c.where()
	}
	c.diags.Errorh(e.KeyPos, "unknown-field", diag.Hint(e.Key, t.fieldsOf(), t.fieldNames()), "unknown field %q%s",
		credential.Redact(e.Key), in)
}

func (c *checker) list(t Type, x expression, v *value.Value) {
	if !v.Is(value.List) {
		c.wrongType(x, v)
		return
	}
	elem := Type{home: t.home, expr: x.rest}
	part := c.part
	c.part = false // a list is replaced as a whole
	for i, item := range v.Items {
		c.step(strconv.Itoa(i), elem, item)
	}
	c.part = part
	c.bounds(x, float64(len(v.Items)), v, "items")
	if !x.unique {
		return
	}
	seen := map[string]bool{}
	for _, item := range v.Items {
		key := item.StringAt()
		if x.keys != "" {
			for name := range strings.SplitSeq(x.keys, ",") {
				key += item.StringAt(name) + "\x00"
			}
		}
		if seen[key] && key != "" {
			c.diags.Errorh(item.Pos, "duplicate-item", "remove one of them", "%s holds %q twice", c.where(),
				strings.Trim(strings.ReplaceAll(key, "\x00", " "), " "))
		}
		seen[key] = true
	}
}

// bounds checks a number, or how many there are of unit, against the limits of
// a type.
func (c *checker) bounds(x expression, n float64, v *value.Value, unit string) {
	low, hasLow := bound(x.low)
	high, hasHigh := bound(x.high)
	switch {
	case (!hasLow || n >= low) && (!hasHigh || n <= high):
	case unit != "" && hasHigh && n > high:
		c.diags.Errorf(v.Pos, "out-of-range", "%s has more than %s %s", c.where(), x.high, unit)
	case unit != "":
		c.diags.Errorf(v.Pos, "out-of-range", "%s needs at least %s %s", c.where(), x.low, unit)
	case hasLow && hasHigh:
		c.diags.Errorf(v.Pos, "out-of-range", "%s must be between %s and %s, not %s", c.where(), x.low, x.high, v.Text)
	case hasLow:
		c.diags.Errorf(v.Pos, "out-of-range", "%s must be at least %s, not %s", c.where(), x.low, v.Text)
	default:
		c.diags.Errorf(v.Pos, "out-of-range", "%s must be at most %s, not %s", c.where(), x.high, v.Text)
	}
}

func (c *checker) scalar(x expression, v *value.Value) {
	if !fits(x.kind, v) {
		c.wrongType(x, v)
		return
	}
	switch x.kind {
	case 'i', 'l', 'n':
		c.number(x, v)
		return
	case 'q':
		if _, ok := ParseQuantity(v.Text); !ok && v.Is(value.String) {
			c.diags.Errorf(v.Pos, "bad-value", "%s is not a quantity such as 500m, 2, 64Mi or 1.5Gi: %q", c.where(), v.Text)
		}
		return
	case 't':
		if _, err := time.Parse(time.RFC3339, v.Text); err != nil {
			c.diags.Errorf(v.Pos, "bad-value", "%s is not a point in time such as 2024-01-31T00:00:00Z: %q", c.where(), v.Text)
		}
		return
	case 'y':
		if _, err := base64.StdEncoding.DecodeString(v.Text); err != nil {
			c.diags.Errorf(v.Pos, "bad-value", "%s is not base64", c.where())
		}
		return
	}
	if x.enum != "" && !c.oneOf(x.enum, v) {
		return
	}
	c.bounds(x, float64(utf8.RuneCountInString(v.Text)), v, "characters")
	if x.format != "" {
		if text := problem(x.format, v); text != "" {
			c.diags.Errorf(v.Pos, "bad-value", "%s can't be %q: it %s", c.where(), credential.Redact(v.Text), text)
		}
	}
	if x.pattern != "" && v.Is(value.String) {
		pattern := unescape(x.pattern)
		if re, err := regexp.Compile(pattern); err == nil && !re.MatchString(v.Text) {
			c.diags.Errorf(v.Pos, "bad-value", "%s can't be %q: it does not match %s", c.where(), credential.Redact(v.Text), pattern)
		}
	}
}

// fits reports whether a value has the JSON type that a letter stands for.
func fits(kind byte, v *value.Value) bool {
	switch kind {
	case 's', 't', 'y':
		return v.Is(value.String)
	case 'b':
		return v.Is(value.Bool)
	case 'i', 'l', 'n':
		return v.Is(value.Int) || v.Is(value.Float)
	case 'q':
		return v.Is(value.Int) || v.Is(value.Float) || v.Is(value.String)
	case 'x':
		return v.Is(value.Int) || v.Is(value.String)
	}
	return true
}

func (c *checker) number(x expression, v *value.Value) {
	n, whole := v.Int64()
	f := float64(n)
	if !whole {
		var err error
		if f, err = strconv.ParseFloat(v.Text, 64); err != nil || x.kind != 'n' && (f != math.Trunc(f) || math.Abs(f) >= 1<<63) {
			c.wrongType(x, v)
			return
		}
	}
	if x.kind == 'i' && (f < math.MinInt32 || f > math.MaxInt32) {
		c.diags.Errorf(v.Pos, "out-of-range", "%s must be between %d and %d, not %s", c.where(), math.MinInt32, math.MaxInt32, v.Text)
		return
	}
	c.bounds(x, f, v, "")
}

func (c *checker) oneOf(enum string, v *value.Value) bool {
	for text := range strings.SplitSeq(enum, "|") {
		if unescape(text) == v.Text {
			return true
		}
	}
	allowed := Type{expr: "s(" + enum + ")"}.Enum()
	c.diags.Errorh(v.Pos, "bad-value", diag.Hint(v.Text, "allowed are", allowed), "%s can't be %q", c.where(), v.Text)
	return false
}

func (c *checker) wrongType(x expression, v *value.Value) {
	hint := ""
	switch {
	case (x.kind == 's' || x.kind == 't') && v.IsScalar():
		hint = "put it in quotes"
	case v.Is(value.String) && !v.Plain && (x.kind == 'b' && (v.Text == "true" || v.Text == "false") ||
		strings.IndexByte("iln", x.kind) >= 0 && IsInteger(v.Text)):
		hint = "remove the quotes"
	case x.kind == '[' && v.IsScalar() && strings.HasPrefix(x.rest, "s"):
		hint = "write [" + strconv.Quote(credential.Redact(v.Text)) + "]"
	}
	c.diags.Errorh(v.At(), "wrong-type", hint, "%s must be %s, not %s", c.where(), expects(x.kind), c.describe(v))
}

// describe names a value, without its text where it can be a credential: the value
// of a variable or header, and what a Secret or ConfigMap holds.
func (c *checker) describe(v *value.Value) string {
	n := len(c.path)
	if v.IsScalar() && n > 0 && (c.path[n-1] == "value" || n > 1 && slices.Contains([]string{"data", "stringData"}, c.path[n-2])) {
		return "a " + v.Kind.String()
	}
	return v.Describe()
}

// IsInteger reports whether a text is a whole number of 64 bits in decimal.
func IsInteger(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

// expects names what a letter stands for.
func expects(kind byte) string {
	switch kind {
	case 's':
		return "text"
	case 'b':
		return "true or false"
	case 'i', 'l':
		return "a whole number"
	case 'n':
		return "a number"
	case 'q':
		return "a quantity"
	case 'x':
		return "a whole number or text"
	case 't':
		return "a point in time such as 2024-01-31T00:00:00Z"
	case 'y':
		return "base64 text"
	case '[':
		return "a list"
	}
	return "a map"
}
