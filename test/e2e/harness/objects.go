package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// trackingAnnotation is what Argo CD itself adds to every object.
const trackingAnnotation = "argocd.argoproj.io/tracking-id"

// Object is a Kubernetes object. Numbers are [json.Number], so that none loses precision.
type Object map[string]any

// ID names an object in messages, and among others of one Application.
func (o Object) ID() string {
	id := fmt.Sprintf("%v %v", o["apiVersion"], o["kind"])
	return id + " " + strings.TrimPrefix(o.Text("metadata", "namespace")+"/"+o.Text("metadata", "name"), "/")
}

// Get is the value at a path of field names, or nil.
func (o Object) Get(path ...string) any {
	var value any = map[string]any(o)
	for _, field := range path {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = fields[field]
	}
	return value
}

// Text is the value at a path as text; nothing is "".
func (o Object) Text(path ...string) string {
	value := o.Get(path...)
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// ParseYAML reads a stream of YAML documents as Argo CD does.
func ParseYAML(stream []byte) ([]Object, error) {
	var objects []Object
	for i, document := range splitDocuments(stream) {
		converted, err := yaml.YAMLToJSONStrict(document)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", i+1, err)
		}
		if bytes.Equal(converted, []byte("null")) {
			continue
		}
		object, err := parseJSON(converted)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", i+1, err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// splitDocuments splits a stream at its lines "---".
func splitDocuments(stream []byte) [][]byte {
	var documents [][]byte
	var current []byte
	for line := range bytes.Lines(stream) {
		if bytes.Equal(bytes.TrimRight(line, " \r\n"), []byte("---")) {
			documents, current = append(documents, current), nil
			continue
		}
		current = append(current, line...)
	}
	return append(documents, current)
}

func parseJSON(text []byte) (Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var object Object
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return object, nil
}

// Untrack takes Argo CD's tracking annotation from an object and returns its value.
func Untrack(o Object) string {
	annotations, _ := o.Get("metadata", "annotations").(map[string]any)
	id, _ := annotations[trackingAnnotation].(string)
	delete(annotations, trackingAnnotation)
	if len(annotations) == 0 {
		if metadata, ok := o["metadata"].(map[string]any); ok {
			delete(metadata, "annotations")
		}
	}
	return id
}

// CompareReturned compares what a repo-server returned for an application with what the plugin printed: the
// same objects with the same content in the same order, each with Argo CD's tracking annotation and nothing
// else added. The error names every difference.
func CompareReturned(appName string, returned, printed []Object) error {
	if len(printed) == 0 {
		return errors.New("the plugin printed no objects")
	}
	var differences []string
	for _, object := range returned {
		if id := Untrack(object); !strings.HasPrefix(id, appName+":") {
			differences = append(differences, fmt.Sprintf("%s: the tracking annotation is %q", object.ID(), id))
		}
	}
	differences = append(differences, DiffObjects(returned, printed)...)
	if len(differences) > 0 {
		return errors.New(strings.Join(differences, "\n"))
	}
	return nil
}

func ids(objects []Object) []string {
	list := make([]string, len(objects))
	for i, object := range objects {
		list[i] = object.ID()
	}
	return list
}

// Diff lists where two values differ, with the path of each difference.
func Diff(path string, got, want any) []string {
	gotFields, ok1 := got.(map[string]any)
	wantFields, ok2 := want.(map[string]any)
	if ok1 && ok2 {
		var differences []string
		for _, field := range fieldNames(gotFields, wantFields) {
			g, inGot := gotFields[field]
			w, inWant := wantFields[field]
			at := path + "." + field
			switch {
			case !inGot:
				differences = append(differences, fmt.Sprintf("%s: missing, want %s", at, short(w)))
			case !inWant:
				differences = append(differences, fmt.Sprintf("%s: got %s, want nothing", at, short(g)))
			default:
				differences = append(differences, Diff(at, g, w)...)
			}
		}
		return differences
	}
	gotItems, ok1 := got.([]any)
	wantItems, ok2 := want.([]any)
	if ok1 && ok2 && len(gotItems) == len(wantItems) {
		var differences []string
		for i := range gotItems {
			differences = append(differences, Diff(fmt.Sprintf("%s[%d]", path, i), gotItems[i], wantItems[i])...)
		}
		return differences
	}
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return []string{fmt.Sprintf("%s: got %s, want %s", path, short(got), short(want))}
}

func fieldNames(objects ...map[string]any) []string {
	var names []string
	for _, o := range objects {
		for name := range o {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func short(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	if len(text) > 300 {
		return string(text[:300]) + "…"
	}
	return string(text)
}

// DiffObjects lists where two lists of objects differ.
func DiffObjects(got, want []Object) []string {
	if g, w := ids(got), ids(want); !slices.Equal(g, w) {
		return []string{fmt.Sprintf("got %s, want %s", strings.Join(g, ", "), strings.Join(w, ", "))}
	}
	var differences []string
	for i := range got {
		differences = append(differences, Diff(got[i].ID(), map[string]any(got[i]), map[string]any(want[i]))...)
	}
	return differences
}

// Missing lists what of want is not in got, which may hold more fields.
func Missing(path string, got, want any) []string {
	switch want := want.(type) {
	case map[string]any:
		fields, ok := got.(map[string]any)
		if !ok {
			break
		}
		var missing []string
		for _, name := range fieldNames(want) {
			missing = append(missing, Missing(path+"."+name, fields[name], want[name])...)
		}
		return missing
	case []any:
		items, ok := got.([]any)
		if !ok || len(items) != len(want) {
			break
		}
		var missing []string
		for i := range want {
			missing = append(missing, Missing(fmt.Sprintf("%s[%d]", path, i), items[i], want[i])...)
		}
		return missing
	case string:
		// The server writes 1000m as 1.
		if text, ok := got.(string); ok && (text == want || thousandths(text) == thousandths(want)) {
			return nil
		}
	default:
		if reflect.DeepEqual(got, want) {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: got %s, want %s", path, short(got), short(want))}
}

// thousandths is a quantity of whole units in the notation for thousandths, and any other text as it is.
func thousandths(quantity string) string {
	if _, err := strconv.Atoi(quantity); err == nil {
		return quantity + "000m"
	}
	return quantity
}
