package fields

import "github.com/unfold-gitops/unfold/pkg/schema"

// configFields give a workload its configuration.
var configFields = []schema.Field{
	{Name: "config", Scope: Shared, Doc: "Environment variables from a ConfigMap whose name changes with its content, so a change " +
		"rolls the pods.", Type: &schema.Type{Kind: schema.MapKind, What: "a map of texts",
		Keys: schema.KeyRule{What: "an environment variable", Check: &schema.ConfigEnvName}, Elem: &schema.AnyText},
		Example: "config: {FEATURES: \"cart,search\"}\nenvironments:\n  prod: {config: {LOG_LEVEL: WARNING}}"},
	{Name: "files", Scope: Shared, Doc: "Files in the container by their absolute path, from a ConfigMap whose name changes with " +
		"its content.", Type: &schema.Type{Kind: schema.MapKind, What: "a map of files",
		Keys: schema.KeyRule{What: "a file's path", Check: &schema.MountPath}, Elem: fileType},
		Example: "files:\n  /etc/app/app.conf: |\n    [server]\n    threads = 4\n  /usr/local/bin/start.sh:\n    content: |\n" +
			"      #!/bin/sh\n      exec app\n    mode: 0755"},
}

var fileType = &schema.Type{
	Kind: schema.ObjectKind, What: "a file", ShorthandKey: "content", OneOf: [][]string{{"content", "from"}},
	Fields: []schema.Field{
		{Name: "content", Doc: "The file's text.", Type: &schema.AnyText},
		{Name: "from", Doc: "A file in the app's folder that holds the content.", Type: fileName},
		{Name: "mode", Doc: "The file's permissions in octal, such as 0644.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a file mode", Check: &schema.FileMode}},
	},
}
