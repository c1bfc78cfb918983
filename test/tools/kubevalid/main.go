// Command kubevalid is Kubernetes' own validation as a program: it reads objects from standard input, one as JSON on each
// line, and for each prints a line of JSON. There, refusals lists why the API server would refuse the object: it is empty
// for an object that the API server takes, and null for a kind that is not Kubernetes' own. stored is the object with
// the defaults of the API server.
//
// What runs pods is held to the validation of a pod as well: the API server takes a StatefulSet whose pods it then refuses.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/kubernetes/pkg/capabilities"
	_ "k8s.io/kubernetes/pkg/features" // registers the feature gates
)

func main() {
	capabilities.Setup(true, 0) // privileged pods are a matter of admission
	// Without it the API server takes a volume of an image, and forgets it.
	if err := utilfeature.DefaultMutableFeatureGate.Set("ImageVolume=true"); err != nil {
		panic(err)
	}
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "kubevalid:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	encoder := json.NewEncoder(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if err := encoder.Encode(judge(line)); err != nil {
			return err
		}
	}
}
