package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// once is the value of a flag that takes one. Without it the last of several would be
// taken, and the others dropped without a word. The same value again is accepted: an alias
// of the shell may have it already.
type once struct {
	pflag.Value
	given bool
	text  string
}

// errTwice is returned for the second value of a flag that takes one.
var errTwice = errors.New("is given twice")

// Set takes the value of the flag; it returns errTwice if there is another one already, and errEmpty for an empty one.
func (o *once) Set(text string) error {
	switch {
	case text == "":
		return errEmpty
	case o.given && text != o.text:
		return errTwice
	}
	o.given, o.text = true, text
	return o.Value.Set(text)
}

// filled is the value of a flag that takes several, none of them empty.
type filled struct {
	pflag.Value
	pflag.SliceValue
}

// errEmpty is returned for the empty value of a flag. It is what a script passes whose variable is not set: it must not mean
// the default, which is the top level for --env of set, and HEAD for --against.
var errEmpty = errors.New("is empty")

// Set adds a value to the flag; it returns errEmpty for an empty one.
func (v filled) Set(text string) error {
	if text == "" {
		return errEmpty
	}
	return v.Value.Set(text)
}

// strictFlags makes all flags of all commands refuse an empty value, and those that take one value a second one.
func strictFlags(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if several, ok := f.Value.(pflag.SliceValue); ok {
			f.Value = filled{f.Value, several}
			if f.DefValue == "[]" { // pflag's help knows its own types alone
				f.DefValue = ""
			}
		} else {
			f.Value = &once{Value: f.Value}
		}
	})
	for _, sub := range cmd.Commands() {
		strictFlags(sub)
	}
}

// twice refuses a key that a flag or several arguments give two values. Equal pairs are
// accepted, as they are by once.
func twice(seen map[string]string, key, text, name string) error {
	if other, ok := seen[key]; ok && other != text {
		return usagef("%s is given twice, with different values", name)
	}
	seen[key] = text
	return nil
}

// distinct returns names in their order, each once.
func distinct(names []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

// takesOne is the error for a flag that is given twice.
func takesOne(f *pflag.Flag) error {
	return fmt.Errorf("--%s is given twice, with different values: it takes one", f.Name)
}
