package script_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
)

// kubectl stands in for a cluster with a sealed-secrets controller, by what
// kubeseal's requests get there. Its keys are in the script's folder: "kubectl
// renew" makes another one, "kubectl forget" removes all but the newest.
func kubectl() {
	out, err := controller{filepath.Join(os.Getenv("WORK"), "controller")}.answer(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(out)
}

type controller struct{ dir string }

const service = "/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:http/proxy/v1/"

func (c controller) answer(args []string) ([]byte, error) {
	keys, err := c.keys()
	if err != nil {
		return nil, err
	}
	switch line := strings.Join(args, " "); line {
	case "renew":
		return nil, c.renew(len(keys) + 1)
	case "forget":
		return nil, c.write(1, keys[len(keys)-1], len(keys))
	case "get service sealed-secrets-controller --namespace kube-system --output jsonpath={.spec.ports[0].name}":
		return []byte("http"), nil
	case "get --raw " + service + "cert.pem":
		cert, err := crypto.SignKey(rand.Reader, keys[len(keys)-1], time.Hour, "test")
		if err != nil {
			return nil, err
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), nil
	case "create --raw " + service + "verify --filename -":
		if _, err := open(keys, nil); err != nil {
			return nil, errors.New("Error from server (AlreadyExists): the server reported a conflict")
		}
		return nil, nil
	case "create --raw " + service + "rotate --filename -":
		out, err := open(keys, &keys[len(keys)-1].PublicKey)
		if err != nil {
			return nil, errors.New(`Error from server (InternalError): an error on the server ("unknown") has prevented the request ` +
				`from succeeding`)
		}
		return out, nil
	default:
		return nil, fmt.Errorf("log: noise\nError from server (NotFound): %s", line)
	}
}

// open opens a SealedSecret on standard input, and seals it anew for a key if
// there is one.
func open(keys []*rsa.PrivateKey, anew *rsa.PublicKey) ([]byte, error) {
	var o struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name, Namespace string
			Annotations     map[string]string
		} `json:"metadata"`
		Spec struct {
			EncryptedData map[string]string `json:"encryptedData"`
		} `json:"spec"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&o); err != nil || o.APIVersion != "bitnami.com/v1alpha1" || o.Kind != "SealedSecret" {
		return nil, fmt.Errorf("%v, %s", err, o.Kind)
	}
	label := o.Metadata.Namespace + "/" + o.Metadata.Name
	switch {
	case o.Metadata.Annotations["sealedsecrets.bitnami.com/cluster-wide"] == "true":
		label = ""
	case o.Metadata.Annotations["sealedsecrets.bitnami.com/namespace-wide"] == "true":
		label = o.Metadata.Namespace
	}
	known := map[string]*rsa.PrivateKey{}
	for i, k := range keys {
		known[strconv.Itoa(i)] = k
	}
	for key, text := range o.Spec.EncryptedData {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		plain, err := crypto.HybridDecrypt(rand.Reader, known, b, []byte(label))
		if err != nil {
			return nil, err
		}
		if anew != nil {
			if b, err = crypto.HybridEncrypt(rand.Reader, anew, plain, []byte(label)); err != nil {
				return nil, err
			}
			o.Spec.EncryptedData[key] = base64.StdEncoding.EncodeToString(b)
		}
	}
	return json.Marshal(o)
}

// keys returns the controller's keys, the newest last; the first is made where there
// is none.
func (c controller) keys() ([]*rsa.PrivateKey, error) {
	var out []*rsa.PrivateKey
	for i := 1; ; i++ {
		src, err := os.ReadFile(c.file(i))
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		key, err := x509.ParsePKCS1PrivateKey(src)
		if err != nil {
			return nil, err
		}
		out = append(out, key)
	}
	if len(out) > 0 {
		return out, nil
	}
	if err := c.renew(1); err != nil {
		return nil, err
	}
	return c.keys()
}

func (c controller) renew(i int) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	return c.write(i, key, i)
}

// write writes a key and removes those after it, up to the last.
func (c controller) write(i int, key *rsa.PrivateKey, last int) error {
	for ; last > i; last-- {
		if err := os.Remove(c.file(last)); err != nil {
			return err
		}
	}
	return errors.Join(os.MkdirAll(c.dir, 0o700), os.WriteFile(c.file(i), x509.MarshalPKCS1PrivateKey(key), 0o600))
}

func (c controller) file(i int) string { return filepath.Join(c.dir, strconv.Itoa(i)) }
