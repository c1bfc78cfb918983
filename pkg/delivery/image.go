package delivery

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	imageref "github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Image is an image that is to be set: for the workload that is named, else for
// each that runs this repository.
type Image struct {
	Workload string
	descriptor.Image
}

// ParseImage reads [WORKLOAD=]IMAGE[:TAG][@DIGEST]; problem says what is wrong.
func ParseImage(text string) (i Image, problem string) {
	if workload, rest, ok := strings.Cut(text, "="); ok {
		i.Workload, text = workload, rest
		if workload == "" {
			return i, "names no workload before the ="
		}
	}
	i.Image, problem = imageref.Parse(text)
	return i, problem
}

// wanted returns the image that each workload is to have.
func (a *app) wanted(env string, c ImageChange) (map[string]descriptor.Image, error) {
	if err := a.environment(env); err != nil {
		return nil, err
	}
	have, keys := a.images(env)
	want := map[string]descriptor.Image{}
	for _, i := range c.Images {
		if err := a.bare(i, have); err != nil {
			return nil, err
		}
		meant, err := a.meant(env, i, have, keys)
		if err != nil {
			return nil, err
		}
		for _, key := range meant {
			x := have[key]
			if !same(x, i.Image) {
				if x.Repository != "" && !c.Repository {
					return nil, a.otherRepository(env, i, key, x)
				}
				x.Repository = i.Repository
			}
			if i.Tag != "" || i.Digest != "" {
				x.Tag, x.Digest = i.Tag, i.Digest
			}
			if other, ok := want[key]; ok && other != x {
				return nil, a.Errorh(a.pos(), "image-twice", "give one image for each workload",
					"two images are given for the same workload: %q and %q", other.String(), x.String())
			}
			want[key] = x
		}
	}
	return want, nil
}

// same reports whether two images are of one repository, however it is written.
func same(a, b descriptor.Image) bool {
	return a.Repository == b.Repository || a.Repository != "" && b.Repository != "" && a.FullName() == b.FullName()
}

// otherRepository refuses an image of another repository than the workload's: more often
// than not only a new tag is meant, and the repository is written too short.
func (a *app) otherRepository(env string, i Image, key string, have descriptor.Image) error {
	kept := i.Image
	kept.Repository = have.Repository
	text, what := kept.String(), "its tag"
	if i.Workload != "" {
		text = key + "=" + text
	}
	if i.Digest != "" {
		what = "its tag and digest"
	}
	hint := fmt.Sprintf("to change only %s, write %s; to change the repository, add --change-repository", what, text)
	if i.Tag == "" && i.Digest == "" {
		hint = "to change the repository, add --change-repository"
	}
	return a.Errorh(a.pos(), "other-repository", hint, "%q is an image of another repository than %q, which %s runs", i.String(),
		have.Repository, strings.TrimSpace(env+" "+key))
}

// bare refuses a word that is no repository of the app's: a tag, most likely.
func (a *app) bare(i Image, have map[string]descriptor.Image) error {
	if i.Tag != "" || i.Digest != "" || strings.Contains(i.Repository, "/") {
		return nil
	}
	hint := "write IMAGE:" + i.Repository
	for _, image := range have {
		if same(image, i.Image) {
			return nil
		}
		if len(have) == 1 {
			hint = "if it is a tag, write " + image.Repository + ":" + i.Repository
		}
	}
	return a.Errorh(a.pos(), "ambiguous-image", hint, "%q is an image without a tag, and no workload runs it", i.Repository)
}

