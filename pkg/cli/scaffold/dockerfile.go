package scaffold

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// dockerfiles are the names of the file that an image is built by, in the order in which they are looked for.
var dockerfiles = []string{"Dockerfile", "Containerfile"}

// stage is what a stage of a Dockerfile says, with what it has from the stage that it begins with.
type stage struct {
	base, user, health string
	exposed            []string          // ports as they are written, with variables filled in
	args, env          map[string]string // variables that have a value
}

// dockerfile reads the port, the user and the health check of the last stage. It returns a note if the port can't be read.
func (f *Facts) dockerfile(in files) (unread string) {
	for _, file := range dockerfiles {
		content, ok := in.read(file)
		if !ok {
			continue
		}
		last := lastStage(string(content))
		port, checked := checkedURL(last.health)
		exposed, unread := last.ports(file)
		if port == "" || len(exposed) > 0 && !slices.Contains(exposed, port) {
			port = strings.Join(exposed[:min(len(exposed), 1)], "")
		}
		f.port(port, file)
		f.Probe.first(checked, file)
		f.User.first(userProblem(last), file)
		return unread
	}
	return ""
}

// ports returns the TCP ports of EXPOSE, and what is wrong with one that is none.
func (s stage) ports(file string) (ports []string, unread string) {
	for _, text := range s.exposed {
		port, protocol, _ := strings.Cut(text, "/")
		_, err := strconv.ParseUint(port, 10, 16)
		switch {
		case protocol != "" && !strings.EqualFold(protocol, "tcp"):
			unread = file + " has EXPOSE " + text + ", which takes no HTTP requests: write the port that does, or remove port"
		case strings.Contains(port, "$"):
			unread = file + " has EXPOSE " + text + " and no value for it: write the port that the app listens on"
		case err != nil:
			unread = file + " has EXPOSE " + text + ", which is no port: write the port that the app listens on"
		default:
			ports = append(ports, port)
		}
	}
	return ports, unread
}

func lastStage(content string) stage {
	stages, global := map[string]stage{}, map[string]string{}
	now := stage{args: global}
	name := ""
	for _, line := range instructions(content) {
		word, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		fields := strings.Fields(now.fill(rest))
		if len(fields) == 0 {
			continue
		}
		switch strings.ToUpper(word) {
		case "FROM":
			fields = strings.Fields(stage{args: global}.fill(rest))
			for strings.HasPrefix(fields[0], "--") && len(fields) > 1 {
				fields = fields[1:]
			}
			now = stage{base: fields[0]}
			if from, ok := stages[strings.ToLower(fields[0])]; ok {
				now = from
			}
			now.args, now.env = orNew(maps.Clone(now.args)), orNew(maps.Clone(now.env))
			name = ""
			if len(fields) > 2 && strings.EqualFold(fields[1], "AS") {
				name = strings.ToLower(fields[2])
			}
		case "ARG":
			for _, name := range fields { // without a value it has that of an ARG before the first FROM
				if text, ok := global[name]; ok && now.env != nil {
					now.args[name] = text
				}
			}
			now.assign(now.args, rest)
		case "ENV":
			if !strings.Contains(fields[0], "=") { // the old form, ENV NAME VALUE
				name, text, _ := strings.Cut(rest, " ")
				rest = name + "=" + strconv.Quote(strings.TrimSpace(text))
			}
			now.assign(now.env, rest)
		case "USER":
			now.user = fields[0]
		case "EXPOSE":
			now.exposed = append(slices.Clone(now.exposed), fields...)
		case "HEALTHCHECK":
			now.health = now.fill(rest)
		}
		if name != "" {
			stages[name] = now
		}
	}
	return now
}

func orNew(vars map[string]string) map[string]string {
	if vars == nil {
		return map[string]string{}
	}
	return vars
}

// assign puts the values of NAME=VALUE, as ARG and ENV have them, into vars.
func (s stage) assign(vars map[string]string, text string) {
	if vars == nil {
		return
	}
	for _, m := range regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)=("[^"]*"|'[^']*'|\S*)`).FindAllStringSubmatch(text, -1) {
		vars[m[1]] = s.fill(strings.Trim(m[2], `"'`))
	}
}

// fill puts values in the place of variables. ENV goes before ARG, as Docker has it.
func (s stage) fill(text string) string {
	return fillVariables(text, func(name string) string {
		if text, ok := s.env[name]; ok {
			return text
		}
		return s.args[name]
	})
}

// fillVariables puts values, or the defaults after :- or -, in the place of $NAME and ${NAME}. A variable without a value stays as it is.
func fillVariables(text string, value func(name string) string) string {
	variable := regexp.MustCompile(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}$]*))?\})`)
	return variable.ReplaceAllStringFunc(text, func(whole string) string {
		m := variable.FindStringSubmatch(whole)
		return cmp.Or(value(m[1]+m[2]), m[3], whole)
	})
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

// checkedURL returns the port and the path that a health check asks for, "" for what it does not say.
func checkedURL(command string) (port, path string) {
	const local = `(https?)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])`
	m := regexp.MustCompile(local + `(?::([^/\s"']*))?(/[A-Za-z0-9._~/-]*)?`).FindStringSubmatch(command)
	if m == nil {
		return "", ""
	}
	if port = m[2]; port == "" && m[1] == "http" {
		port = "80"
	}
	return port, m[3]
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
