package harness

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// requestTimeout is the deadline of one request to the repo-server, and the controllers' own default.
const requestTimeout = 60 * time.Second

// Source is an Application's source, in the form it has in a manifest.
type Source struct {
	RepoURL        string  `json:"repoURL"`
	Path           string  `json:"path"`
	TargetRevision string  `json:"targetRevision"`
	Plugin         *Plugin `json:"plugin,omitempty"`
}

// Plugin chooses and configures a plugin.
type Plugin struct {
	Name       string      `json:"name,omitempty"`
	Env        []Variable  `json:"env,omitempty"`
	Parameters []Parameter `json:"parameters,omitempty"`
}

// Variable is an environment variable, which reaches the plugin with the prefix ARGOCD_ENV_.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Parameter is a parameter; one of the three values is set.
type Parameter struct {
	Name   string            `json:"name"`
	String *string           `json:"string,omitempty"`
	Array  []string          `json:"array,omitempty"`
	Map    map[string]string `json:"map,omitempty"`
}

// environ is what the source adds to the plugin's environment.
func (s Source) environ(t testing.TB) []string {
	t.Helper()
	env := []string{
		"ARGOCD_APP_SOURCE_REPO_URL=" + s.RepoURL,
		"ARGOCD_APP_SOURCE_PATH=" + s.Path,
		"ARGOCD_APP_SOURCE_TARGET_REVISION=" + s.TargetRevision,
	}
	if s.Plugin == nil {
		return env
	}
	for _, v := range s.Plugin.Env {
		env = append(env, "ARGOCD_ENV_"+v.Name+"="+v.Value)
	}
	parameters, err := json.Marshal(s.Plugin.Parameters)
	if err != nil {
		t.Fatal(err)
	}
	env = append(env, "ARGOCD_APP_PARAMETERS="+string(parameters))
	for _, p := range s.Plugin.Parameters {
		name := "PARAM_" + shellName(p.Name)
		if p.String != nil {
			env = append(env, name+"="+*p.String)
		}
		for key, value := range p.Map {
			env = append(env, name+"_"+shellName(key)+"="+value)
		}
		for i, value := range p.Array {
			env = append(env, fmt.Sprintf("%s_%d=%s", name, i, value))
		}
	}
	return env
}

// shellName is a parameter's name as part of a variable's.
func shellName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, strings.ToUpper(name))
}

// ManifestRequest is what an application-controller asks of a repo-server.
type ManifestRequest struct {
	AppName        string   `json:"appName"`
	Namespace      string   `json:"namespace"`
	ProjectName    string   `json:"projectName"`
	Source         Source   `json:"applicationSource"`
	Revision       string   `json:"revision"`
	NoCache        bool     `json:"noCache"` // as with a hard refresh
	KubeVersion    string   `json:"kubeVersion"`
	APIVersions    []string `json:"apiVersions"`
	AppLabelKey    string   `json:"appLabelKey"`
	TrackingMethod string   `json:"trackingMethod"`
	// GeneratePaths is the Application's annotation manifest-generate-paths.
	GeneratePaths string `json:"annotationManifestGeneratePaths,omitempty"`
}

// repository is the part of a request that names the credentials, of which a file URL has none.
type repository struct {
	Repo string `json:"repo"`
	Type string `json:"type"`
}

// Announcement is one parameter that a plugin announces to the Argo CD UI.
type Announcement struct {
	Name           string            `json:"name"`
	Title          string            `json:"title,omitempty"`
	Tooltip        string            `json:"tooltip,omitempty"`
	Required       bool              `json:"required,omitempty"`
	ItemType       string            `json:"itemType,omitempty"`
	CollectionType string            `json:"collectionType,omitempty"`
	String         string            `json:"string,omitempty"`
	Array          []string          `json:"array,omitempty"`
	Map            map[string]string `json:"map,omitempty"`
}

// RepoClient calls a repo-server through the program repoclient. It may be used by several goroutines.
type RepoClient struct {
	// Timeout is the deadline of one request.
	Timeout time.Duration

	process *Process

	mu      sync.Mutex
	stdin   io.Writer
	next    int
	waiting map[int]chan<- clientAnswer
}

