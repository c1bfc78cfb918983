package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed limits.txt
var limitsText string

// addLimits adds what limits.txt says to the types.
func (t *table) addLimits() error {
	for line := range strings.Lines(limitsText) {
		name, limit, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		if union, ok := strings.CutPrefix(limit, "^"); ok {
			if err := t.addUnion(name, union); err != nil {
				return err
			}
			continue
		}
		dot := strings.LastIndexByte(name, '.')
		x, field := t.types[name[:dot]], name[dot+1:]
		if x == nil || x.fields[field] == "" {
			return fmt.Errorf("limits.txt: there is no field %s", name)
		}
		expr := x.fields[field]
		switch open := limit[:1]; open {
		case "!": // the API server requires it
			x.required[field] = true
		case "-":
			x.required[field] = false
		case "[", "{": // of the list or map itself; what follows ";" is of its elements
			rest, ok := strings.CutPrefix(expr, open)
			of, elem, both := strings.Cut(limit, ";")
			if both && strings.Contains(of, "=") {
				of += ";"
			}
			if !ok {
				return fmt.Errorf("limits.txt: %s is %s", name, expr)
			}
			x.fields[field] = of + rest + elem
		case "=":
			if x.required[field] && !strings.ContainsAny(expr, "x<") {
				limit = "<1,>" + limit
			}
			fallthrough
		default:
			x.fields[field] = expr + limit
		}
	}
	return nil
}

// addUnion marks a type of which one field has to be there: one of those named,
// or of all that are optional.
func (t *table) addUnion(name, fields string) error {
	x := t.types[name]
	if x == nil {
		return fmt.Errorf("limits.txt: there is no type %s", name)
	}
	fields, optional := strings.CutPrefix(fields, "?")
	if fields == "" {
		var all []string
		for field := range x.fields {
			if !x.required[field] {
				all = append(all, field)
			}
		}
		slices.Sort(all)
		fields = strings.Join(all, ",")
	}
	for field := range strings.SplitSeq(fields, ",") {
		if x.fields[field] == "" {
			return fmt.Errorf("limits.txt: there is no field %s of %s", field, name)
		}
	}
	if x.union = fields; optional {
		x.union = "?" + fields
	}
	return nil
}
