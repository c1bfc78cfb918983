// Command repoclient lets a program that does not link Argo CD call an argocd-repo-server. It reads one JSON
// request per line from stdin and writes one JSON answer per line to stdout, in the order in which they finish.
//
//	repoclient ADDRESS
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
)

// request is one line of the input. Request has the JSON form of the method's own message.
type request struct {
	ID      int             `json:"id"`
	Method  string          `json:"method"`
	Timeout float64         `json:"timeoutSeconds"`
	Request json.RawMessage `json:"request"`
}

// answer is one line of the output: an error's text or the method's own response.
type answer struct {
	ID       int    `json:"id"`
	Error    string `json:"error,omitempty"`
	Response any    `json:"response,omitempty"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: repoclient ADDRESS")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "repoclient:", err)
		os.Exit(1)
	}
}

// serve answers every request of in, each in its own goroutine, until in ends.
func serve(address string, in io.Reader, out io.Writer) error {
	// A deadline per request is set below; the clientset's own would cap it.
	clients := apiclient.NewRepoServerClientset(address, 0, apiclient.TLSConfiguration{DisableTLS: true})
	conn, client, err := clients.NewRepoServerClient()
	if err != nil {
		return err
	}
	defer conn.Close()

	var (
		running sync.WaitGroup
		mu      sync.Mutex
		encoder = json.NewEncoder(out)
	)
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		running.Go(func() {
			a := answer{ID: r.ID}
			if response, err := call(client, r); err != nil {
				a.Error = err.Error()
			} else {
				a.Response = response
			}
			mu.Lock()
			defer mu.Unlock()
			if err := encoder.Encode(a); err != nil {
				fmt.Fprintln(os.Stderr, "repoclient: writing an answer:", err)
				os.Exit(1)
			}
		})
	}
	running.Wait()
	return nil
}

// call sends one request to the repo-server.
func call(client apiclient.RepoServerServiceClient, r request) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.Timeout*float64(time.Second)))
	defer cancel()
	switch r.Method {
	case "GenerateManifest":
		var q apiclient.ManifestRequest
		if err := json.Unmarshal(r.Request, &q); err != nil {
			return nil, err
		}
		return client.GenerateManifest(ctx, &q)
	case "GetAppDetails":
		var q apiclient.RepoServerAppDetailsQuery
		if err := json.Unmarshal(r.Request, &q); err != nil {
			return nil, err
		}
		return client.GetAppDetails(ctx, &q)
	default:
		return nil, fmt.Errorf("unknown method %q", r.Method)
	}
}
