package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// Labels returns the type of labels that unfold never sets itself.
func Labels() *schema.Type { return fields.OwnLabelMap }

// Annotations returns the type of an object's annotations.
func Annotations() *schema.Type { return fields.AnnotationMap }

// DefaultsType is the type of app fields that make sense for every app: not
// those that belong to one workload, nor those that name files in its folder.
func DefaultsType() *schema.Type {
	s := &schema.Type{Kind: schema.ObjectKind, What: "app fields", OwnSections: true, After: fields.FoldShorthands,
		Elsewhere: func(key string) string {
			if fields.Top(key) == nil && key != "kind" {
				return ""
			}
			return key + " is for an app.yaml: it makes no sense for all apps"
		}}
	for _, f := range fields.Environment().Fields {
		switch f.Name {
		case "workloads", "defaults", "accept", "manifests", "components", "patches", "configMaps", "claims", "commonLabels":
			continue
		}
		if f.Scope != fields.Own {
			s.Fields = append(s.Fields, f)
		}
	}
	return s
}

// UnderDefaults says that a field of app.yaml belongs under defaults, "" for any
// other key.
func UnderDefaults(key string) (hint string) {
	if fields.Top(key) == nil {
		return ""
	}
	return key + " is an app's field: put it under defaults"
}
