// Command dockerlint runs BuildKit's own Dockerfile linter without a daemon or a registry.
//
// Rules are those that the Dockerfile's "# check=" directive asks for, as in a real build. One rule is added:
// BuildKit cannot tell whether COPY finds its sources, since it sees no context; this program can.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run lints each Dockerfile and returns the exit code: 0 clean, 1 findings, 2 the linter could not run.
func run(files []string, stdout, stderr io.Writer) int {
	if len(files) == 0 {
		fmt.Fprintln(stderr, "usage: dockerlint DOCKERFILE...")
		return 2
	}
	code := 0
	for _, file := range files {
		findings, err := lint(context.Background(), file)
		if err != nil {
			fmt.Fprintf(stderr, "dockerlint: %v\n", err)
			return 2
		}
		for _, f := range findings {
			fmt.Fprintf(stdout, "%s:%d: %s: %s\n", file, f.line, f.rule, f.message)
			code = 1
		}
	}
	return code
}

type finding struct {
	line          int
	rule, message string
}

// lint returns the findings in the order of their lines, each once.
func lint(ctx context.Context, file string) ([]finding, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	found, err := buildkitRules(ctx, file, source)
	if err != nil {
		return nil, err
	}
	missing, err := missingSources(filepath.Dir(file), source)
	if err != nil {
		return nil, err
	}
	found = append(found, missing...)
	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.rule, b.rule), cmp.Compare(a.message, b.message))
	})
	return slices.Compact(found), nil
}

func buildkitRules(ctx context.Context, file string, source []byte) ([]finding, error) {
	sources := llb.NewSourceMap(nil, file, "Dockerfile", source)
	sources.Definition = &llb.Definition{} // DockerfileLint reads it unasked
	results, err := dockerfile2llb.DockerfileLint(ctx, source, dockerfile2llb.ConvertOpt{
		SourceMap:    sources,
		MetaResolver: emptyImages{},
	})
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, w := range results.Warnings {
		found = append(found, finding{firstLine(w.Location), w.RuleName, w.Detail})
	}
	// With "error=true" the linter also returns the warnings as one error, which says nothing new.
	if results.Error != nil && len(found) == 0 {
		found = append(found, finding{firstLine(&results.Error.Location), "BuildError", results.Error.Message})
	}
	return found, nil
}

func firstLine(l *pb.Location) int {
	if l == nil || len(l.Ranges) == 0 {
		return 1
	}
	return int(l.Ranges[0].Start.Line)
}

// missingSources finds COPY and ADD sources that the build context would not hold: absent from the folder, or left
// out by .dockerignore. BuildKit's CopyIgnoredFile rule gives up on ignore files with exceptions ("!name").
func missingSources(folder string, source []byte) ([]finding, error) {
	parsed, err := parser.Parse(bytes.NewReader(source))
	if err != nil {
		return nil, nil // BuildKit's own rules have reported it
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return nil, nil
	}
	ignored, err := ignoreFile(folder)
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, stage := range stages {
		for _, command := range stage.Commands {
			for _, src := range contextSources(command) {
				line := command.Location()[0].Start.Line
				if matches, err := filepath.Glob(filepath.Join(folder, src)); err != nil || len(matches) == 0 {
					found = append(found, finding{line, "CopyMissingFile", fmt.Sprintf("%q is not in the build context", src)})
				} else if out, err := ignored.MatchesOrParentMatches(path.Clean(strings.TrimPrefix(src, "/"))); err != nil || out {
					found = append(found, finding{line, "CopyIgnoredFile", fmt.Sprintf("%q is excluded by .dockerignore", src)})
				}
			}
		}
	}
	return found, nil
}

// contextSources returns the paths that a command takes from the build context. Paths with variables are left to the build.
func contextSources(command instructions.Command) []string {
	var sources []string
	switch c := command.(type) {
	case *instructions.CopyCommand:
		if c.From == "" {
			sources = c.SourcePaths
		}
	case *instructions.AddCommand:
		sources = c.SourcePaths
	}
	return slices.DeleteFunc(slices.Clone(sources), func(s string) bool {
		return strings.Contains(s, "$") || strings.Contains(s, "://")
	})
}

func ignoreFile(folder string) (*patternmatcher.PatternMatcher, error) {
	f, err := os.Open(filepath.Join(folder, ".dockerignore"))
	if errors.Is(err, fs.ErrNotExist) {
		return patternmatcher.New(nil)
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	patterns, err := ignorefile.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return patternmatcher.New(patterns)
}

// emptyImages answers for every base image with an empty configuration, so that linting needs no registry.
type emptyImages struct{}

func (emptyImages) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	image := ocispecs.Image{Platform: platforms.DefaultSpec()}
	if opt.ImageOpt != nil && opt.ImageOpt.Platform != nil {
		image.Platform = *opt.ImageOpt.Platform
	}
	config, err := json.Marshal(image)
	return ref, "", config, err
}
