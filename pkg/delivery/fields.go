package delivery

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	imageref "github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Field is a field that is to be set, or removed.
type Field struct {
	Key    string // as given: config.LOG_LEVEL
	Path   []string
	Text   string
	Remove bool
}

// ParseField reads KEY=VALUE, or KEY- to remove; problem says what is wrong. A dot
// in a key is written \. as for helm.
func ParseField(text string) (f Field, problem string) {
	key, rest, ok := strings.Cut(text, "=")
	switch {
	case ok:
		f.Text = rest
	case strings.HasSuffix(text, "-"):
		key, f.Remove = strings.TrimSuffix(text, "-"), true
	default:
		return f, "is neither KEY=VALUE nor KEY-"
	}
	f.Key = key
	f.Path = splitKey(key)
	if slices.Contains(f.Path, "") {
		return f, "has an empty key"
	}
	return f, ""
}

func splitKey(key string) []string {
	const dot = "\x00"
	parts := strings.Split(strings.ReplaceAll(key, `\.`, dot), ".")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(p, dot, ".")
	}
	return parts
}

// setFields returns the changes that set fields in an environment, or at the top level
// where env is "".
func (a *app) setFields(env string, c FieldChange) ([]edit.Change, error) {
	var at []string
	var out []edit.Change
	listed := false // the environments of the defaults
	if env != "" {
		if err := a.environment(env); err != nil {
			return nil, err
		}
		out, listed = a.listed(), true
		at = []string{"environments", env}
	}
	if c.Workload != "" {
		if names := a.source.Document().Workloads(); !slices.Contains(names, c.Workload) {
			return nil, a.unknownWorkload(env, c.Workload, names, alone(names), c.Fields[0].assigned(c.Fields[0].Path))
		}
		at = append(at, c.at()...)
	}
	for _, f := range c.Fields {
		where := append(slices.Clone(at), f.Path...)
		inEnv, err := a.there(where, f)
		if err != nil {
			return nil, err
		}
		if inEnv && !listed && !f.Remove {
			out, listed = append(a.listed(), out...), true
		}
		switch {
		case f.Remove && a.top.Get(where...) == nil:
			if _, diags := descriptor.Explain(strings.Join(f.Path, ".")); diags.HasErrors() {
				return nil, diags.Err()
			}
			if err := a.meantName(where, len(at)); err != nil {
				return nil, err
			}
		case f.Remove:
			out = append(out, edit.Remove(len(at), where...))
		case f.Text == "null":
			if err := a.meantName(where, len(at)); err != nil {
				return nil, err
			}
			change, err := a.leftOut(out, len(at), where)
			if err != nil {
				return nil, err
			}
			out = append(out, change)
		case len(f.Path) == 1 && (f.Path[0] == "tag" || f.Path[0] == "image"):
			// On what the fields before it make: image and tag are about one value.
			src, err := edit.Apply(a.file(), a.src, out...)
			if err != nil {
				return nil, err
			}
			top, _ := value.Read(a.file(), src)
			changes, err := a.setImageField(top, at, f)
			if err != nil {
				return nil, err
			}
			out = append(out, changes...)
		default:
			change := edit.SetText(f.Text, where...)
			if list := f.list(); list != nil && descriptor.IsList(where) {
				change = edit.Set(list, where...)
			}
			out = append(out, change)
		}
	}
	return out, nil
}

// meantName refuses to remove what a path with a slip in a name leads to, such as that of a job: nothing would be removed, and
// what is meant would stay. The first keys of the path, of as many as layer says, lead to the layer that is changed.
func (a *app) meantName(path []string, layer int) error {
	if path[0] == "environments" {
		layer = max(layer, min(2, len(path)))
	}
	inherited := path[layer:] // as the top level has it
	for i := layer; i < len(path); i++ {
		if !descriptor.IsName(path[:i+1]) {
			continue
		}
		names := union(a.top.Get(path[:i]...).Keys(), a.top.Get(inherited[:i-layer]...).Keys())
		if slices.Contains(names, path[i]) {
			continue
		}
		if meant := diag.Suggest(path[i], names); meant != "" {
			return a.Errorh(a.pos(), "unknown-name", "did you mean "+strconv.Quote(meant)+"?", "%s has no %q to remove",
				strings.Join(path[:i], "."), credential.Redact(path[i]))
		}
	}
	return nil
}

