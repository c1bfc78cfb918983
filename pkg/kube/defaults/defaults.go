package defaults

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// constant lists the fields that the API server sets to a fixed value where they
// are missing, by the type that has them: FIELD=VALUE, with VALUE in YAML. The
// source are the functions SetDefaults_… and zz_generated.defaults.go below
// pkg/apis of Kubernetes 1.34.
func constant(typeName string) string {
	switch typeName {
	case "core/v1.Container", "core/v1.EphemeralContainer":
		return "terminationMessagePath=/dev/termination-log terminationMessagePolicy=File"
	case "core/v1.Probe":
		return "timeoutSeconds=1 periodSeconds=10 successThreshold=1 failureThreshold=3"
	case "core/v1.HTTPGetAction":
		return "path=/ scheme=HTTP"
	case "core/v1.GRPCAction":
		return `service=""`
	case "core/v1.ContainerPort", "core/v1.ServicePort", "core/v1.EndpointPort", "networking.k8s.io/v1.NetworkPolicyPort":
		return "protocol=TCP"
	case "discovery.k8s.io/v1.EndpointPort":
		return `name="" protocol=TCP`
	case "core/v1.ObjectFieldSelector":
		return "apiVersion=v1"
	case "core/v1.ResourceFieldSelector": // which is no pointer, and a quantity is never left out
		return `divisor="0"`
	case "core/v1.PodSpec":
		return "dnsPolicy=ClusterFirst restartPolicy=Always securityContext={} terminationGracePeriodSeconds=30 " +
			"schedulerName=default-scheduler"
	case "core/v1.SecretVolumeSource", "core/v1.ConfigMapVolumeSource", "core/v1.DownwardAPIVolumeSource",
		"core/v1.ProjectedVolumeSource":
		return "defaultMode=420"
	case "core/v1.ServiceAccountTokenProjection":
		return "expirationSeconds=3600"
	case "core/v1.HostPathVolumeSource":
		return `type=""`
	case "core/v1.ISCSIVolumeSource", "core/v1.ISCSIPersistentVolumeSource":
		return "iscsiInterface=default"
	case "core/v1.RBDVolumeSource", "core/v1.RBDPersistentVolumeSource":
		return "pool=rbd user=admin keyring=/etc/ceph/keyring"
	case "core/v1.AzureDiskVolumeSource":
		return "cachingMode=ReadWrite fsType=ext4 readOnly=false kind=Shared"
	case "core/v1.ScaleIOVolumeSource", "core/v1.ScaleIOPersistentVolumeSource":
		return "storageMode=ThinProvisioned fsType=xfs"
	case "core/v1.PersistentVolumeSpec":
		return "persistentVolumeReclaimPolicy=Retain volumeMode=Filesystem"
	case "core/v1.PersistentVolumeClaimSpec":
		return "volumeMode=Filesystem"
	case "core/v1.Secret":
		return "type=Opaque"
	case "apps/v1.DeploymentSpec":
		return "replicas=1 revisionHistoryLimit=10 progressDeadlineSeconds=600"
	case "apps/v1.DaemonSetSpec":
		return "revisionHistoryLimit=10"
	case "apps/v1.StatefulSetSpec":
		return "replicas=1 revisionHistoryLimit=10 podManagementPolicy=OrderedReady"
	case "apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy":
		return "whenDeleted=Retain whenScaled=Retain"
	case "apps/v1.ReplicaSetSpec", "core/v1.ReplicationControllerSpec":
		return "replicas=1"
	case "batch/v1.CronJobSpec":
		return "concurrencyPolicy=Allow suspend=false successfulJobsHistoryLimit=3 failedJobsHistoryLimit=1"
	case "batch/v1.PodFailurePolicyOnPodConditionsPattern":
		return "status=True"
	case "autoscaling/v2.HorizontalPodAutoscalerSpec", "autoscaling/v1.HorizontalPodAutoscalerSpec":
		return "minReplicas=1"
	case "rbac.authorization.k8s.io/v1.RoleRef":
		return "apiGroup=rbac.authorization.k8s.io"
	case "storage.k8s.io/v1.StorageClass":
		return "reclaimPolicy=Delete volumeBindingMode=Immediate"
	case "networking.k8s.io/v1.IngressClassParametersReference":
		return "scope=Cluster"
	case "scheduling.k8s.io/v1.PriorityClass":
		return "preemptionPolicy=PreemptLowerPriority"
	}
	return ""
}

