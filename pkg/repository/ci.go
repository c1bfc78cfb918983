package repository

import (
	"path"
	"regexp"
	"strings"
	"sync"
)

// ciFiles returns what CI systems run, by their place in the repository.
func ciFiles() []string {
	return []string{
		".github/workflows/*.yaml", ".github/workflows/*.yml", ".gitea/workflows/*.yaml", ".gitea/workflows/*.yml",
		".forgejo/workflows/*.yaml", ".forgejo/workflows/*.yml", ".gitlab-ci.yml", ".gitlab/ci/*.yml", ".circleci/config.yml",
		"azure-pipelines.yml", "bitbucket-pipelines.yml", ".woodpecker.yml", ".woodpecker.yaml", ".drone.yml",
		".tekton/*.yaml", ".buildkite/*.yml",
	}
}

// isCI reports whether a file is one that a CI system runs, or would run if it
// were at the top.
func isCI(name string) bool {
	for _, pattern := range ciFiles() {
		depth := strings.Count(pattern, "/") + 1
		parts := strings.Split(name, "/")
		if len(parts) < depth {
			continue
		}
		if ok, err := path.Match(pattern, strings.Join(parts[len(parts)-depth:], "/")); ok && err == nil {
			return true
		}
	}
	return false
}

// misplaced reports whether it is not at the top.
func misplaced(name string) bool {
	for _, pattern := range ciFiles() {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return false
		}
	}
	return true
}

// setsImage matches a command that sets an image, but for those of other tools;
// a command may go on in the next line.
var (
	setsImage = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bset\s+image\b`) })
	byOthers  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(kustomize\s+edit|kubectl(\s+-\S+(\s+\S+)?)*)\s+set\s+image\b`)
	})
	comment    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)(^|\s)#.*$`) })
	joinsLines = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\\r?\n\s*`) })
)

// checkCI looks whether a build reaches its environment by itself. That it does
// not is no mistake: another repository's CI, or an image updater, may do it.
func (c *checker) checkCI() Group {
	g := Group{Title: "CI"}
	seen, sets := 0, 0
	var elsewhere []string
	for _, f := range c.files.list {
		if !isCI(f.name) {
			continue
		}
		if misplaced(f.name) {
			elsewhere = append(elsewhere, f.shown)
			continue
		}
		seen++
		text := comment().ReplaceAllString(joinsLines().ReplaceAllString(string(f.src), " "), "")
		if setsImage().MatchString(byOthers().ReplaceAllString(text, "")) {
			sets++
			g.right("%s calls unfold set image", f.shown)
		}
	}
	switch {
	case seen == 0:
		g.note("no CI workflow; one that calls unfold set image deploys what it builds")
	case sets == 0:
		g.note("no CI workflow calls unfold set image, so images change by hand or by an image updater")
	}
	switch len(elsewhere) {
	case 0:
	case 1:
		g.note("%s is not at the top of the repository, the only place where it runs", elsewhere[0])
	default:
		g.note("%s and %d more are not at the top of the repository, the only place where they run", elsewhere[0], len(elsewhere)-1)
	}
	return g
}
