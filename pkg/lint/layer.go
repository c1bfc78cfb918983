package lint

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/secret/credential"
)

// hiddenLists finds lists of an environment in place of those at the top level.
func hiddenLists(in *Input, r *reporter) {
	for _, x := range in.Hidden {
		r.reportAt(x.Pos, "give the entries names, such as "+x.Field+": {NAME: …}: environments add to these",
			"%s of the environment %q take the place of those at the top level", x.Field, in.Env)
	}
}

// emptyValues finds keys without a value that remove what a layer below has.
func emptyValues(in *Input, r *reporter) {
	for _, x := range in.Emptied {
		last := x.Field[strings.LastIndex(x.Field, ".")+1:]
		r.named(x.Field, nil).reportAt(x.Pos, "write "+credential.Redact(last)+
			": null if that is meant; if not, give it a value or remove the line",
			"%s is empty, which removes it from the environment %q", credential.Redact(x.Field), in.Env)
	}
}

// similarNames finds names of an environment that are almost, but not quite, those of a layer below.
func similarNames(in *Input, r *reporter) {
	for _, x := range in.NearNames {
		r.named(x.Name, nil).reportAt(x.Pos, "did you mean "+strconv.Quote(x.Meant)+"?",
			"the environment %q adds %q to %s, which has %q already", in.Env, credential.Redact(x.Name), x.Field,
			credential.Redact(x.Meant))
	}
}

// selectorDiffers finds selectors of an environment that are not those of the top level.
func selectorDiffers(in *Input, r *reporter) {
	for _, x := range in.OtherSelectors {
		r.reportAt(x.Pos, "write the selector at the top level, unless the running objects differ",
			"the selector differs in the environment %q", in.Env)
	}
}