// conditional returns what sets the fields of a type whose default depends on
// others, nil where no field has such a default.
func conditional(typeName string) func(*value.Value) {
	switch typeName {
	case "core/v1.Container", "core/v1.EphemeralContainer":
		return func(c *value.Value) { pullPolicy(c, "imagePullPolicy", c.StringAt("image")) }
	case "core/v1.ImageVolumeSource":
		return func(v *value.Value) { pullPolicy(v, "pullPolicy", v.StringAt("reference")) }
	case "core/v1.Volume":
		return volume
	case "core/v1.PodSpec":
		return podSpec
	case "core/v1.Pod":
		return pod
	case "core/v1.ServiceSpec":
		return serviceSpec
	case "core/v1.Secret":
		return secret
	case "core/v1.Namespace":
		return namespace
	case "apps/v1.DeploymentSpec":
		return func(s *value.Value) { rolling(s, "strategy", "maxUnavailable", "25%", "maxSurge", "25%") }
	case "apps/v1.DaemonSetSpec":
		return func(s *value.Value) { rolling(s, "updateStrategy", "maxUnavailable", 1, "maxSurge", 0) }
	case "apps/v1.StatefulSetSpec":
		return statefulSetSpec
	case "batch/v1.Job":
		return job
	case "autoscaling/v2.HorizontalPodAutoscalerSpec":
		return autoscalerSpec
	case "networking.k8s.io/v1.NetworkPolicySpec":
		return networkPolicySpec
	case "rbac.authorization.k8s.io/v1.Subject":
		return subject
	}
	return nil
}

// set puts a value under a key that is missing.
func set(m *value.Value, key string, x any) {
	if !m.Has(key) {
		m.Set(key, scalar(x))
	}
}

func scalar(x any) *value.Value {
	switch x := x.(type) {
	case int:
		return value.NewInt(diag.Pos{}, int64(x))
	case bool:
		return value.NewBool(diag.Pos{}, x)
	case string:
		return value.NewString(diag.Pos{}, x)
	}
	return x.(*value.Value)
}

// inner returns a copy of the map under a key, put in its place; it makes the map
// where there is none.
func inner(m *value.Value, key string) *value.Value {
	out := m.Get(key).Copy()
	if out == nil {
		out = value.NewMap(diag.Pos{})
	}
	m.Set(key, out)
	return out
}

func pullPolicy(c *value.Value, key, ref string) {
	policy := "IfNotPresent"
	if r, problem := image.Parse(ref); problem == "" && (r.Tag == "latest" || r.Tag == "" && r.Digest == "") {
		policy = "Always"
	}
	set(c, key, policy)
}

func volume(v *value.Value) {
	if len(v.Entries) == 1 && v.Has("name") {
		set(v, "emptyDir", value.NewMap(diag.Pos{}))
	}
}

// podSpec completes two names of one field (pkg/apis/core/v1, Convert_core_PodSpec_To_v1_PodSpec).
func podSpec(s *value.Value) {
	if !s.Has("serviceAccountName") && s.Has("serviceAccount") {
		s.Set("serviceAccountName", s.Get("serviceAccount"))
	}
	if name := s.Get("serviceAccountName"); name != nil {
		s.Set("serviceAccount", name)
	}
}

// pod sets what is set for a Pod only, not for the template of one.
func pod(p *value.Value) {
	s := inner(p, "spec")
	set(s, "enableServiceLinks", true)
	for _, key := range []string{"containers", "initContainers"} {
		list := s.Get(key)
		if list == nil {
			continue
		}
		list = list.Copy()
		for i, c := range list.Items {
			list.Items[i] = requests(c)
		}
		s.Set(key, list)
	}
}

func requests(c *value.Value) *value.Value {
	limits := c.Get("resources", "limits")
	if limits.Empty() {
		return c
	}
	c = c.Copy()
	r := inner(inner(c, "resources"), "requests")
	for _, limit := range limits.Entries {
		set(r, limit.Key, limit.Value)
	}
	return c
}

func serviceSpec(s *value.Value) {
	set(s, "sessionAffinity", "None")
	switch s.StringAt("sessionAffinity") {
	case "None":
		s.Delete("sessionAffinityConfig")
	case "ClientIP":
		if s.Get("sessionAffinityConfig", "clientIP", "timeoutSeconds") == nil {
			set(inner(inner(s, "sessionAffinityConfig"), "clientIP"), "timeoutSeconds", 10800)
		}
	}
	set(s, "type", "ClusterIP")
	if ports := s.Get("ports"); ports != nil {
		ports = ports.Copy()
		for i, p := range ports.Items {
			p = p.Copy()
			set(p, "targetPort", p.Get("port"))
			ports.Items[i] = p
		}
		s.Set("ports", ports)
	}
	kind := s.StringAt("type")
	if kind == "NodePort" || kind == "LoadBalancer" || kind == "ClusterIP" && !s.Get("externalIPs").Empty() {
		set(s, "externalTrafficPolicy", "Cluster")
	}
	if kind != "ExternalName" {
		set(s, "internalTrafficPolicy", "Cluster")
	}
	if kind == "LoadBalancer" {
		set(s, "allocateLoadBalancerNodePorts", true)
	}
}

