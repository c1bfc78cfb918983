package render

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// Summary counts what a check looked at.
type Summary struct {
	Apps, Environments int
	Diags              diag.List
}

// Folder is an app's folder. Found says that it was come upon and not named, so
// that its app.yaml may well be another tool's.
type Folder struct {
	Dir   string
	Found bool
}

// OfAnotherTool reports whether the file that these mistakes are about was come upon, and is
// another tool's.
func (f Folder) OfAnotherTool(mistakes diag.List) bool {
	return f.Found && slices.ContainsFunc(mistakes, func(d diag.Diagnostic) bool { return d.Code == descriptor.NotADescriptor })
}

// Find returns the folders at and below the paths that hold an app.yaml, sorted.
// A path may also be an app.yaml itself. Hidden folders are left out, and links
// below a path are not followed.
func Find(paths []string) ([]Folder, error) {
	folders, _, err := FindAll(paths)
	return folders, err
}

// FindAll is Find that also returns the files which are called almost like a descriptor.
func FindAll(paths []string) (folders []Folder, misnamed []string, err error) {
	for _, root := range paths {
		if filepath.Base(root) == descriptor.FileName {
			folders = append(folders, Folder{Dir: filepath.ToSlash(filepath.Dir(root))})
			continue
		}
		err := tree.Walk(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case path == root && errors.Is(err, fs.ErrNotExist):
				return fmt.Errorf("%s does not exist", root)
			case err != nil:
				return err
			case entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), "."):
				return fs.SkipDir
			case entry.Name() == descriptor.FileName && path != root:
				folders = append(folders, Folder{Dir: filepath.ToSlash(filepath.Dir(path)), Found: true})
			case slices.Contains(MisnamedFiles(), entry.Name()) && !entry.IsDir():
				misnamed = append(misnamed, filepath.ToSlash(path))
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	slices.SortStableFunc(folders, func(a, b Folder) int { return strings.Compare(a.Dir, b.Dir) })
	slices.Sort(misnamed)
	return slices.CompactFunc(folders, func(a, b Folder) bool { return a.Dir == b.Dir }), slices.Compact(misnamed), nil
}

// Misnamed returns the errors about those of the files that are descriptors.
func Misnamed(files []string) diag.List {
	var diags diag.List
	named := map[string]bool{} // the folders in which a file can be renamed
	for _, name := range files {
		dir, err := tree.Open(filepath.Dir(name))
		if err != nil {
			continue
		}
		src, err := dir.Read(filepath.Base(name))
		dir.Close()
		if err == nil && descriptor.IsDescriptor(src) {
			hint := misnamedHint(name)
			if named[filepath.Dir(name)] {
				hint = mergeHint(name)
			}
			named[filepath.Dir(name)] = true
			diags.Errorh(diag.Pos{File: name, Line: 1, Col: 1}, "misnamed-descriptor", hint,
				"the file is a descriptor, but nothing looks for one of the name %q", filepath.Base(name))
		}
	}
	return diags
}

// Below returns the app in dir, or, where dir holds no app.yaml, all apps below.
// Where there are none, it returns dir itself, so that its error is the one that
// is reported.
func Below(dir string) ([]Folder, error) {
	alone := []Folder{{Dir: filepath.ToSlash(dir)}}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return alone, nil
	}
	if _, err := os.Lstat(filepath.Join(dir, descriptor.FileName)); !errors.Is(err, fs.ErrNotExist) {
		return alone, nil
	}
	folders, err := Find([]string{dir})
	if err != nil || len(folders) > 0 {
		return folders, err
	}
	return alone, nil
}

