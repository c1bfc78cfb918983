package delivery

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
)

// ParseEnvFile reads a file with a line KEY=VALUE for each secret. Empty lines and
// comments are left out; a value goes to the end of its line, quotes included, which a
// note points out. Name is the file's in messages.
func ParseEnvFile(name string, src []byte) (values []Plain, notes []string, err error) {
	n := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(string(src), "\ufeff"), "\n") {
		n++
		line = strings.TrimSuffix(line, "\r")
		if text := strings.TrimSpace(line); text == "" || text[0] == '#' {
			continue
		}
		key, plain, ok := strings.Cut(line, "=")
		key = strings.TrimSpace(key)
		if !ok || types.ConfigKey(key) != "" {
			return nil, nil, &seal.Failure{Message: fmt.Sprintf("line %d of %s is not KEY=VALUE", n, name),
				Hint: "seal a value of several lines with --from-file"}
		}
		values = append(values, Plain{Key: key, Value: []byte(plain)})
		if quoted(plain) {
			notes = append(notes, fmt.Sprintf("the quotes around the value of %q are a part of it", key))
		}
	}
	return values, notes, nil
}

// quoted reports whether a text is in quotes, as a shell would want it.
func quoted(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) > 1 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0]
}
