package seal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// Controller is the one in a cluster that kubectl reaches.
type Controller struct{ Context, Namespace, Name string }

// Certificate fetches the controller's present one.
func (c Controller) Certificate(ctx context.Context) (*Certificate, error) {
	src, err := c.call(ctx, "cert.pem", nil)
	if err != nil {
		return nil, c.failure(err)
	}
	return Parse(c.String(), src, time.Now())
}

// Verify asks the controller whether it can open sealed values, all of them.
func (c Controller) Verify(ctx context.Context, t Target, values map[string]string) (bool, error) {
	_, err := c.call(ctx, "verify", t.object(values))
	var a *answer
	if errors.As(err, &a) && a.conflict() {
		return false, nil
	}
	return err == nil, c.failure(err)
}

// Rotate has the controller seal values anew, with its newest key. It reports
// false where it can't open all of them.
func (c Controller) Rotate(ctx context.Context, t Target, values map[string]string) (fresh map[string]string, ok bool, err error) {
	src, err := c.call(ctx, "rotate", t.object(values))
	var a *answer
	if errors.As(err, &a) && (a.reason == "InternalError" || a.conflict()) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, c.failure(err)
	}
	var got struct {
		Spec struct {
			EncryptedData map[string]string `json:"encryptedData"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(src, &got); err != nil || len(got.Spec.EncryptedData) != len(values) {
		return nil, false, &Failure{c.String() + " answers with something else than the sealed values", ""}
	}
	return got.Spec.EncryptedData, true, nil
}

// String names the controller.
func (c Controller) String() string { return "the controller " + c.Namespace + "/" + c.Name }

// object is a SealedSecret with all that decides how it is opened.
func (t Target) object(values map[string]string) []byte {
	scope := map[string]string{}
	if t.Scope != Strict {
		scope["sealedsecrets.bitnami.com/"+t.Scope] = "true"
	}
	metadata := map[string]any{"name": t.Name, "namespace": t.Namespace, "annotations": scope}
	src, _ := json.Marshal(map[string]any{ // maps of texts have no way to fail
		"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": metadata,
		"spec": map[string]any{"encryptedData": values, "template": map[string]any{"metadata": metadata}},
	})
	return src
}

// answer is that of a server which refused.
type answer struct{ reason, text string }

func (a *answer) Error() string { return a.text }

// conflict reports whether the answer is 409, by which the controller says that it
// can't open something. kubectl takes 409 to a POST for AlreadyExists.
func (a *answer) conflict() bool { return a.reason == "Conflict" || a.reason == "AlreadyExists" }

// call reaches the controller through its Service, as kubeseal does, with kubectl
// for the way there. A body is posted.
func (c Controller) call(ctx context.Context, what string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	port, err := c.kubectl(ctx, nil, "get", "service", c.Name, "--namespace", c.Namespace, "--output", "jsonpath={.spec.ports[0].name}")
	if err != nil {
		return nil, err
	}
	path := "/api/v1/namespaces/" + c.Namespace + "/services/http:" + c.Name + ":" + string(port) + "/proxy/v1/" + what
	if body == nil {
		return c.kubectl(ctx, nil, "get", "--raw", path)
	}
	for {
		out, err := c.kubectl(ctx, body, "create", "--raw", path, "--filename", "-")
		var a *answer
		if !errors.As(err, &a) || a.reason != "TooManyRequests" { // it answers two in a second unless told otherwise
			return out, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(time.Second):
		}
	}
}

func (c Controller) kubectl(ctx context.Context, in []byte, args ...string) ([]byte, error) {
	if c.Context != "" {
		args = append(args, "--context", c.Context)
	}
	cmd := exec.CommandContext(ctx, "kubectl", args...)
	cmd.WaitDelay = time.Second
	var out, problem bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &problem
	err := cmd.Run()
	switch text := strings.TrimSpace(problem.String()); {
	case err == nil:
		return out.Bytes(), nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	default:
		a := &answer{text: text[strings.LastIndexByte(text, '\n')+1:]} // what it logs comes before
		// The API server's reason is nowhere but in the text.
		if rest, ok := strings.CutPrefix(a.text, "Error from server ("); ok {
			a.reason, _, _ = strings.Cut(rest, ")")
		}
		return nil, a
	}
}

// failure says why the controller was not reached, with the way around it.
func (c Controller) failure(err error) error {
	const offline = "give the certificate with --cert FILE, or have the operator name it in the platform file"
	var a *answer
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound):
		return &Failure{c.String() + " can't be reached: there is no kubectl", "install kubectl; to seal without it, " + offline}
	case errors.Is(err, context.DeadlineExceeded):
		return &Failure{fmt.Sprintf("%s can't be reached: kubectl did not answer within %s", c, patient),
			"look whether kubectl get ns works; to seal without it, " + offline}
	case errors.As(err, &a):
		return &Failure{fmt.Sprintf("%s can't be reached: %s", c, strings.TrimPrefix(a.text, "Error from server ")),
			"name it with --context, --controller-namespace and --controller-name; to seal without it, " + offline}
	}
	return err
}
