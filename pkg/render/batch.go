package render

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
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

// Find gives the folders at and below the paths that hold an app.yaml, sorted.
// A path may also be an app.yaml itself. Hidden folders are left out and links
// are not followed.
func Find(paths []string) ([]Folder, error) {
	var folders []Folder
	for _, root := range paths {
		if filepath.Base(root) == descriptor.FileName {
			folders = append(folders, Folder{Dir: filepath.ToSlash(filepath.Dir(root))})
			continue
		}
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), "."):
				return fs.SkipDir
			case entry.Name() == descriptor.FileName && path != root:
				folders = append(folders, Folder{Dir: filepath.ToSlash(filepath.Dir(path)), Found: true})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(folders, func(a, b Folder) int { return strings.Compare(a.Dir, b.Dir) })
	return slices.CompactFunc(folders, func(a, b Folder) bool { return a.Dir == b.Dir }), nil
}

// CheckAll renders every environment of the apps in folders, several at a time,
// and gives what is wrong with them. The order does not depend on which is done
// first. An error is a fault of the machine, or that ctx is done.
func CheckAll(ctx context.Context, folders []Folder) (Summary, error) {
	results := make([]Summary, len(folders))
	faults := make([]error, len(folders))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(folders)) {
		workers.Go(func() {
			for i := range next {
				results[i], faults[i] = checkApp(folders[i])
			}
		})
	}
	for i := range folders {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	var all Summary
	for _, r := range results {
		all.Apps += r.Apps
		all.Environments += r.Environments
		all.Diags = append(all.Diags, r.Diags...)
	}
	return all, errors.Join(ctx.Err(), errors.Join(faults...))
}

func checkApp(folder Folder) (Summary, error) {
	s := Summary{Apps: 1}
	src, err := Open(folder.Dir)
	if err != nil {
		err = s.collect(err)
		for i, d := range s.Diags {
			if folder.Found && d.Rule == descriptor.NotADescriptor {
				s.Apps, s.Diags[i].Severity = 0, diag.Warning
			}
		}
		return s, err
	}
	defer src.Close()
	if err := s.collect(src.Mistakes()); err != nil {
		return s, err
	}
	for _, env := range src.Environments() {
		s.Environments++
		r, err := src.Environment(env, Options{})
		if err := s.collect(err); err != nil {
			return s, err
		}
		if r != nil {
			s.Diags = append(s.Diags, r.Warnings...)
		}
	}
	return s, nil
}

// collect keeps mistakes and gives faults back.
func (s *Summary) collect(err error) error {
	var diags diag.List
	if errors.As(err, &diags) {
		s.Diags = append(s.Diags, diags...)
		return nil
	}
	return err
}
