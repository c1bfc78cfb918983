package plugin

import "github.com/unfold-gitops/unfold/pkg/descriptor"

const environment = "environment"

// Parameters returns the table of parameters, of which the announcements, the
// documentation and the reading are made: the environment, and what can be overridden.
func Parameters() []descriptor.Overridable {
	return append([]descriptor.Overridable{{Name: environment, Title: "Environment", Tooltip: "The environment of app.yaml to deploy",
		Current: func(app *descriptor.App) (string, map[string]string) { return app.Env, nil }}}, descriptor.Overridables()...)
}

// ParameterNames returns the names in the table's order.
func ParameterNames() []string {
	var names []string
	for _, p := range Parameters() {
		names = append(names, p.Name)
	}
	return names
}

// Announcement is what Argo CD wants to know of a parameter: ParameterAnnouncement
// in its reposerver/repository/repository.proto.
type Announcement struct {
	Name           string            `json:"name"`
	Title          string            `json:"title,omitempty"`
	Tooltip        string            `json:"tooltip,omitempty"`
	Required       bool              `json:"required,omitempty"`
	ItemType       string            `json:"itemType,omitempty"`
	CollectionType string            `json:"collectionType,omitempty"`
	String         string            `json:"string,omitempty"`
	Map            map[string]string `json:"map,omitempty"`
}

// Announce returns the announcement of a parameter with its value in an app.
func Announce(p descriptor.Overridable, app *descriptor.App) Announcement {
	a := Announcement{Name: p.Name, Title: p.Title, Tooltip: p.Tooltip, CollectionType: "string"}
	if p.Map {
		a.CollectionType = "map"
	}
	a.String, a.Map = p.Current(app)
	return a
}
