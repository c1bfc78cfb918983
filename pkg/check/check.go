// Package check holds rules over what an app is made of, one file for each
// rule. A rule finds what would be wrong or surprising in the cluster although
// the descriptor is valid.
package check

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/object"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// Input is what the rules look at.
type Input struct {
	Namespace string
	// Objects are those that unfold makes.
	Objects []object.Object
	// Incomplete says that something wrong was left out of them.
	Incomplete bool
	// Manifests are those that the app brings along.
	Manifests []*value.Value
	// Pos is the place of what is missing altogether.
	Pos diag.Pos
}

// rule finds something in the input.
type rule func(Input, *diag.List)

// All applies every rule.
func All(in Input) diag.List {
	var diags diag.List
	for _, r := range []rule{types, duplicateObjects, foreignNamespaces, yaml11Scalars, emptyResult} {
		r(in, &diags)
	}
	return diags
}