type clientAnswer struct {
	ID       int             `json:"id"`
	Error    string          `json:"error"`
	Response json.RawMessage `json:"response"`
}

// NewRepoClient starts a client of the repo-server at address.
func NewRepoClient(t testing.TB, address string) *RepoClient {
	t.Helper()
	log := filepath.Join(t.TempDir(), "repoclient.log")
	stderr, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	cmd := exec.Command(Built(t, "argocd/repoclient"), address)
	cmd.Env = []string{"HOME=" + t.TempDir()}
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	// A plain pipe: that of StdoutPipe is closed when the process ends, maybe before the last answer is read.
	stdout, stdoutWriter, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = stdoutWriter
	c := &RepoClient{Timeout: requestTimeout, stdin: stdin, waiting: map[int]chan<- clientAnswer{}}
	c.process = start(t, Program{Name: "repoclient"}, cmd, log)
	stdoutWriter.Close()
	go c.receive(stdout)
	return c
}

// receive hands every answer to the call that waits for it.
func (c *RepoClient) receive(stdout io.ReadCloser) {
	defer stdout.Close()
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var a clientAnswer
		if err := json.Unmarshal(line, &a); err != nil {
			return
		}
		c.mu.Lock()
		waiting := c.waiting[a.ID]
		delete(c.waiting, a.ID)
		c.mu.Unlock()
		waiting <- a
	}
}

// Generate asks for the manifests of an Application. The error is Argo CD's own, as its UI shows it.
func (c *RepoClient) Generate(q ManifestRequest) ([]Object, error) {
	var response struct {
		Manifests  []string `json:"manifests"`
		SourceType string   `json:"sourceType"`
	}
	request := struct {
		Repo repository `json:"repo"`
		ManifestRequest
	}{repository{q.Source.RepoURL, "git"}, q}
	if err := c.call("GenerateManifest", request, &response); err != nil {
		return nil, err
	}
	if response.SourceType != "Plugin" {
		return nil, fmt.Errorf("the manifests came from a source of type %s, not from a plugin", response.SourceType)
	}
	objects := make([]Object, len(response.Manifests))
	for i, manifest := range response.Manifests {
		object, err := parseJSON([]byte(manifest))
		if err != nil {
			return nil, err
		}
		objects[i] = object
	}
	return objects, nil
}

// Announcements asks for the parameters that the plugin announces for an Application.
func (c *RepoClient) Announcements(appName string, source Source) ([]Announcement, error) {
	var response struct {
		Type   string `json:"type"`
		Plugin struct {
			Parameters []Announcement `json:"parametersAnnouncement"`
		} `json:"plugin"`
	}
	request := map[string]any{
		"repo": repository{source.RepoURL, "git"}, "appName": appName, "source": source, "noCache": true,
	}
	if err := c.call("GetAppDetails", request, &response); err != nil {
		return nil, err
	}
	if response.Type != "Plugin" {
		return nil, fmt.Errorf("the application is of type %s, not of a plugin", response.Type)
	}
	return response.Plugin.Parameters, nil
}

// call sends one request and waits for its answer.
func (c *RepoClient) call(method string, request, response any) error {
	answers := make(chan clientAnswer, 1)
	c.mu.Lock()
	c.next++
	id := c.next
	c.waiting[id] = answers
	line, err := json.Marshal(map[string]any{
		"id": id, "method": method, "timeoutSeconds": c.Timeout.Seconds(), "request": request,
	})
	if err == nil {
		_, err = c.stdin.Write(append(line, '\n'))
	}
	c.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case a := <-answers:
		if a.Error != "" {
			return errors.New(a.Error)
		}
		decoder := json.NewDecoder(bytes.NewReader(a.Response))
		return decoder.Decode(response)
	case <-c.process.done:
		return fmt.Errorf("%w: %s", c.process.Exited(), strings.TrimSpace(c.process.Tail()))
	case <-time.After(c.Timeout + 10*time.Second):
		return fmt.Errorf("no answer to %s", method)
	}
}
