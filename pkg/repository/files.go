package repository

import (
	"bytes"
	"context"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/platform/locate"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// file is one that may say something about the repository.
type file struct {
	name  string // in the repository, by slashes
	shown string // as messages call it
	src   []byte
}

// docs returns the documents in it; none where it is not quite YAML, as a chart's
// templates are.
func (f file) docs() []*value.Value {
	docs, diags := value.ReadAll(f.shown, f.src)
	if diags.HasErrors() {
		return nil
	}
	var out []*value.Value
	for _, d := range docs {
		if d.StringAt("kind") == "List" {
			out = append(out, d.Get("items").AllItems()...)
			continue
		}
		out = append(out, d)
	}
	return out
}

// files are those of a repository that matter here.
type files struct {
	list []file
	yaml int // of all YAML files
}

// readFiles reads the YAML files of a repository, but for those that git
// ignores.
func readFiles(ctx context.Context, dir string) (files, error) {
	var out files
	names, err := locate.Names(ctx, dir)
	if err != nil {
		return out, err
	}
	err = locate.Visit(dir, names, func(name, full string, src []byte, err error) error {
		if err != nil {
			return err
		}
		out.yaml++
		shown, err := tree.Short(filepath.ToSlash(full))
		if err != nil {
			return err
		}
		if f := (file{name, shown, src}); f.matters() {
			out.list = append(out.list, f)
		}
		return nil
	})
	return out, err
}

// matters tells quickly, without parsing.
func (f file) matters() bool {
	return isCI(f.name) || slices.ContainsFunc([]string{"argoproj.io/", "Secret"}, f.contains) ||
		platform.IsPlatform(f.src) || ourAPI().Match(f.src)
}

func (f file) contains(text string) bool { return bytes.Contains(f.src, []byte(text)) }

// Compiled when first asked for: generate, which starts for every app, never is.
var (
	descriptorKind = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^kind:[ \t]*["']?App\b`) })
	ourAPI         = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^apiVersion:[ \t]*["']?unfold\.dev/`) })
)

// platforms returns the operator's files.
func (all files) platforms() []file {
	var out []file
	for _, f := range all.list {
		if path.Base(f.name) != descriptor.FileName && platform.IsPlatform(f.src) {
			out = append(out, f)
		}
	}
	return out
}

// misnamed returns descriptors that nobody finds.
func (all files) misnamed() []file {
	var out []file
	for _, f := range all.list {
		base := path.Base(f.name)
		lower := strings.ToLower(base)
		if base != descriptor.FileName && (lower == "app.yaml" || lower == "app.yml") && ourAPI().Match(f.src) &&
			descriptorKind().Match(f.src) {
			out = append(out, f)
		}
	}
	return out
}
