package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// origins prints the values of a descriptor in an environment, and which layers
// and lines gave them.
type origins struct {
	out io.Writer
	src *render.Source
	env string
	*descriptor.Provenance
}

// explainValues prints the value at a path in each environment.
func explainValues(out io.Writer, src *render.Source, envs []string, path string, o render.Options) error {
	for i, env := range envs {
		p, err := src.Provenance(env, o)
		if err != nil {
			return err
		}
		if len(envs) > 1 {
			if i > 0 {
				fmt.Fprintln(out)
			}
			fmt.Fprintf(out, "# %s: %s\n", src.Document().Name, env)
		}
		if err := (origins{out, src, env, p}).explain(path); err != nil {
			return err
		}
	}
	return nil
}

// explain prints the value at a path; of a field that each workload has for
// itself, those of all workloads.
func (o origins) explain(path string) error {
	if keys, ok := o.Find(path); ok {
		return o.print(keys)
	}
	found := false
	for _, w := range o.Fields.Get("workloads").Keys() {
		if keys, ok := o.Find("workloads." + w + "." + path); ok {
			found = true
			if err := o.print(keys); err != nil {
				return err
			}
		}
	}
	if found {
		return nil
	}
	if _, diags := descriptor.Explain(path); len(diags) > 0 {
		return diags
	}
	fmt.Fprintf(o.out, "%s: not set in %s\n", path, o.env)
	return o.list(o.Origins(strings.Split(path, ".")))
}

func (o origins) print(keys []string) error {
	v := o.At(keys)
	if v.IsScalar() || v.Empty() {
		return o.leaf(keys, v)
	}
	// The value stands under its keys, as in app.yaml.
	whole := v
	for i := len(keys) - 1; i >= 0; i-- {
		whole = value.NewMap(v.Pos).Set(keys[i], whole)
	}
	text, err := value.EncodeAnnotated(whole, o.comment)
	if err != nil {
		return err
	}
	_, err = o.out.Write(text)
	return err
}

// comment says where a value is from, and what it lies over.
func (o origins) comment(path []string, v *value.Value) string {
	text := o.src.Place(v.Pos)
	for _, x := range o.Origins(path) {
		if x.Pos != v.Pos {
			text += ", over " + short(x.Value) + " of " + o.src.Place(x.Pos)
		}
	}
	return text
}

// leaf prints a line for each layer that says something, the highest first.
func (o origins) leaf(keys []string, v *value.Value) error {
	fmt.Fprintf(o.out, "%s: %s\n", diag.Line(strings.Join(keys, ".")), short(v))
	all := o.Origins(keys)
	if len(all) == 0 && !v.Pos.IsZero() {
		_, err := fmt.Fprintf(o.out, "  %s\n", diag.Line(o.src.Place(v.Pos)))
		return err
	}
	return o.list(all)
}

func (o origins) list(all []descriptor.Origin) error {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	for _, x := range all {
		fmt.Fprintf(w, "  %s\t%s\t(%s)\n", short(x.Value), diag.Line(o.src.Place(x.Pos)), x.Layer)
	}
	return w.Flush()
}

// short returns a value on one line.
func short(v *value.Value) string {
	const longest = 60
	text := diag.Line(strings.Join(strings.Fields(v.Flow()), " "))
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	if text == "" {
		return `""`
	}
	return text
}
