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
	out      io.Writer
	src      *render.Source
	env      string
	mistakes diag.List
	*descriptor.Provenance
}

// explainValues prints the value at a path in each environment. Mistakes do not stop
// it: it prints what they leave, and returns them.
func explainValues(s Streams, src *render.Source, envs []string, path string, o render.Options) error {
	var mistakes diag.List
	patched := false
	for i, env := range envs {
		p, diags := src.Provenance(env, o)
		mistakes = append(mistakes, diags...)
		if p == nil {
			continue
		}
		if len(envs) > 1 {
			if i > 0 {
				fmt.Fprintln(s.Out)
			}
			fmt.Fprintf(s.Out, "# %s: %s\n", src.Document().Name, env)
		}
		if err := (origins{s.Out, src, env, diags, p}).explain(path); err != nil {
			return err
		}
		patched = patched || p.App.Changed()
	}
	if patched && !strings.HasPrefix(path, "patches") && !strings.HasPrefix(path, "components") {
		fmt.Fprintln(s.Err, "note: patches, components or commonLabels change the objects further; unfold render --explain prints them")
	}
	return mistakes.Err()
}

// explain prints the value at a path; of a field that each workload has for
// itself, those of all workloads.
func (o origins) explain(path string) error {
	keys, found := o.Find(path)
	if found {
		if err := o.print(path, keys); err != nil {
			return err
		}
	}
	if path == "" {
		return nil
	}
	for _, w := range o.Fields.Get("workloads").Keys() {
		below := "workloads." + w + "." + path
		if keys, ok := o.Find(below); ok {
			found = true
			if err := o.print(below, keys); err != nil {
				return err
			}
		} else if at := o.Mistake(below, o.mistakes); at.File != "" {
			found = true
			o.unknown(below, at)
		}
	}
	if found {
		return nil
	}
	if at := o.Mistake(path, o.mistakes); at.File != "" {
		o.unknown(path, at)
		return nil
	}
	fmt.Fprintf(o.out, "%s: not set in %s\n", diag.Line(path), o.env)
	return o.list(o.Origins(strings.Split(path, ".")))
}

// unknown prints that a value can't be told.
func (o origins) unknown(path string, at diag.Pos) {
	fmt.Fprintf(o.out, "%s: not known in %s, because of the mistake at %s\n", diag.Line(path), o.env, diag.Line(at.String()))
}

func (o origins) print(path string, keys []string) error {
	v, at := o.At(keys), o.Mistake(path, o.mistakes)
	leaf := v.IsScalar() || v.Empty()
	switch {
	case path == "" || at.File == "":
	case leaf:
		o.unknown(path, at)
		return nil
	default:
		fmt.Fprintf(o.out, "# without the mistake at %s\n", diag.Line(at.String()))
	}
	if leaf {
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

// comment says where a value is from, what it is made of, what it lies over, and that
// it has no effect.
func (o origins) comment(path []string, v *value.Value) string {
	all := o.Origins(path)
	if v.Is(value.List) && len(v.Items) > 0 {
		return o.replaced(v, all)
	}
	parts := []string{}
	if place := o.src.Place(v.Pos); place != "" && !strings.HasSuffix(o.madeOf(path), " "+place) {
		parts = append(parts, place)
	}
	if made := o.madeOf(path); made != "" {
		parts = append(parts, made)
	}
	for _, x := range all {
		if x.Pos != v.Pos {
			parts = append(parts, "over "+short(x.Value)+" of "+o.src.Place(x.Pos))
		}
	}
	if why := o.Useless(path); why != "" {
		parts = append(parts, "no effect: "+why)
	}
	return strings.Join(parts, ", ")
}

// replaced says which layer's list holds where others have one too, since none is
// added to another.
func (o origins) replaced(v *value.Value, all []descriptor.Origin) string {
	hidden := []string{}
	for i, x := range all {
		if i > 0 && x.Value.Is(value.List) {
			hidden = append(hidden, fmt.Sprintf("%s of %s (%s)", diag.Plural(len(x.Value.Items), "item"), o.src.Place(x.Pos), x.Layer))
		}
	}
	if len(hidden) == 0 {
		return ""
	}
	return fmt.Sprintf("the list of %s (%s) replaces %s", o.src.Place(all[0].Pos), all[0].Layer, strings.Join(hidden, " and "))
}

// madeOf says by what a value is made of what the layers say, "" where it is not.
func (o origins) madeOf(path []string) string {
	r, ok := o.Made(path)
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.Text + " " + o.src.Place(r.Pos))
}

// leaf prints a line for each layer that says something, the highest first.
func (o origins) leaf(keys []string, v *value.Value) error {
	name := diag.Line(strings.Join(keys, "."))
	if why := o.Useless(keys); why != "" {
		fmt.Fprintf(o.out, "%s: no effect in %s: %s\n", name, o.env, why)
	} else {
		fmt.Fprintf(o.out, "%s: %s\n", name, short(v))
	}
	all := o.Origins(keys)
	if place := o.src.Place(v.Pos); len(all) == 0 && place != "" {
		fmt.Fprintf(o.out, "  %s\n", diag.Line(place))
	}
	if err := o.list(all); err != nil {
		return err
	}
	if made := o.madeOf(keys); made != "" {
		fmt.Fprintf(o.out, "  %s\n", diag.Line(made))
	}
	return nil
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
