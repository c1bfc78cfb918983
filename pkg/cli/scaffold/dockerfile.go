package scaffold

import (
	"regexp"
	"strings"
)

// stage is what a stage of a Dockerfile says, with what it has from the stage that it begins with.
type stage struct {
	base, user, port, health string
}

// dockerfile reads the port, the user and the health check of the last stage.
func (f *Facts) dockerfile(in files) {
	const file = "Dockerfile"
	content, ok := in.read(file)
	if !ok {
		return
	}
	last := lastStage(string(content))
	f.port(last.port, file)
	f.Probe.first(checkedPath(last.health), file)
	f.User.first(userProblem(last), file)
}

func lastStage(content string) stage {
	stages := map[string]stage{}
	var now stage
	name := ""
	for _, line := range instructions(content) {
		word, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		fields := strings.Fields(rest)
		if len(fields) == 0 {
			continue
		}
		switch strings.ToUpper(word) {
		case "FROM":
			for strings.HasPrefix(fields[0], "--") && len(fields) > 1 {
				fields = fields[1:]
			}
			now = stage{base: fields[0]}
			if from, ok := stages[strings.ToLower(fields[0])]; ok {
				now = from
			}
			name = ""
			if len(fields) > 2 && strings.EqualFold(fields[1], "AS") {
				name = strings.ToLower(fields[2])
			}
		case "USER":
			now.user = fields[0]
		case "EXPOSE":
			port, protocol, _ := strings.Cut(fields[0], "/")
			if now.port == "" && (protocol == "" || strings.EqualFold(protocol, "tcp")) {
				now.port = port
			}
		case "HEALTHCHECK":
			now.health = rest
		}
		if name != "" {
			stages[name] = now
		}
	}
	return now
}

// instructions returns the lines of a Dockerfile without comments, those that go on joined.
func instructions(content string) []string {
	var out []string
	open := ""
	for line := range strings.Lines(content) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		if head, ok := strings.CutSuffix(line, `\`); ok {
			open += head + " "
			continue
		}
		out, open = append(out, open+line), ""
	}
	return append(out, open)
}

// checkedPath returns the path that a health check asks for, "" where it asks for none.
func checkedPath(command string) string {
	const local = `https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])`
	m := regexp.MustCompile(local + `(?::[^/\s"']*)?(/[A-Za-z0-9._~/-]*)`).FindStringSubmatch(command)
	if m == nil {
		return ""
	}
	return m[1]
}

// userProblem says why the kubelet refuses the image of a stage as one that may run as root, "" where it does not, as far as
// the Dockerfile says.
func userProblem(s stage) string {
	user, _, _ := strings.Cut(s.user, ":")
	switch {
	case user == "" && (strings.Contains(s.base, "nonroot") || strings.Contains(s.base, "unprivileged")):
		return ""
	case user == "" && s.base == "scratch":
		return "has no USER, so the image runs as root"
	case user == "":
		return "has no USER, so the image may run as root"
	case user == "root" || strings.Trim(user, "0") == "":
		return "has USER " + user + ", so the image runs as root"
	case strings.Trim(user, "0123456789") != "" && !strings.Contains(user, "$"):
		return "has a name as USER, so the image may run as root"
	}
	return ""
}
