package fields

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// NewNormaliser returns what completes values of app.yaml, at a path.
func NewNormaliser(path ...string) *schema.Normaliser {
	return &schema.Normaliser{Path: path, Words: Words, ListFields: listFields}
}

// listFields returns the hint that names the command which lists the fields at a path.
func listFields(path []string) string {
	for len(path) > 1 && (path[0] == "environments" || path[0] == "workloads") {
		path = path[2:] // they have the fields of the top level
	}
	if len(path) == 0 {
		return "unfold explain lists the fields"
	}
	return "unfold explain " + strings.Join(path, ".") + " lists the fields"
}

func isMapOrNull(v *value.Value) bool { return v.Is(value.Map) || v.Is(value.Null) }

// isMapOfMaps reports whether a value has the form of environments, and not that of variables.
func isMapOfMaps(v *value.Value) bool {
	return len(v.AllEntries()) > 0 && !slices.ContainsFunc(v.AllEntries(), func(e value.Entry) bool { return !isMapOrNull(e.Value) })
}

// Words are what docker-compose, Helm charts' values, Kubernetes, Heroku and the like call what app.yaml has under another
// name. A row holds for the objects that have its field: the first that does wins.
var Words = []schema.Foreign{
	// Environments
	{Words: []string{"dev", "development", "test", "testing", "qa", "uat", "stage", "staging", "preprod", "live", "prod", "production"},
		Field: "environments", Fits: isMapOrNull, Hint: "write it under environments: {NAME: {…}}"},
	{Words: []string{"environment", "envs", "stages", "overlays"}, Field: "environments", Fits: isMapOfMaps,
		Hint: "write environments: {NAME: {…}}"},

	// Variables
	{Words: []string{"environment"}, Field: "environments",
		Hint: "write variables as env: {NAME: VALUE}; environments: {NAME: {…}} holds what differs in dev or prod"},
	{Words: []string{"environment", "extraEnv", "extraEnvs", "extraEnvVars", "envVars", "env_vars", "envs", "environmentVariables",
		"variables", "vars", "configVars", "config_vars"}, Field: "env",
		Hint: "write env: {NAME: VALUE}, and NAME: {secret: SECRET/KEY} for one from a Secret"},
	{Words: []string{"env_file", "envFile", "envFiles"}, Field: "config",
		Hint: "copy its lines to config: {NAME: VALUE}, but seal secrets"},
	{Words: []string{"configMap", "configMaps", "configs", "data"}, Field: "config", Hint: "write config: {NAME: VALUE}"},
	{Words: []string{"valueFrom"}, Field: "secret", Hint: "use secret: NAME/KEY, configMap: NAME/KEY, field: PATH or resource: NAME"},
	{Words: []string{"secretKeyRef"}, Field: "secret", Hint: "use secret: NAME/KEY"},
	{Words: []string{"configMapKeyRef"}, Field: "configMap", Hint: "use configMap: NAME/KEY"},
	{Words: []string{"fieldRef"}, Field: "field", Hint: "use field: PATH"},
	{Words: []string{"resourceFieldRef"}, Field: "resource", Hint: "use resource: NAME"},

	// The container
	{Words: []string{"containers"}, Field: "sidecars",
		Hint: "write image, command, port and env of the app's container here; further ones are sidecars: {NAME: {image: …}}"},
	{Words: []string{"entrypoint", "entryPoint"}, Field: "command",
		Hint: "write command: [PROGRAM, ARGUMENT], in place of the image's ENTRYPOINT; args takes the place of CMD"},
	{Words: []string{"start", "startCommand", "start_command", "run", "cmd"}, Field: "command",
		Hint: "write command: [PROGRAM, ARGUMENT], or nothing for what the image runs"},
	{Words: []string{"build", "dockerfile", "buildpacks", "builder"}, Field: "image",
		Hint: "remove it and write image: REPOSITORY:TAG: CI builds and pushes the image, not unfold"},
	{Words: []string{"working_dir", "workdir", "cwd"}, Field: "container", Hint: "write container: {workingDir: /PATH}"},
	{Words: []string{"working_dir", "workdir", "cwd"}, Field: "workingDir", Hint: "write workingDir: /PATH"},
	{Words: []string{"healthcheck", "healthCheck", "health", "healthcheckPath", "healthCheckPath", "health_check_path"}, Field: "probes",
		Hint: "write probes: /PATH, or probes: {liveness: {exec: {command: [PROGRAM]}}}"},
	{Words: []string{"livenessProbe"}, Field: "probes", Hint: "write probes: {liveness: …}, or probes: /PATH for liveness and readiness"},
	{Words: []string{"readinessProbe"}, Field: "probes", Hint: "write probes: {readiness: …}, or probes: /PATH for liveness and readiness"},
	{Words: []string{"startupProbe"}, Field: "probes", Hint: "write probes: {startup: …}"},
	{Words: []string{"cpu", "memory"}, Field: "resources", Hint: "write resources: {requests: {cpu: …, memory: …}, limits: {memory: …}}"},
	{Words: []string{"cpus", "mem", "ram", "mem_limit", "mem_reservation"}, Field: "resources",
		Hint: "write resources: {requests: {cpu: …, memory: …}, limits: {memory: …}}"},
	{Words: []string{"imagePullPolicy"}, Field: "image", Hint: "use image: {pullPolicy: …}"},
	{Words: []string{"securityContext", "podSecurityContext"}, Field: "pod", Hint: "use security: {pod: …} or security: {container: …}"},
	{Words: []string{"securityContext", "podSecurityContext"}, Field: "security", Hint: "use security"},
	{Words: []string{"user"}, Field: "security", Hint: "write security: {pod: {runAsUser: NUMBER}}"},
	{Words: []string{"privileged", "cap_add", "cap_drop", "read_only"}, Field: "security",
		Hint: "write security: {container: {…}}, with the fields of Kubernetes' securityContext"},
	{Words: []string{"restart", "restartPolicy"}, Field: "replicas",
		Hint: "remove it: Kubernetes restarts a container that ends; a program that has to end is of kind: Job or CronJob, or a hook"},
	{Words: []string{"restart"}, Field: "restartPolicy",
		Hint: "remove it: Kubernetes restarts a container that ends; restartPolicy: Always lets an init container go on"},
	{Words: []string{"stop_grace_period", "terminationGracePeriod"}, Field: "gracePeriod", Hint: "write gracePeriod: SECONDS"},
	{Words: []string{"container_name", "hostname", "fullnameOverride", "nameOverride"}, Field: "workloads",
		Hint: "remove it: the objects have the app's name, or what names gives"},
	{Words: []string{"objectName"}, Field: "names", Hint: "write names: {KIND: NAME}, such as names: {Deployment: …}"},
	{Words: []string{"logging"}, Field: "replicas", Hint: "remove it: the cluster collects what the app prints"},
	{Words: []string{"extra_hosts"}, Field: "pod", Hint: "write pod: {hostAliases: [{ip: …, hostnames: […]}]}"},
	{Words: []string{"depends_on", "dependsOn", "links"}, Field: "initContainers",
		Hint: "remove it: an app has to wait for what it needs; a container of initContainers can wait for it"},

	// The network
	{Words: []string{"containerPort", "container_port"}, Field: "port", Hint: "use port"},
	{Words: []string{"containerPort"}, Field: "ports", Hint: "write ports: {NAME: NUMBER}"},
	{Words: []string{"targetPort"}, Field: "target", Hint: "use target"},
	{Words: []string{"expose"}, Field: "ports", Hint: "write port: NUMBER, or ports: {NAME: NUMBER} for several"},
	{Words: []string{"networks", "network_mode"}, Field: "network",
		Hint: "remove it: all pods of a cluster reach one another; network: {from: […], to: […]} restricts that"},
	{Words: []string{"serviceType"}, Field: "service", Hint: "write service: {type: NodePort}, or LoadBalancer"},
	{Words: []string{"host", "hosts", "domain", "domains", "url"}, Field: "ingress", Hint: "write ingress: HOST"},

	// Pods and other workloads
	{Words: []string{"replicaCount", "instances", "scale", "scaling", "count", "numInstances"}, Field: "replicas",
		Hint: "write replicas: NUMBER, or autoscaling: {min: NUMBER, max: NUMBER}"},
	{Words: []string{"deploy"}, Field: "replicas", Hint: "write replicas and resources here, without deploy"},
	{Words: []string{"minReplicas", "maxReplicas", "hpa"}, Field: "autoscaling", Hint: "write autoscaling: {min: NUMBER, max: NUMBER}"},
	{Words: []string{"pdb", "podDisruptionBudget"}, Field: "disruption", Hint: "use disruption"},
	{Words: []string{"serviceMonitor"}, Field: "metrics", Hint: "use metrics"},
	{Words: []string{"template", "podTemplate"}, Field: "pod", Hint: "write the pod's fields here; those without a field go under pod"},
	{Words: []string{"metadata"}, Field: "labels", Hint: "write name, labels and annotations at this level, without metadata"},
	{Words: []string{"services", "processes", "procfile", "formation", "workers", "worker"}, Field: "workloads",
		Hint: "list each process of the app, the present one too: main: web, and workloads: {web: {port: …}, worker: {command: […]}}; " +
			"another image is another app"},
	{Words: []string{"cronjobs", "cronJobs", "cronjob", "cronJob", "cron", "crons"}, Field: "jobs",
		Hint: `write jobs: {NAME: {schedule: "0 3 * * *", command: […]}}`},
	{Words: []string{"migrations", "migration", "migrate", "release", "releaseCommand"}, Field: "hooks",
		Hint: "write hooks: {migrate: {command: […]}}, which runs before the app changes"},

	// Volumes
	{Words: []string{"storage", "disk", "disks", "persistence", "pvc", "volumeClaimTemplates", "persistentVolumeClaim"}, Field: "volumes",
		Hint: "write volumes: {/PATH: 10Gi}"},
	{Words: []string{"extraVolumes", "extraVolumeMounts", "volumeMounts"}, Field: "volumes",
		Hint: "write volumes: {/PATH: {secret: NAME}}, or {configMap: NAME}, {claim: NAME}, emptyDir"},
	{Words: []string{"tmpfs"}, Field: "volumes", Hint: "write volumes: {/PATH: {emptyDir: {medium: Memory}}}"},
}
