package edit

import (
	"errors"
	"path"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// File replaces the descriptor in dir by what change makes of it, in one step,
// and reports whether anything is new. What stands in the way is a diag.List,
// unless it is a fault of the machine.
func File(dir string, change func(old []byte) ([]byte, error)) (changed bool, err error) {
	changed, err = tree.Update(dir, descriptor.FileName, change)
	hint := ""
	switch {
	case errors.Is(err, tree.ErrChanged), errors.Is(err, tree.ErrBusy):
		hint = "run it again"
	case errors.Is(err, tree.ErrOwner):
		hint = "run it as the file's owner"
	case errors.Is(err, tree.ErrNotExist):
		hint = "run unfold in the folder that holds " + descriptor.FileName
	case !tree.IsRefusal(err):
		return changed, err
	}
	var diags diag.List
	diags.Errorh(diag.Pos{File: path.Join(dir, descriptor.FileName)}, "unreadable", hint, "the file %s", err)
	return changed, diags
}
