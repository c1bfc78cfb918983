package harness

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// API calls a Kubernetes API server as its administrator. It may be used by several goroutines.
type API struct {
	address, token string
	client         *http.Client

	mu        sync.Mutex
	resources map[string]map[string]resource // by group and version, then by kind
}

// resource is what discovery says of a kind.
type resource struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Namespaced bool   `json:"namespaced"`
}

// StatusError is an answer that is not a success.
type StatusError struct {
	Code    int
	Message string
}

func (e *StatusError) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

// IsNotFound tells whether an error says that an object does not exist.
func IsNotFound(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Code == http.StatusNotFound
}

func newAPI(address, token string) *API {
	return &API{
		address: address, token: token,
		client: &http.Client{
			Timeout: 30 * time.Second,
			// The server makes its certificate when it starts.
			Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 8},
		},
		resources: map[string]map[string]resource{},
	}
}

// call sends a request and decodes its answer.
func (a *API) call(method, path string, query url.Values, contentType string, body, into any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, a.address+path+"?"+query.Encode(), content)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+a.token)
	request.Header.Set("Accept", "application/json")
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		var status struct{ Message string }
		if json.Unmarshal(answer, &status) != nil || status.Message == "" {
			status.Message = string(answer)
		}
		return &StatusError{response.StatusCode, status.Message}
	}
	if into == nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(answer))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// ready succeeds when the API server serves.
func (a *API) ready() error {
	return a.call(http.MethodGet, "/readyz", nil, "", nil, nil)
}

// path is where an object, or with an empty name all objects of a kind, is found.
func (a *API) path(apiVersion, kind, namespace, name string) (string, error) {
	prefix := "/apis/" + apiVersion
	if !strings.Contains(apiVersion, "/") {
		prefix = "/api/" + apiVersion
	}
	found, err := a.resource(prefix, kind)
	if err != nil {
		return "", err
	}
	path := prefix
	if found.Namespaced && namespace != "" {
		path += "/namespaces/" + namespace
	}
	path += "/" + found.Name
	if name != "" {
		path += "/" + name
	}
	return path, nil
}

// resource looks a kind up, again if it was not there before: its definition may have been added since.
func (a *API) resource(prefix, kind string) (resource, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, ok := a.resources[prefix][kind]; ok {
		return r, nil
	}
	var list struct{ Resources []resource }
	if err := a.call(http.MethodGet, prefix, nil, "", nil, &list); err != nil {
		return resource{}, err
	}
	kinds := map[string]resource{}
	for _, r := range list.Resources {
		if !strings.Contains(r.Name, "/") {
			kinds[r.Kind] = r
		}
	}
	a.resources[prefix] = kinds
	if r, ok := kinds[kind]; ok {
		return r, nil
	}
	return resource{}, &StatusError{http.StatusNotFound, "the API server has no " + prefix + " " + kind}
}

// Get reads an object.
func (a *API) Get(apiVersion, kind, namespace, name string) (Object, error) {
	path, err := a.path(apiVersion, kind, namespace, name)
	if err != nil {
		return nil, err
	}
	var o Object
	return o, a.call(http.MethodGet, path, nil, "", nil, &o)
}

// Live reads the object that has the identity of another.
func (a *API) Live(o Object) (Object, error) {
	return a.Get(o.Text("apiVersion"), o.Text("kind"), o.Text("metadata", "namespace"), o.Text("metadata", "name"))
}

// List reads all objects of a kind, of one namespace or with "" of all.
func (a *API) List(apiVersion, kind, namespace string) ([]Object, error) {
	path, err := a.path(apiVersion, kind, namespace, "")
	if err != nil {
		return nil, err
	}
	var list struct{ Items []Object }
	err = a.call(http.MethodGet, path, nil, "", nil, &list)
	return list.Items, err
}

// Apply applies an object on the server, which refuses unknown fields. A dry run stores nothing; admission
// runs all the same.
func (a *API) Apply(o Object, dryRun bool) (Object, error) {
	path, err := a.path(o.Text("apiVersion"), o.Text("kind"), o.Text("metadata", "namespace"), o.Text("metadata", "name"))
	if err != nil {
		return nil, err
	}
	query := url.Values{"fieldManager": {"e2e"}, "fieldValidation": {"Strict"}, "force": {"true"}}
	if dryRun {
		query.Set("dryRun", "All")
	}
	var applied Object
	err = a.call(http.MethodPatch, path, query, "application/apply-patch+yaml", o, &applied)
	return applied, err
}

// Create creates an object in a namespace, unless its kind has none. The server refuses unknown fields. A dry run
// stores nothing; admission runs all the same.
func (a *API) Create(o Object, namespace string, dryRun bool) error {
	path, err := a.path(o.Text("apiVersion"), o.Text("kind"), namespace, "")
	if err != nil {
		return err
	}
	query := url.Values{"fieldManager": {"e2e"}, "fieldValidation": {"Strict"}}
	if dryRun {
		query.Set("dryRun", "All")
	}
	return a.call(http.MethodPost, path, query, "application/json", o, nil)
}

// Patch merges fields into an object.
func (a *API) Patch(apiVersion, kind, namespace, name string, fields Object) error {
	path, err := a.path(apiVersion, kind, namespace, name)
	if err != nil {
		return err
	}
	return a.call(http.MethodPatch, path, url.Values{"fieldValidation": {"Strict"}}, "application/merge-patch+json", fields, nil)
}

// PatchStatus merges fields into an object's status, as the controller of its kind does.
func (a *API) PatchStatus(apiVersion, kind, namespace, name string, status Object) error {
	path, err := a.path(apiVersion, kind, namespace, name)
	if err != nil {
		return err
	}
	body := Object{"status": map[string]any(status)}
	return a.call(http.MethodPatch, path+"/status", url.Values{"fieldValidation": {"Strict"}}, "application/merge-patch+json", body, nil)
}

// Delete deletes an object, and nothing that belongs to it.
func (a *API) Delete(apiVersion, kind, namespace, name string) error {
	path, err := a.path(apiVersion, kind, namespace, name)
	if err != nil {
		return err
	}
	return a.call(http.MethodDelete, path, url.Values{"propagationPolicy": {"Background"}}, "", nil, nil)
}

// Watch hands the states of the objects of a kind to see, from now until stop is called.
func (a *API) Watch(apiVersion, kind, namespace string, see func(Object)) (stop func() error, err error) {
	path, err := a.path(apiVersion, kind, namespace, "")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		for {
			// The server ends a watch when it likes to, for instance soon after the kind was defined.
			if err := a.watch(ctx, path, see); ctx.Err() != nil || !errors.Is(err, io.EOF) {
				ended <- err
				return
			}
		}
	}()
	return func() error {
		running := ctx.Err() == nil
		cancel()
		if err := <-ended; !running || !errors.Is(err, context.Canceled) && !errors.Is(err, io.EOF) {
			return fmt.Errorf("watching %s: %w", path, err)
		}
		return nil
	}, nil
}

func (a *API) watch(ctx context.Context, path string, see func(Object)) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.address+path+"?watch=true", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+a.token)
	// Without the client's own timeout: it ends with the context.
	response, err := (&http.Client{Transport: a.client.Transport}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	decoder := json.NewDecoder(response.Body)
	for {
		var event struct{ Object Object }
		if err := decoder.Decode(&event); err != nil {
			return err
		}
		see(event.Object)
	}
}
