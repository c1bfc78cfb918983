{{- define "app.fullname" -}}
{{- if .workload }}{{ printf "%s-%s" .root.Release.Name .workload | trunc 63 | trimSuffix "-" }}{{ else }}{{ .root.Release.Name }}{{ end }}
{{- end }}

{{- define "app.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Release.Name }}
{{- with .workload }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "app.labels" -}}
{{ include "app.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}
