package law_test

import (
	"errors"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/test/internal/oracle"
)

// shrink leaves out of a descriptor what its failure does not need: overrides,
// then entries of maps and lists, the outer ones first.
func shrink(a app, failure error, check func(app) error) (app, error) {
	const most = 300 // tries
	tries := 0
	still := func(smaller app) bool {
		if tries++; tries > most {
			return false
		}
		err := check(smaller)
		if err == nil || !sameLaw(err, failure) {
			return false
		}
		a, failure = smaller, err
		return true
	}
	without := a
	without.overrides, without.crlf, without.bom = nil, false, false
	still(without)
	for depth := range 6 {
		for _, n := range atDepth(a.doc, depth) {
			size := 1
			if n.Kind == yaml.MappingNode {
				size = 2
			}
			for i := len(n.Content) - size; i >= 0; i -= size {
				all := n.Content
				n.Content = append(append([]*yaml.Node{}, all[:i]...), all[i+size:]...)
				if !still(a) {
					n.Content = all
				}
			}
		}
	}
	return a, failure
}

// sameLaw keeps a shrunk descriptor from failing for another reason: a refusal
// stays one by the same rules, and a fault one that begins alike.
func sameLaw(a, b error) bool {
	var x, y *oracle.Breach
	if isX, isY := errors.As(a, &x), errors.As(b, &y); isX || isY {
		return isX && isY && x.Law == y.Law && (x.Law != oracle.Refused || x.Reason() == y.Reason())
	}
	var p, q diag.List
	if isP, isQ := errors.As(a, &p), errors.As(b, &q); isP || isQ {
		return slices.ContainsFunc(p, func(d diag.Diagnostic) bool {
			return d.Severity == diag.Error &&
				slices.ContainsFunc(q, func(e diag.Diagnostic) bool { return d.Code == e.Code && d.Message == e.Message })
		})
	}
	const beginning = 60 // characters: the environment and the field, without the object
	return fmt.Sprintf("%.*s", beginning, a) == fmt.Sprintf("%.*s", beginning, b)
}

// atDepth returns the maps and lists of a document at one depth.
func atDepth(n *yaml.Node, depth int) []*yaml.Node {
	if depth == 0 {
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, c := range n.Content {
		if c.Kind == yaml.MappingNode || c.Kind == yaml.SequenceNode {
			out = append(out, atDepth(c, depth-1)...)
		}
	}
	return out
}
