package law_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v2"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/test/internal/oracle"
)

// TestLawSideBySide holds that an app and two previews of it can share a
// namespace: they have no object in common, and what unfold makes never selects
// another's pods. Manifests with selectors of their own are renamed and no more.
func TestLawSideBySide(t *testing.T) {
	each(t, 3, func(t *testing.T, a app) error {
		dir := a.write(t)
		instances := map[string]map[string][]instanceObject{}
		for _, suffix := range []string{"", "-pr-7", "-pr-77"} {
			o := a.options()
			o.Overrides = slices.Concat(o.Overrides,
				descriptor.Overrides{{Name: "nameSuffix", Text: suffix, Pos: diag.Pos{File: "override"}}})
			got, err := manifests(dir, o)
			if err != nil {
				if strings.Contains(err.Error(), "is sealed for the name") {
					return nil // which no preview can have
				}
				return err
			}
			instances[suffix] = map[string][]instanceObject{}
			for env, text := range got {
				objects, err := instanceObjects(text)
				if err != nil {
					return err
				}
				instances[suffix][env] = objects
			}
		}
		for x, one := range instances {
			for y, other := range instances {
				for env := range one {
					if x == y {
						continue
					}
					if err := apart(one[env], other[env]); err != nil {
						return &oracle.Breach{Law: "instances are apart", Env: env, Text: fmt.Sprintf("suffixes %q and %q: %v", x, y, err)}
					}
				}
			}
		}
		return nil
	})
}

// instanceObject is what is asked of an object here.
type instanceObject struct {
	Kind     string
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Spec struct {
		Selector map[string]any
		Template struct {
			Metadata struct{ Labels map[string]string }
		}
	}
}

func instanceObjects(text string) ([]instanceObject, error) {
	var out []instanceObject
	for doc := range strings.SplitSeq(text, "\n---\n") {
		var o instanceObject
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// apart reports what one instance has or selects of another.
func apart(one, other []instanceObject) error {
	for _, x := range one {
		labels := x.Spec.Selector
		if nested, ok := labels["matchLabels"].(map[any]any); ok {
			labels = map[string]any{}
			for key, v := range nested {
				labels[fmt.Sprint(key)] = v
			}
		}
		for _, y := range other {
			if x.Kind == y.Kind && x.Metadata.Name == y.Metadata.Name && x.Kind != "Namespace" {
				return fmt.Errorf("both have the %s %q", x.Kind, x.Metadata.Name)
			}
			pods := y.Spec.Template.Metadata.Labels
			all := len(labels) > 0 && len(pods) > 0 && x.Metadata.Labels["app.kubernetes.io/name"] != ""
			for key, v := range labels {
				all = all && pods[key] == fmt.Sprint(v)
			}
			if all {
				return fmt.Errorf("the %s %q selects the pods of the %s %q", x.Kind, x.Metadata.Name, y.Kind, y.Metadata.Name)
			}
		}
	}
	return nil
}