// meant returns the workloads that an image is for.
func (a *app) meant(env string, i Image, have map[string]descriptor.Image, keys []string) ([]string, error) {
	several := len(keys) != 1 || keys[0] != ""
	switch {
	case i.Workload != "" && !slices.Contains(keys, i.Workload):
		alone := "give the image without a workload"
		if several {
			alone = ""
		}
		return nil, a.unknownWorkload(env, i.Workload, keys, alone, "image="+i.Image.String())
	case i.Workload != "":
		return []string{i.Workload}, nil
	case !several:
		return keys, nil
	}
	var out []string
	for _, key := range keys {
		if same(have[key], i.Image) {
			out = append(out, key)
		}
	}
	if len(out) == 0 {
		return nil, a.Errorh(a.pos(), "ambiguous-image", nearest(i, have, keys),
			"no workload runs %q, so it is not clear which one is meant", i.Repository)
	}
	return out, nil
}

// unknownWorkload refuses the name of a workload that the app does not have, in an environment or at the top level where env is "".
// Alone is the hint for an app of one workload without a name, "" for one of several. Set is KEY=VALUE that was to be set, "" for
// a secret: hooks and jobs have those of the app, or of their workload.
func (a *app) unknownWorkload(env, name string, names []string, alone, set string) error {
	shown := credential.Redact(name)
	if x := a.source.Document().NotAWorkload(env, name); x.Noun != "" {
		in := ""
		if env != "" {
			in = "--env " + env + " "
		}
		hint := "write unfold set " + in + diag.Word(strings.Join(x.Path, ".")+"."+set)
		switch {
		case set != "":
		case len(x.Path) > 2:
			hint = "give the workload " + x.Path[1] + ", whose secrets it has"
		default:
			hint = "leave the workload out: it has the app's secrets"
		}
		return a.Errorh(a.pos(), "unknown-workload", hint, "%q is %s, not a workload", shown, x.Noun)
	}
	if alone != "" {
		return a.Errorh(a.pos(), "unknown-workload", alone, "the app has no workload %q: it has one without a name", shown)
	}
	return a.Errorh(a.pos(), "unknown-workload", diag.Hint(name, "the workloads are", names), "there is no workload %q", shown)
}

// nearest is the hint for an image that no workload runs: the repository that was probably
// meant, else all of them.
func nearest(i Image, have map[string]descriptor.Image, keys []string) string {
	var repositories, all []string
	for _, key := range keys {
		if r := have[key].Repository; r != "" && !slices.Contains(repositories, r) {
			repositories = append(repositories, r)
		}
		all = append(all, key+" runs "+orNone(have[key].Repository))
	}
	meant := diag.Suggest(i.Repository, repositories)
	ending := slices.DeleteFunc(slices.Clone(repositories), func(r string) bool { return path.Base(r) != path.Base(i.Repository) })
	if meant == "" && len(ending) == 1 {
		meant = ending[0]
	}
	if meant != "" {
		kept := i.Image
		kept.Repository = meant
		return fmt.Sprintf("did you mean %s?", kept)
	}
	return fmt.Sprintf("%s; for another repository write WORKLOAD=%s and --change-repository", strings.Join(all, ", "), i.String())
}

// setImages returns the changes after which the workloads of env have these images
// and nothing else in the app has changed. The layers decide what a tag at which
// place reaches, so the places where a person would write it are tried, and the
// first that comes out right is taken: where env says it already, else at the top
// of env for those that share an image, else for each workload by itself.
func (a *app) setImages(env string, want map[string]descriptor.Image) ([]edit.Change, error) {
	have, keys := a.images(env)
	for key, image := range want {
		if have[key] == image {
			delete(want, key)
		}
	}
	if len(want) == 0 {
		return nil, nil
	}
	several := len(keys) != 1 || keys[0] != ""
	first := a.listed()
	inEnv := []string{"environments", env}
	var tried error
	for _, shared := range []bool{true, false} {
		if !shared && !several {
			break
		}
		changes := slices.Clone(first)
		left := maps.Clone(want)
		if shared {
			key := common(want)
			changes = append(changes, place(inEnv, a.top.Get(inEnv...), have[key], want[key])...)
			got, err := a.imagesWith(env, changes)
			if err != nil {
				tried = err
				continue
			}
			maps.DeleteFunc(left, func(key string, image descriptor.Image) bool { return got[key] == image })
			if several && len(left) == len(want) { // every workload says otherwise
				continue
			}
		}
		for _, key := range slices.Sorted(maps.Keys(left)) {
			if key != "" {
				at := append(slices.Clone(inEnv), "workloads", key)
				changes = append(changes, place(at, a.top.Get(at...), have[key], left[key])...)
			}
		}
		err := a.reaches(env, changes, want)
		if err == nil {
			return changes, nil
		}
		tried = err
	}
	return nil, tried
}