// CheckAll renders every environment of the apps in folders, several at a time,
// and returns what is wrong with them, in the order of folders. platformOf returns
// the platform of an app. Progress is called after each app. An error is a fault of the machine, or that ctx is done.
// If all files are other tools', that is an error: no app was looked at.
func CheckAll(ctx context.Context, folders []Folder, platformOf func(dir string) *platform.Platform, progress func(done int),
) (Summary, error) {
	var all Summary
	done := 0
	err := Each(ctx, folders, func(f Folder) (Summary, error) { return checkApp(f, platformOf(f.Dir)) }, func(_ Folder, s Summary) error {
		all.Apps += s.Apps
		all.Environments += s.Environments
		all.Diags = append(all.Diags, s.Diags...)
		done++
		progress(done)
		return nil
	})
	if all.Apps == 0 {
		all.Diags.Raise()
	}
	return all, err
}

// Each does something for each folder, several at a time, and hands the results
// over one by one in the order of folders. Only a few results are held at any
// time, so memory does not grow with the number of folders. It stops at the
// first error of either function, and when ctx is done.
func Each[T any](ctx context.Context, folders []Folder, do func(Folder) (T, error), take func(Folder, T) error) error {
	type result struct {
		value T
		err   error
	}
	type job struct {
		folder Folder
		out    chan result
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	jobs, pending := make(chan job), make(chan job, 4*workers)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for j := range jobs {
				x, err := do(j.folder)
				j.out <- result{x, err}
			}
		})
	}
	running.Go(func() {
		defer close(pending)
		defer close(jobs)
		for _, f := range folders {
			j := job{f, make(chan result, 1)}
			select {
			case pending <- j:
				jobs <- j
			case <-ctx.Done():
				return
			}
		}
	})
	var failure error
	for j := range pending {
		r := <-j.out
		if failure == nil && r.err == nil {
			r.err = take(j.folder, r.value)
		}
		if r.err != nil && failure == nil {
			failure = r.err
			cancel()
		}
	}
	running.Wait()
	if failure != nil {
		return failure
	}
	return context.Cause(ctx)
}

func checkApp(folder Folder, p *platform.Platform) (Summary, error) {
	app, err := RenderApp(folder, p, "", Options{})
	s := Summary{Apps: 1, Environments: app.Environments, Diags: app.Diags}
	if app.Foreign {
		s.Apps = 0
	}
	return s, err
}

// Rendered is what came of all environments of an app.
type Rendered struct {
	// Environments counts those that were looked at.
	Environments int
	// Results are those environments that are right.
	Results []*Result
	// Diags are the mistakes and warnings of all.
	Diags diag.List
	// Foreign says that the file is another tool's, which is only a warning.
	Foreign bool
}

// RenderApp renders one environment of an app, or all where env is "".
func RenderApp(folder Folder, p *platform.Platform, env string, o Options) (Rendered, error) {
	if env == "" {
		return RenderEnvironments(folder, p, nil, o)
	}
	return RenderEnvironments(folder, p, []string{env}, o)
}

// RenderEnvironments renders environments of an app, or all where none are named.
func RenderEnvironments(folder Folder, p *platform.Platform, envs []string, o Options) (Rendered, error) {
	var out Rendered
	src, err := Open(folder.Dir, p)
	if err != nil {
		err = out.collect(err)
		if out.Foreign = folder.OfAnotherTool(out.Diags); out.Foreign {
			for i := range out.Diags {
				out.Diags[i].Severity = diag.Warning
			}
		}
		return out, err
	}
	defer src.Close()
	if len(envs) == 0 {
		envs = src.Environments()
	}
	for _, env := range envs {
		out.Environments++
		r, err := src.Environment(env, o)
		if err := out.collect(err); err != nil {
			return out, err
		}
		if r != nil {
			out.Results = append(out.Results, r)
			out.Diags = append(out.Diags, r.Warnings...)
		}
	}
	return out, out.collect(src.Mistakes())
}

// collect keeps the user's mistakes and returns any other error.
func (s *Rendered) collect(err error) error {
	var diags diag.List
	if errors.As(err, &diags) {
		s.Diags = append(s.Diags, diags...)
		return nil
	}
	return err
}
