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

// Set takes the value of the flag; it returns errTwice if there is another one already.
func (o *once) Set(text string) error {
	if o.given && text != o.text {
		return errTwice
	}
	o.given, o.text = true, text
	return o.Value.Set(text)
}

// takeOnce makes all flags of all commands that take one value refuse a second one.
func takeOnce(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, several := f.Value.(pflag.SliceValue); !several {
			f.Value = &once{Value: f.Value}
		}
	})
	for _, sub := range cmd.Commands() {
		takeOnce(sub)
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
