package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
)

// A word on the command line that is not known may be the value of a secret in the
// wrong place: messages quote it where it can be a name alone, else they say which
// argument it is.

// flagError makes what is wrong with a flag a usage error.
func flagError(c *cobra.Command, err error, args []string) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		name, letters := unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()
		switch {
		case len(letters) == 1:
			unknown := errors.New("unknown flag: -" + letters)
			if instead := insteadOf(c, letters); instead != "" {
				return usagef("%w; %s", unknown, instead)
			}
			return usageOf(c, unknown, "", "", nil)
		case letters == "" && isName(name):
			unknown := errors.New("unknown flag: --" + name)
			if instead := insteadOf(c, name); instead != "" {
				return usagef("%w; %s", unknown, instead)
			}
			return usageOf(c, unknown, "--", name, flagNames(c))
		}
		nth := slices.IndexFunc(args, func(arg string) bool {
			return letters != "" && strings.HasPrefix(arg, "-") && strings.HasSuffix(arg, letters) ||
				letters == "" && (arg == "--"+name || strings.HasPrefix(arg, "--"+name+"="))
		})
		return usageOf(c, fmt.Errorf("unknown flag: %s", argument(nth)), "", "", nil)
	case errors.As(err, &missing):
		return usageOf(c, fmt.Errorf("flag needs an argument: --%s", missing.GetFlag().Name), "", "", nil)
	case errors.As(err, &wrong) && errors.Is(err, errTwice):
		return usageOf(c, takesOne(wrong.GetFlag()), "", "", nil)
	case errors.As(err, &wrong) && errors.Is(err, errEmpty):
		return usageOf(c, fmt.Errorf("--%s is empty: give it a value, or leave it out", wrong.GetFlag().Name), "", "", nil)
	case errors.As(err, &wrong):
		return usageOf(c, fmt.Errorf("--%s takes %s", wrong.GetFlag().Name, takes(wrong.GetFlag().Value.Type())), "", "", nil)
	case errors.As(err, &syntax):
		return usageOf(c, fmt.Errorf("no flag: %s", argument(slices.Index(args, syntax.GetSpecifiedFlag()))), "", "", nil)
	}
	return usageOf(c, errors.New("a flag is unknown, or its value is missing or wrong"), "", "", nil)
}

// insteadOf returns what to write for a flag that another command has, or that means
// something else in other tools; "" is nothing.
func insteadOf(c *cobra.Command, name string) string {
	if format := c.Flags().Lookup("format"); format != nil && slices.Contains([]string{"o", "output"}, name) {
		return "the format is --format, one of " + strings.TrimPrefix(format.Usage, formatUsage)
	}
	environment := slices.Contains([]string{"e", "env", "environment", "stage"}, name)
	_, unknown := descriptor.Explain(name)
	root := c.Root().CommandPath()
	switch {
	case environment && c.Name() == "generate":
		return "Argo CD sets the variable ARGOCD_ENV_ENVIRONMENT; by hand write " + root + " render --env ENV"
	case environment && c.Flags().Lookup("env") != nil:
		return "did you mean --env?"
	case name == "tag" && c.Name() == "image":
		return "the tag is a part of the image: write REPOSITORY:TAG, or " + root + " set --env ENV tag=TAG"
	case c.Name() == "set" && len(unknown) == 0:
		return "write the field as " + name + "=VALUE"
	}
	return ""
}

// takes says what a flag of a type is given.
func takes(typ string) string {
	switch typ {
	case "bool":
		return "true or false"
	case "int":
		return "a whole number"
	}
	return "another value"
}

// argument names one by its place.
func argument(i int) string {
	if i < 0 {
		return "one of the arguments"
	}
	return fmt.Sprintf("argument %d", i+1)
}

// isName reports whether a word can only be a name that somebody made up for a flag
// or a command: words in lower case with dashes in between.
func isName(word string) bool {
	const longest = 24
	return word != "" && len(word) <= longest && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-") == "" && word[0] != '-'
}

func flagNames(c *cobra.Command) []string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// setUsageErrors makes wrong arguments of all commands usage errors.
func setUsageErrors(cmd *cobra.Command, all []string) {
	args := cmd.Args
	if args == nil && !cmd.HasSubCommands() {
		args = cobra.ArbitraryArgs
	}
	if args != nil {
		cmd.Args = func(c *cobra.Command, given []string) error {
			if err := environmentAsFolder(c, given); err != nil {
				return err
			}
			err := args(c, given)
			if err == nil {
				return nil
			}
			var names []string
			for _, sub := range c.Commands() {
				names = append(names, sub.Name())
			}
			word := ""
			if len(given) > 0 {
				word = given[0]
			}
			text := err.Error() // cobra's, which quotes the word where it begins so
			quotes := strings.HasPrefix(text, "unknown command") || strings.HasPrefix(text, "invalid argument")
			if quotes && !isName(word) {
				err = fmt.Errorf("unknown command for %q: %s", c.CommandPath(), argument(slices.Index(all, word)))
			}
			return usageOf(c, err, "", word, names)
		}
	}
	for _, sub := range cmd.Commands() {
		setUsageErrors(sub, all)
	}
}

// usageOf is a usage error with a next step: what was probably meant by a word, or
// the command's help. Dashes stand before the candidates.
func usageOf(c *cobra.Command, err error, dashes, word string, candidates []string) error {
	if meant := diag.Suggest(word, candidates); meant != "" {
		return usagef("%w; did you mean %s%s?", err, dashes, meant)
	}
	return usagef("%w; see %s --help", err, c.CommandPath())
}
