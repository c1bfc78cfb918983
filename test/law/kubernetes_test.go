package law_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/test/internal/kubevalid"
)

// TestKubernetesTakes holds that the API server takes all objects of Kubernetes' own
// kinds that random descriptors give.
func TestKubernetesTakes(t *testing.T) {
	judge := kubevalid.Start(t)
	each(t, 1, func(t *testing.T, a app) error {
		all, err := manifests(a.write(t), a.options())
		if err != nil {
			return err
		}
		for env, text := range all {
			objects, err := decode([]byte(text))
			if err != nil {
				return fmt.Errorf("environment %s: %w", env, err)
			}
			for _, o := range objects {
				refusals, err := judge.Refusals(encode(o))
				if err != nil {
					t.Fatal(err)
				}
				if len(refusals) > 0 {
					return fmt.Errorf("%s\n%v/%v in the environment %s: the API server refuses it", strings.Join(refusals, "\n"),
						o["kind"], name(o), env)
				}
			}
		}
		return nil
	})
}

// decode reads the objects of a stream.
func decode(stream []byte) ([]map[string]any, error) {
	var out []map[string]any
	d := yaml.NewDecoder(bytes.NewReader(stream))
	for {
		var o map[string]any
		switch err := d.Decode(&o); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		}
		out = append(out, o)
	}
}

func encode(o map[string]any) []byte {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return text
}

func name(o map[string]any) string {
	metadata, _ := o["metadata"].(map[string]any)
	return fmt.Sprint(metadata["name"])
}
