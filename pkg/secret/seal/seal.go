// Package seal makes sealed values, which only the sealed-secrets controller of a
// cluster opens. No error and no output holds a word of what is sealed.
package seal

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// Scopes of a sealed value, as kubeseal calls them.
const (
	Strict        = "strict"
	NamespaceWide = "namespace-wide"
	ClusterWide   = "cluster-wide"
)

// Scopes returns all scopes, the narrowest first.
func Scopes() []string { return []string{Strict, NamespaceWide, ClusterWide} }

// Failure is what could not be done, with the next step for the user.
type Failure struct{ Message, Hint string }

// Error returns the message and, on a line of its own, the hint.
func (f *Failure) Error() string {
	return diag.WithHint(f.Message, f.Hint)
}

// Target is the Secret that a value is sealed for.
type Target struct{ Scope, Namespace, Name string }

// String says where a value opens.
func (t Target) String() string {
	switch t.Scope {
	case ClusterWide:
		return "every namespace of the cluster"
	case NamespaceWide:
		return fmt.Sprintf("the namespace %q", t.Namespace)
	}
	return fmt.Sprintf("the Secret %q of the namespace %q", t.Name, t.Namespace)
}

// label is what the controller expects a value to be bound to: the same as
// EncryptionLabel in sealed-secrets' v1alpha1, which is too slow to import.
func (t Target) label() []byte {
	switch t.Scope {
	case ClusterWide:
		return nil
	case NamespaceWide:
		return []byte(t.Namespace)
	}
	return []byte(t.Namespace + "/" + t.Name)
}

// Seal returns a value as kubeseal --raw prints it.
func (c *Certificate) Seal(plain []byte, t Target) (string, error) {
	b, err := crypto.HybridEncrypt(rand.Reader, c.key, plain, t.label())
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b), nil
}
