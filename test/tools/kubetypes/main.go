// Command kubetypes writes the tables of pkg/kube/types: Kubernetes' own types from
// the published OpenAPI document, their enums from the Go sources, and custom
// resources from the definitions in their modules. The sources are modules at
// pinned versions, listed in sources.txt.
//
//	kubetypes [-check|-crds]
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed sources.txt
var sourcesText string

const target = "pkg/kube/types/types.txt"

func main() {
	check := flag.Bool("check", false, "fail if the tables are not what this program would write")
	crds := flag.Bool("crds", false, "print the paths of the files that define custom resources, and write nothing")
	flag.Parse()
	do := func() error { return run(*check) }
	if *crds {
		do = printCRDs
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "kubetypes:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	t := table{types: map[string]*typ{}}
	dirs := map[string]string{}
	for _, s := range sources() {
		dir, err := s.download()
		if err != nil {
			return err
		}
		dirs[s.module] = dir
		for _, file := range s.files {
			if filepath.Ext(file) == ".yaml" {
				if err := t.addCRD(filepath.Join(dir, file)); err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
			}
		}
	}
	enums := enumReader{api: dirs["k8s.io/api"], machinery: dirs["k8s.io/apimachinery"], packages: map[string]*pkg{}}
	if err := t.addSwagger(filepath.Join(dirs["k8s.io/kubernetes"], "api/openapi-spec/swagger.json"), &enums); err != nil {
		return err
	}
	if err := t.addLimits(); err != nil {
		return err
	}
	for file, text := range map[string][]byte{target: t.write(), resourcesTarget: t.resources} {
		if err := put(file, text, check); err != nil {
			return err
		}
	}
	return nil
}

// put writes a file, or compares it with what it would write.
func put(file string, text []byte, check bool) error {
	if !check {
		return os.WriteFile(file, text, 0o644)
	}
	old, err := os.ReadFile(file)
	if err == nil && !bytes.Equal(old, text) {
		err = fmt.Errorf("%s is out of date: run make kube-types", file)
	}
	return err
}

func printCRDs() error {
	for _, s := range sources() {
		for _, file := range s.files {
			if filepath.Ext(file) != ".yaml" {
				continue
			}
			dir, err := s.download()
			if err != nil {
				return err
			}
			fmt.Println(filepath.Join(dir, file))
		}
	}
	return nil
}

// source is a module and the files that are read from it.
type source struct {
	module, version, sum string
	files                []string
}

func sources() []source {
	var out []source
	for line := range strings.Lines(sourcesText) {
		if fields := strings.Fields(line); len(fields) > 3 && fields[0] != "#" {
			out = append(out, source{fields[0], fields[1], fields[2], fields[3:]})
		}
	}
	return out
}

// download returns the folder of the module.
func (s source) download() (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", s.module+"@"+s.version)
	cmd.Dir = os.TempDir() // outside of any module
	out, err := cmd.Output()
	var m struct{ Dir, Sum, Error string }
	if jsonErr := json.Unmarshal(out, &m); jsonErr != nil {
		return "", fmt.Errorf("go mod download %s: %w", s.module, err)
	}
	switch {
	case m.Error != "":
		return "", fmt.Errorf("%s: %s", s.module, m.Error)
	case m.Sum != s.sum:
		return "", fmt.Errorf("%s %s has the sum %s, not %s", s.module, s.version, m.Sum, s.sum)
	}
	return m.Dir, nil
}
