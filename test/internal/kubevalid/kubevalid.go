// Package kubevalid asks Kubernetes' own validation about objects, by the program in
// test/tools/kubevalid.
package kubevalid

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// Variable names the program.
const Variable = "UNFOLD_TEST_KUBEVALID"

// Judge is a running program.
type Judge struct {
	in      io.Writer
	out     *bufio.Reader
	talking sync.Mutex
}

// Start returns a judge that runs until the test ends. It skips the test where Variable
// is not set: `make validate` sets it.
func Start(tb testing.TB) *Judge {
	tb.Helper()
	program := os.Getenv(Variable)
	if program == "" {
		tb.Skipf("%s does not name Kubernetes' validation: run make validate, which builds it", Variable)
	}
	cmd := exec.Command(program)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Error(err)
		}
	})
	return &Judge{in: in, out: bufio.NewReader(out)}
}

// Verdict is what the API server does with an object.
type Verdict struct {
	// Refusals are empty where the API server takes the object, nil where the kind is
	// not Kubernetes' own.
	Refusals []string
	// Stored is the object with the API server's defaults, in JSON.
	Stored json.RawMessage
}

// Refusals returns why the API server would refuse an object in JSON.
func (j *Judge) Refusals(object []byte) ([]string, error) {
	v, err := j.Ask(object)
	return v.Refusals, err
}

// Ask returns what the API server does with an object in JSON.
func (j *Judge) Ask(object []byte) (v Verdict, err error) {
	j.talking.Lock()
	defer j.talking.Unlock()
	if _, err := fmt.Fprintf(j.in, "%s\n", object); err != nil {
		return v, err
	}
	line, err := j.out.ReadBytes('\n')
	if err != nil {
		return v, fmt.Errorf("the validation of Kubernetes ended: %w", err)
	}
	return v, json.Unmarshal(line, &v)
}
