package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// start is the hint for a file that is no descriptor and no other tool's either.
const start = "a descriptor starts with apiVersion: " + APIVersion

// addVersion is the hint for a file that is most likely a descriptor.
const addVersion = "add apiVersion: " + APIVersion + " and kind: " + Kind

// writeOne is what to do with a file in the place of which a descriptor is wanted.
const writeOne = "rename it, run unfold init, and copy what the app needs to the app.yaml that it writes"

// foreignFile is a row for the files of another tool.
type foreignFile struct {
	// apiVersion is what the version of the file's format begins with, "" for a file without one.
	apiVersion string
	kind       string
	// keys are those of which the file has one.
	keys []string
	hint string
}

// foreignFiles are the files that people name app.yaml, or paste into it; the first that fits wins.
var foreignFiles = []foreignFile{
	{keys: []string{"runtime"}, hint: "this looks like Google App Engine's app.yaml: put unfold's descriptor into a folder of its own, " +
		"or exclude this one from Argo CD's discovery"},
	{keys: []string{"services"}, hint: "this looks like a docker-compose file: " + writeOne +
		"; each service with an image of its own is an app"},
	{apiVersion: "kustomize.config.k8s.io/", hint: "this is a kustomization: rename it to kustomization.yaml, and run unfold init for a " +
		"descriptor"},
	{keys: []string{"resources", "bases", "patchesStrategicMerge"},
		hint: "this looks like a kustomization: rename it to kustomization.yaml, and run unfold init for a descriptor"},
	{apiVersion: "v", keys: []string{"version", "appVersion", "dependencies"},
		hint: "this looks like a Helm chart's Chart.yaml: unfold reads no charts; run unfold init, and copy what the chart's values say"},
	{keys: []string{"replicaCount", "fullnameOverride", "nameOverride"},
		hint: "this looks like a Helm chart's values: " + writeOne},
	{apiVersion: "argoproj.io/", kind: "Application",
		hint: "this is an Argo CD object: unfold argocd writes those; app.yaml describes what the app runs, and unfold init writes one"},
	{apiVersion: "argoproj.io/", kind: "ApplicationSet",
		hint: "this is an Argo CD object: unfold argocd writes those; app.yaml describes what the app runs, and unfold init writes one"},
	{keys: []string{"name", "image"}, hint: addVersion},
}

func (f foreignFile) fits(top *value.Value) bool {
	version, kind := top.StringAt("apiVersion"), top.StringAt("kind")
	if f.apiVersion == "" && version != "" || !strings.HasPrefix(version, f.apiVersion) || f.kind != "" && f.kind != kind {
		return false
	}
	if f.apiVersion == "v" && kind != "" { // a chart has a version and no kind
		return false
	}
	for _, key := range f.keys {
		if top.Has(key) {
			return true
		}
	}
	return len(f.keys) == 0
}

// foreignHint returns what to do with a file that is no descriptor.
func foreignHint(top *value.Value) string {
	for _, f := range foreignFiles {
		if f.fits(top) {
			return f.hint
		}
	}
	kind := top.StringAt("kind")
	if top.StringAt("apiVersion") == "" || kind == "" {
		return start
	}
	if _, runsPods := kinds.Find(kind); runsPods {
		return "this is a Kubernetes " + kind +
			": rename it, run unfold init, and copy image, port, env and probes to the app.yaml that it " +
			"writes; or keep it as it is, named there under manifests"
	}
	return "this is a Kubernetes manifest: rename it, run unfold init, and name it under manifests in the app.yaml that it writes"
}

// pasted returns the first document of a file with several of which none is a descriptor, such as the manifests of an app; nil
// for any other file.
func pasted(file string, src []byte, found diag.List) *value.Value {
	if len(found) != 1 || found[0].Code != value.SeveralDocuments {
		return nil
	}
	docs, _ := value.ReadAll(file, src)
	for _, x := range docs {
		if !x.Is(value.Map) || strings.HasPrefix(x.StringAt("apiVersion"), group+"/") {
			return nil
		}
	}
	return docs[0]
}
