package plugin

import (
	"strings"
	"unicode"
)

// Parameter is a row of the table of parameters, of which the announcements,
// the documentation and the reading are made.
type Parameter struct {
	Name           string
	Title          string
	Tooltip        string
	CollectionType string // "" for a text, or "map"
	// Announced parameters are shown in Argo CD's UI with the value in force.
	Announced bool
}

// Parameters returns the table.
func Parameters() []Parameter {
	return []Parameter{
		{Name: "environment", Title: "Environment", Tooltip: "The environment of app.yaml to deploy", Announced: true},
		{Name: "image", Title: "Image", Tooltip: "The image, as REPOSITORY[:TAG][@DIGEST]; of one of several workloads as WORKLOAD=IMAGE",
			Announced: true},
		{Name: "tag", Title: "Tag", Tooltip: "The image's tag; of one of several workloads as WORKLOAD=TAG", Announced: true},
		{Name: "replicas", Title: "Replicas", Tooltip: "How many pods run; of one of several workloads as WORKLOAD=COUNT", Announced: true},
		{Name: "host", Title: "Host", Tooltip: "The host that leads to the app, in place of all others; to one of several workloads as " +
			"WORKLOAD=HOST", Announced: true},
		{Name: "config", Title: "Config", Tooltip: "Further keys of config", CollectionType: "map", Announced: true},
		{Name: "hostSuffix", Title: "Host suffix",
			Tooltip: "Makes every host the name of its Ingress or route with this behind it, such as -pr-7.example.com"},
		{Name: "nameSuffix", Title: "Name suffix",
			Tooltip: "What the names of all objects end with, for the app once more beside itself: a preview"},
		{Name: "namespace", Title: "Namespace", Tooltip: "The namespace, which has to be the Application's"},
	}
}

// variable returns the name of the variable that says the same: NAME_SUFFIX of
// nameSuffix.
func (p Parameter) variable() string {
	var b strings.Builder
	for _, r := range p.Name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
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

// Announce returns the announcement of a parameter with its value in force.
func (p Parameter) Announce(text string, keys map[string]string) Announcement {
	a := Announcement{Name: p.Name, Title: p.Title, Tooltip: p.Tooltip, CollectionType: p.CollectionType, String: text, Map: keys}
	if p.CollectionType == "" {
		a.CollectionType = "string"
	}
	return a
}
