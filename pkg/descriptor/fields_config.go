package descriptor

const configProse = "Configuration that comes from ConfigMaps. Where `env` and `config` both have a name, `env` wins. Each of `files` is\n" +
	"mounted by itself, so what the image has beside it stays."

// configFields give a workload its configuration.
var configFields = []field{
	{name: "config", scope: sharedScope, doc: "Environment variables from a ConfigMap whose name changes with its content, so a change rolls the pods.", typ: &schema{kind: mapKind, what: "a map of texts", keys: keyRule{"an environment variable", configEnvName}, elem: anyText},
		example: "config: {FEATURES: \"cart,search\"}\nenvironments:\n  prod: {config: {LOG_LEVEL: WARNING}}"},
	{name: "files", scope: sharedScope, doc: "Files in the container by their absolute path, from a ConfigMap whose name changes with its content.", typ: &schema{kind: mapKind, what: "a map of files", keys: keyRule{"a file's path", mountPath}, elem: fileType},
		example: "files:\n  /etc/app/app.conf: |\n    [server]\n    threads = 4\n  /usr/local/bin/start.sh:\n    content: |\n      #!/bin/sh\n      exec app\n    mode: 0755"},
}

var fileType = &schema{
	kind: objectKind, what: "a file", shortKey: "content", oneOf: [][]string{{"content", "from"}},
	fields: []field{
		{name: "content", doc: "The file's text.", typ: anyText},
		{name: "from", doc: "A file in the app's folder that holds the content.", typ: fileName},
		{name: "mode", doc: "The file's permissions in octal, such as 0644.", typ: &schema{kind: textKind, what: "a file mode", check: fileMode}},
	},
}

// configEnvName is a key of a ConfigMap that an environment variable can have for its name.
var configEnvName = &check{problem: configEnvNameProblem, pattern: `^([-_a-zA-Z]|\.[-_a-zA-Z0-9])` + keyRune + `*$`, maxLength: 253}

func configEnvNameProblem(s string) string {
	if problem := configKey.problem(s); problem != "" {
		return problem
	}
	return envName.problem(s)
}