func namespace(n *value.Value) {
	if name := n.StringAt("metadata", "name"); name != "" {
		inner(inner(n, "metadata"), "labels").Set("kubernetes.io/metadata.name", value.NewString(diag.Pos{}, name))
	}
}

// rolling completes the strategy under a key whose type is RollingUpdate.
func rolling(spec *value.Value, key string, pairs ...any) {
	strategy := inner(spec, key)
	set(strategy, "type", "RollingUpdate")
	if strategy.StringAt("type") != "RollingUpdate" {
		return
	}
	update := inner(strategy, "rollingUpdate")
	for i := 0; i < len(pairs); i += 2 {
		set(update, pairs[i].(string), pairs[i+1])
	}
}

func statefulSetSpec(s *value.Value) {
	strategy := inner(s, "updateStrategy")
	if !strategy.Has("type") {
		set(strategy, "type", "RollingUpdate")
		inner(strategy, "rollingUpdate")
	}
	if strategy.StringAt("type") == "RollingUpdate" && strategy.Has("rollingUpdate") {
		set(inner(strategy, "rollingUpdate"), "partition", 0)
	}
	retention := inner(s, "persistentVolumeClaimRetentionPolicy")
	set(retention, "whenDeleted", "Retain")
	set(retention, "whenScaled", "Retain")
	if claims := s.Get("volumeClaimTemplates"); claims != nil { // pkg/apis/apps/v1/conversion.go
		claims = claims.Copy()
		for i, c := range claims.Items {
			c = c.Copy()
			set(c, "apiVersion", "v1")
			set(c, "kind", "PersistentVolumeClaim")
			c.Delete("status")
			claims.Items[i] = c
		}
		s.Set("volumeClaimTemplates", claims)
	}
}

func job(j *value.Value) {
	s := inner(j, "spec")
	if !s.Has("completions") && !s.Has("parallelism") {
		set(s, "completions", 1)
	}
	set(s, "parallelism", 1)
	if s.Has("backoffLimitPerIndex") {
		set(s, "backoffLimit", 1<<31-1)
	}
	set(s, "backoffLimit", 6)
	set(s, "completionMode", "NonIndexed")
	set(s, "suspend", false)
	if s.Has("podFailurePolicy") {
		set(s, "podReplacementPolicy", "Failed")
	}
	set(s, "podReplacementPolicy", "TerminatingOrFailed")
	set(s, "manualSelector", false)
	if labels := s.Get("template", "metadata", "labels"); !labels.Empty() && j.Get("metadata", "labels").Empty() {
		inner(j, "metadata").Set("labels", labels)
	}
}

func autoscalerSpec(s *value.Value) {
	if s.Get("metrics").Empty() {
		s.Set("metrics", value.NewList(diag.Pos{}, value.MapOf(diag.Pos{}, "type", "Resource", "resource", value.MapOf(diag.Pos{},
			"name", "cpu", "target", value.MapOf(diag.Pos{}, "type", "Utilization", "averageUtilization", scalar(80))))))
	}
	if !s.Has("behavior") {
		return
	}
	policy := func(kind string, n int) *value.Value {
		return value.MapOf(diag.Pos{}, "type", kind, "value", scalar(n), "periodSeconds", scalar(15))
	}
	behavior := inner(s, "behavior")
	up, down := inner(behavior, "scaleUp"), inner(behavior, "scaleDown")
	set(up, "stabilizationWindowSeconds", 0)
	set(up, "selectPolicy", "Max")
	set(up, "policies", value.NewList(diag.Pos{}, policy("Pods", 4), policy("Percent", 100)))
	set(down, "selectPolicy", "Max")
	set(down, "policies", value.NewList(diag.Pos{}, policy("Percent", 100)))
}

func networkPolicySpec(s *value.Value) {
	types := value.NewStrings(diag.Pos{}, "Ingress")
	if !s.Get("egress").Empty() {
		types.Items = append(types.Items, value.NewString(diag.Pos{}, "Egress"))
	}
	set(s, "policyTypes", types)
}

func subject(s *value.Value) {
	if kind := s.StringAt("kind"); kind == "User" || kind == "Group" {
		set(s, "apiGroup", "rbac.authorization.k8s.io")
	}
}

// fixed sets a type's constant fields.
func fixed(typeName string, m *value.Value) {
	for field := range strings.FieldsSeq(constant(typeName)) {
		key, text, _ := strings.Cut(field, "=")
		if !m.Has(key) {
			m.Set(key, constantValue(text))
		}
	}
}

// constantValue reads a value of the table of constants.
func constantValue(text string) *value.Value {
	switch n, err := strconv.ParseInt(text, 10, 64); {
	case err == nil:
		return value.NewInt(diag.Pos{}, n)
	case text == "{}":
		return value.NewMap(diag.Pos{})
	case text == "true" || text == "false":
		return value.NewBool(diag.Pos{}, text == "true")
	}
	return value.NewString(diag.Pos{}, strings.Trim(text, `"`))
}