// leftOut returns the change by which a layer leaves a field out, after others: null where a lower layer has the
// field, and otherwise the removal, since a null that deletes nothing is a mistake. Keep is that of edit.Remove.
func (a *app) leftOut(after []edit.Change, keep int, path []string) (edit.Change, error) {
	null := edit.Set(&value.Value{Kind: value.Null}, path...)
	src, err := edit.Apply(a.file(), a.src, append(slices.Clone(after), null)...)
	if err != nil {
		return null, err
	}
	fresh, err := a.with(src)
	if err != nil {
		return null, err
	}
	defer fresh.close()
	r, err := fresh.render()
	if err != nil {
		return null, err
	}
	top, _ := value.Read(a.file(), src)
	at := top.Get(path...).At()
	if slices.ContainsFunc(r.diags, func(d diag.Diagnostic) bool { return d.Code == "null-deletes-nothing" && d.Pos.Line == at.Line }) {
		return edit.Remove(keep, path...), nil
	}
	return null, nil
}

// list returns the text as a list in brackets, nil for any other text.
func (f Field) list() *value.Value {
	if !strings.HasPrefix(f.Text, "[") {
		return nil
	}
	if v, diags := value.Read("", []byte(f.Text)); !diags.HasErrors() && v.Is(value.List) {
		return v
	}
	return nil
}

// alone returns the hint for an app of one workload without a name, "" for one of several.
func alone(workloads []string) string {
	if len(workloads) > 0 {
		return ""
	}
	return "leave the workload out"
}

// assigned returns what a person writes to set the field at a path, or to remove it. The value may be a secret.
func (f Field) assigned(path []string) string {
	key := credential.Redact(strings.Join(path, "."))
	switch {
	case f.Remove:
		return key + "-"
	case f.Text == "null":
		return key + "=null"
	}
	return key + "=VALUE"
}

// there refuses the path of a field in an environment or a workload that the app does not
// have: with a slip in the name, it would get one more. It reports whether the path leads
// into an environment.
func (a *app) there(path []string, f Field) (inEnv bool, err error) {
	names := a.source.Document().Workloads()
	env := ""
	if len(path) > 1 && path[0] == "environments" {
		if err := a.environment(path[1]); err != nil {
			return true, err
		}
		env = path[1]
		names = union(names, a.top.Get(path[0], path[1], "workloads").Keys()) // those that it alone has
		inEnv, path = true, path[2:]
	}
	if len(path) > 1 && path[0] == "workloads" && !slices.Contains(names, path[1]) {
		return inEnv, a.unknownWorkload(env, path[1], names, alone(names), f.assigned(path[2:]))
	}
	return inEnv, nil
}

// setImageField sets image or tag in the form that the layer at has.
func (a *app) setImageField(top *value.Value, at []string, f Field) ([]edit.Change, error) {
	layer := top.Get(at...)
	image := layer.Get("image")
	var have descriptor.Image
	switch {
	case image.Is(value.Map):
		have = descriptor.Image{Repository: image.StringAt("repository"), Tag: image.StringAt("tag"), Digest: image.StringAt("digest")}
	case image.IsScalar():
		have, _ = imageref.Parse(image.Text)
	}
	if layer.Has("tag") {
		have.Tag = layer.StringAt("tag")
	}
	want := have
	if f.Path[0] == "tag" && f.Text == "" {
		return nil, a.Errorh(a.pos(), "bad-value", "give a tag, or write tag- to take it away", "tag can't be empty")
	}
	if f.Path[0] == "tag" {
		want.Tag, want.Digest = f.Text, ""
		return place(at, layer, have, want), nil
	}
	got, problem := imageref.Parse(f.Text)
	if problem != "" {
		return nil, a.Errorh(a.pos(), "bad-value", "", "image can't be %q: it %s", f.Text, problem)
	}
	if want.Repository = got.Repository; got.Tag != "" || got.Digest != "" {
		want = got
	}
	if image == nil { // what stands elsewhere is not repeated here
		want, have = got, descriptor.Image{Tag: have.Tag}
		if got.Tag == "" && got.Digest == "" {
			return []edit.Change{edit.SetText(f.Text, append(slices.Clone(at), "image")...)}, nil
		}
	}
	return place(at, layer, have, want), nil
}
