package main

import (
	_ "embed"
	"fmt"
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
		dot := strings.LastIndexByte(name, '.')
		x := t.types[name[:dot]]
		if x == nil || x.fields[name[dot+1:]] == "" {
			return fmt.Errorf("limits.txt: there is no field %s", name)
		}
		x.fields[name[dot+1:]] += limit
	}
	return nil
}