// listed returns the changes that write out the environments of the defaults,
// where the descriptor lists none: to name one alone would remove the others.
func (a *app) listed() []edit.Change {
	if x := a.top.Get("environments"); x.Is(value.Map) && len(x.Entries) > 0 {
		return nil
	}
	var out []edit.Change
	for _, env := range a.environments() {
		out = append(out, edit.Set(value.NewMap(diag.Pos{}), "environments", env))
	}
	return out
}

// common returns the first workload with the image that most want: at the top of an
// environment it reaches the hooks too.
func common(want map[string]descriptor.Image) string {
	times := map[descriptor.Image]int{}
	for _, image := range want {
		times[image]++
	}
	keys := slices.Sorted(maps.Keys(want))
	return slices.MaxFunc(keys, func(a, b string) int { return times[want[a]] - times[want[b]] })
}

func (a *app) imagesWith(env string, changes []edit.Change) (map[string]descriptor.Image, error) {
	src, err := edit.Apply(a.file(), a.src, changes...)
	if err != nil {
		return nil, err
	}
	fresh, err := a.with(src)
	if err != nil {
		return nil, err
	}
	defer fresh.close()
	images, _ := fresh.images(env)
	return images, nil
}

// reaches proves that the changes lead to the images wanted in env, and that
// every other image of every environment is what it was.
func (a *app) reaches(env string, changes []edit.Change, want map[string]descriptor.Image) error {
	src, err := edit.Apply(a.file(), a.src, changes...)
	if err != nil {
		return err
	}
	fresh, err := a.with(src)
	if err != nil {
		return err
	}
	defer fresh.close()
	for _, e := range a.environments() {
		expected, _ := a.images(e)
		if e == env {
			maps.Copy(expected, want)
		}
		got, _ := fresh.images(e)
		if !maps.Equal(expected, got) {
			return fmt.Errorf("%s has no place where the image can be set for the environment %q only: set it by hand", a.file(), env)
		}
	}
	return nil
}

// place returns the changes that write an image in one layer of the descriptor, in
// the form that the layer has: tag, image: repo:tag, or image: {tag}.
func place(at []string, layer *value.Value, have, want descriptor.Image) []edit.Change {
	in := func(keys ...string) []string { return append(slices.Clone(at), keys...) }
	var out []edit.Change
	set := func(text string, keys ...string) {
		if text != "" {
			out = append(out, edit.SetText(text, in(keys...)...))
		} else {
			out = append(out, edit.Remove(len(at), in(keys...)...))
		}
	}
	image, hasTag := layer.Get("image"), layer.Has("tag")
	switch {
	case image.Is(value.Map):
		if image.Has("repository") || want.Repository != have.Repository {
			set(want.Repository, "image", "repository")
		}
		if hasTag {
			set(want.Tag, "tag")
		} else {
			set(want.Tag, "image", "tag")
		}
		set(want.Digest, "image", "digest")
	case image.IsScalar() && hasTag && want.Tag != "":
		set(descriptor.Image{Repository: want.Repository, Digest: want.Digest}.String(), "image")
		set(want.Tag, "tag")
	case want.Repository == have.Repository && want.Digest == "" && !image.IsScalar():
		set(want.Tag, "tag")
	default:
		set("", "tag")
		set(want.String(), "image")
	}
	return out
}
