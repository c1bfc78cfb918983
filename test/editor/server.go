// Package editor runs the YAML language server as an editor does.
package editor

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// patience is how long the server may take to answer.
const patience = time.Minute

// Server is a running language server.
type Server struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	write sync.Mutex

	mu      sync.Mutex
	next    int
	waiting map[int]chan json.RawMessage
	// found holds the diagnostics of each document, the newest last.
	found map[string]chan []Diagnostic
}

// Position counts lines and characters from 0.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// Diagnostic is what an editor underlines.
type Diagnostic struct {
	Range   struct{ Start, End Position } `json:"range"`
	Message string                        `json:"message"`
}

// Start runs a server in a folder.
func Start(program, dir string) (*Server, error) {
	s := &Server{cmd: exec.Command(program, "--stdio"), waiting: map[int]chan json.RawMessage{}, found: map[string]chan []Diagnostic{}}
	s.cmd.Dir, s.cmd.Stderr = dir, os.Stderr
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go s.read(bufio.NewReader(out))
	var ignored json.RawMessage
	if err := s.Call("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": "file://" + dir,
		"capabilities": map[string]any{
			"workspace":    map[string]any{"configuration": true},
			"textDocument": map[string]any{"hover": map[string]any{"contentFormat": []string{"markdown"}}},
		},
	}, &ignored); err != nil {
		return nil, err
	}
	if err := s.Notify("initialized", map[string]any{}); err != nil {
		return nil, err
	}
	return s, s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": settings()})
}

// settings ask for all that an editor shows, and keep the server off the network.
func settings() map[string]any {
	return map[string]any{"yaml": map[string]any{
		"validate": true, "hover": true, "completion": true,
		"schemaStore":        map[string]any{"enable": false},
		"kubernetesCRDStore": map[string]any{"enable": false},
	}}
}

// Stop ends the server.
func (s *Server) Stop() error {
	var ignored json.RawMessage
	if err := s.Call("shutdown", nil, &ignored); err != nil {
		return err
	}
	if err := s.Notify("exit", nil); err != nil {
		return err
	}
	return s.cmd.Wait()
}

type message struct {
	Version string           `json:"jsonrpc"`
	ID      *json.RawMessage `json:"id,omitempty"`
	Method  string           `json:"method,omitempty"`
	Params  any              `json:"params,omitempty"`
	Result  any              `json:"result,omitempty"`
}

func (s *Server) send(m message) error {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	_, err = fmt.Fprintf(s.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

// Notify says something that has no answer.
func (s *Server) Notify(method string, params any) error {
	return s.send(message{Method: method, Params: params})
}

// Call asks for something and waits for the answer.
func (s *Server) Call(method string, params, result any) error {
	s.mu.Lock()
	s.next++
	id := s.next
	answer := make(chan json.RawMessage, 1)
	s.waiting[id] = answer
	s.mu.Unlock()
	raw := json.RawMessage(strconv.Itoa(id))
	if err := s.send(message{ID: &raw, Method: method, Params: params}); err != nil {
		return err
	}
	select {
	case body := <-answer:
		return json.Unmarshal(body, result)
	case <-time.After(patience):
		return fmt.Errorf("no answer to %s", method)
	}
}

// Open shows a document to the server and returns what it finds wrong.
func (s *Server) Open(uri, text string) ([]Diagnostic, error) {
	found := s.diagnostics(uri)
	err := s.Notify("textDocument/didOpen", map[string]any{
		"textDocument": map[string]any{"uri": uri, "languageId": "yaml", "version": 1, "text": text},
	})
	if err != nil {
		return nil, err
	}
	select {
	case list := <-found:
		return list, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("no diagnostics of %s", uri)
	}
}

func (s *Server) diagnostics(uri string) chan []Diagnostic {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found[uri] == nil {
		s.found[uri] = make(chan []Diagnostic, 100)
	}
	return s.found[uri]
}

// read handles what the server sends until it ends.
func (s *Server) read(r *bufio.Reader) {
	for {
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			return
		}
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			return
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		s.handle(body)
	}
}

func (s *Server) handle(body []byte) {
	var m struct {
		ID     *json.RawMessage
		Method string
		Params json.RawMessage
		Result json.RawMessage
		Error  json.RawMessage
	}
	if json.Unmarshal(body, &m) != nil {
		return
	}
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var p struct {
			URI         string
			Diagnostics []Diagnostic
		}
		if json.Unmarshal(m.Params, &p) == nil {
			s.diagnostics(p.URI) <- p.Diagnostics
		}
	case m.Method == "workspace/configuration":
		var p struct{ Items []struct{ Section string } }
		if json.Unmarshal(m.Params, &p) != nil {
			return
		}
		answers := make([]any, len(p.Items))
		for i, item := range p.Items {
			answers[i] = settings()[item.Section]
		}
		_ = s.send(message{ID: m.ID, Result: answers})
	case m.Method != "" && m.ID != nil: // a request that needs no more than an answer
		_ = s.send(message{ID: m.ID, Result: []any{}})
	case m.ID != nil:
		id, err := strconv.Atoi(string(*m.ID))
		if err != nil {
			return
		}
		s.mu.Lock()
		answer := s.waiting[id]
		delete(s.waiting, id)
		s.mu.Unlock()
		if answer == nil {
			return
		}
		if m.Result == nil {
			m.Result = m.Error
		}
		if m.Result == nil {
			m.Result = json.RawMessage("null")
		}
		answer <- m.Result
	}
}
