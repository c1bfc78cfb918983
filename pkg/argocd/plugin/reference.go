package plugin

import (
	"fmt"
	"strings"
)

// Reference returns the table of parameters in Markdown, for docs/plugin.md.
func Reference() string {
	var b strings.Builder
	b.WriteString("| parameter | variable | meaning |\n| --- | --- | --- |\n")
	for _, p := range Parameters() {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", p.Name, variableName(p, "KEY"), p.Tooltip)
	}
	return b.String()
}
