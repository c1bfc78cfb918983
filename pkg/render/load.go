package render

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// load reads the files that an app refers to, each once, into s.files. Files
// that can't be read are the user's mistakes; an error is a fault.
func (s *Source) load(app *descriptor.App) (diag.List, error) {
	l := loader{Source: s}
	fileLists := [][]descriptor.File{app.Files}
	for _, w := range app.Workloads {
		fileLists = append(fileLists, w.Files)
	}
	for _, files := range fileLists {
		for _, f := range files {
			if f.From.Text != "" {
				l.mounted(f)
			} else {
				l.written(f)
			}
		}
	}
	for _, x := range app.ConfigMaps {
		if x.From.Text != "" {
			l.keys(x.From)
		}
	}
	for _, x := range app.Manifests {
		if x.File != "" {
			l.file(x.File, x.Pos)
		}
	}
	for _, x := range app.Patches {
		if at := x.Value.Get("path"); at != nil {
			l.file(x.File, at.Pos)
		}
	}
	for _, x := range app.Components {
		l.component(x)
	}
	return l.diags, l.fault
}

type loader struct {
	*Source
	diags diag.List
	fault error
}

func (l *loader) file(name string, pos diag.Pos) bool {
	if _, ok := l.files[name]; ok {
		return true
	}
	content, err := l.Source.folder.Read(name)
	if err != nil {
		l.report(name, pos, err)
		return false
	}
	l.files[name] = content
	return true
}

// report tells mistakes from faults.
func (l *loader) report(name string, pos diag.Pos, err error) {
	if tree.IsRefusal(err) {
		var in *fs.PathError
		if errors.As(err, &in) {
			name, err = in.Path, in.Err
		}
		l.diags.Errorh(pos, "unreadable", unreadableHint(err), "the file %q %s", name, err)
	} else if l.fault == nil {
		l.fault = err
	}
}

func unreadableHint(err error) string {
	switch {
	case errors.Is(err, tree.ErrSymlink):
		return "copy the file into the app's folder"
	case errors.Is(err, tree.ErrNotExist):
		return "paths are relative to the folder of " + descriptor.FileName
	}
	return ""
}

// mounted reads the content of a file in a container, which has to get through
// YAML if it is text.
func (l *loader) mounted(f descriptor.File) {
	if !l.file(f.From.Text, f.From.Pos) {
		return
	}
	content := l.files[f.From.Text]
	if !utf8.Valid(content) {
		return
	}
	if problem := value.Unprintable(string(content)); problem != "" {
		l.diags.Errorh(f.From.Pos, "unprintable", "mount it from a Secret or a volume instead, or change the file", "the file %q %s",
			f.From.Text, problem)
	}
}

// keys reads the files of a folder that become the keys of a ConfigMap.
func (l *loader) keys(from descriptor.Text) {
	files, err := l.Source.folder.ReadDir(from.Text)
	if err != nil {
		l.report(from.Text, from.Pos, err)
		return
	}
	for _, name := range files.Paths() {
		file := path.Join(from.Text, name)
		if problem := schema.ConfigKey.Problem(name); problem != "" {
			l.diags.Errorh(from.Pos, "bad-name", "rename or move the file", "the file %q can't be a key: its name %s", file, problem)
			continue
		}
		l.files[file] = files[name]
		l.mounted(descriptor.File{From: descriptor.Text{Text: file, Pos: from.Pos}})
	}
}

// written warns of a text that is meant as a file's path, most likely.
func (l *loader) written(f descriptor.File) {
	text := f.Content.StringAt()
	if strings.ContainsAny(text, " \n") || !strings.ContainsAny(text, "./") {
		return
	}
	if _, err := l.Source.folder.Read(text); err == nil {
		l.diags.Warnh(f.Content.At(), "path-as-content", "write from: "+text+" for what that file holds",
			"the content of %q is the text %q, which is also the path of a file", f.Path, text)
	}
}

// documents are those of a text in Kubernetes' form, with what is wrong with it.
type documents struct {
	docs  []*value.Value
	diags diag.List
}

// documentsOf reads a file that was loaded, once for all environments.
func (s *Source) documentsOf(name string) documents {
	d, ok := s.parsed[name]
	if !ok {
		d.docs, d.diags = value.ReadObjects(s.name+name, s.files[name])
		s.parsed[name] = d
	}
	return d
}

// patch reads a patch. All of one that stands in the descriptor has the place of
// its text.
func (s *Source) patch(x descriptor.Patch) documents {
	if x.Value.Get("path") != nil {
		return s.documentsOf(x.File)
	}
	text := x.Value.Get("patch")
	var d documents
	d.docs, d.diags = value.ReadObjects(s.name+descriptor.FileName, []byte(text.StringAt()))
	for i := range d.diags {
		d.diags[i].Pos = text.At()
	}
	for _, doc := range d.docs {
		doc.Place(text.At())
	}
	return d
}

// component is one that was read.
type component struct {
	kustomize.Component
	diags diag.List
}

func (l *loader) component(x descriptor.Text) {
	name := path.Clean(x.Text)
	c, ok := l.components[name]
	if !ok {
		t, err := l.Source.folder.ReadDir(name)
		if err != nil {
			l.report(x.Text, x.Pos, err)
			return
		}
		c.Component, c.diags = kustomize.ReadComponent(strings.TrimPrefix(l.name, "./"), name, t)
		l.components[name] = c
	}
	for _, d := range c.diags {
		if d.Pos.Line == 0 {
			d.Pos = x.Pos // about the folder as a whole
		}
		l.diags = append(l.diags, d)
	}
}
