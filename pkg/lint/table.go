package lint

import (
	"fmt"
	"slices"
	"strings"
)

// find is what a rule does.
type find func(*Input, *reporter)

// Rule is a row of the table of rules: what the policy knows, and what the
// reference is made of.
type Rule struct {
	Name string
	// Severity is that of its findings where no policy says otherwise, in the
	// environment In, or in all where that is "". Elsewhere it is Else, off where that
	// is "".
	Severity  Level
	In        string
	Else      Level
	Why, Cure string

	// strict findings can be accepted only where the policy says so.
	strict bool
	// fixed rules are those that no policy can change.
	fixed bool
	// source rules look at what the app brings along and not at what comes out.
	source bool
	find   find
}

// prod is the environment whose name says that it matters.
const prod = "prod"

// Rules returns the table of the rules that a policy can change.
func Rules() []Rule {
	return []Rule{
		{Name: "added-capability", Severity: Warning, find: addedCapabilities,
			Why: "A capability beyond Pod Security's baseline, such as SYS_ADMIN or NET_RAW, lets a container out of its confinement or " +
				"read the traffic of others.", Cure: "Remove it."},
		{Name: "argocd-control", Severity: Warning, find: argoCDControl,
			Why: "Some of Argo CD's labels and annotations reach beyond the object: they say whose it is, make it one of Argo CD's " +
				"settings, or have a sync delete a Namespace or a definition with all that is in it.", Cure: "Remove it."},
		{Name: "blocking-budget", Severity: Warning, find: blockingBudget,
			Why:  "A disruption budget that never lets a pod go stops every drain, and so the upgrade of nodes.",
			Cure: "Run more replicas, or let one be unavailable."},
		{Name: "double-control", Severity: Error, find: doubleControl,
			Why:  "Two autoscalers fight over the number of pods, and Kubernetes evicts no pod that has two budgets.",
			Cure: "Keep one of them."},
		{Name: "foreign-subject", Severity: Warning, find: foreignSubjects,
			Why: "A binding for a service account of another namespace, or for a user or group of the cluster's own such as " +
				"system:authenticated, gives others the rights.", Cure: "Name a service account of the app."},
		{Name: "host-access", Severity: Warning, find: hostAccess,
			Why: "A pod with the node's files, network or processes can take the node over, and so can one that claims a " +
				"PersistentVolume of the node's files.", Cure: "Use a volume, a Service or a claim of a StorageClass instead."},
		{Name: "host-port", Severity: Warning, find: hostPorts,
			Why: "A port of the node goes round the rules of the network, and only one pod of a node can have it.", Cure: "Use a Service."},
		{Name: "host-twice", Severity: Error, find: hostTwice,
			Why:  "Of two routes for one host and path, a controller takes one or refuses both.",
			Cure: "Give one of them another host or path."},
		{Name: "image-not-pinned", Severity: Warning, In: prod, find: imageNotPinned,
			Why:  "An image without a tag, or with latest, is another one at the next restart, and there is no way back.",
			Cure: "Name a tag that nobody moves, or a digest."},
		{Name: "invalid-image", Severity: Error, find: invalidImage,
			Why: "No node can pull an image whose reference is not a right one.", Cure: "Write REPOSITORY[:TAG][@DIGEST]."},
		{Name: "missing-key", Severity: Error, find: missingKeys,
			Why:  "A pod that refers to a key which its ConfigMap or Secret, an object of the app, does not have can't start.",
			Cure: "Name a key that it has, or set `optional: true`."},
		{Name: "missing-port", Severity: Error, find: missingPorts,
			Why:  "A probe, Service, Ingress or route that asks for a port that does not exist reaches nothing.",
			Cure: "Name a port that exists."},
		{Name: "missing-target", Severity: Error, find: missingTargets,
			Why: "An autoscaler of a workload that is not there does nothing.", Cure: "Name a workload of the app."},
		{Name: "missing-volume", Severity: Error, find: missingVolumes,
			Why: "Kubernetes refuses a mount of a volume that is not there.", Cure: "Add the volume."},
		{Name: "no-probes", Severity: Warning, In: prod, find: noProbes,
			Why:  "Without probes a pod gets traffic before it can answer, and is not restarted when it hangs.",
			Cure: "Add `probes: /PATH`."},
		{Name: "no-resources", Severity: Warning, In: prod, find: noResources,
			Why:  "Without a request the scheduler packs a node too full; without a memory limit one pod takes what others need.",
			Cure: "Add `resources` with `requests` and `limits.memory`."},
		{Name: "node-port", Severity: Error, find: nodePorts,
			Why: "The API server refuses a port of the nodes that is not of the cluster's range, which is 30000 to 32767 unless its " +
				"operator says otherwise.", Cure: "Leave it out, and the cluster chooses one."},
		{Name: "not-expanded", Severity: Warning, find: notExpanded,
			Why:  "Kubernetes fills in `$(NAME)` only in `env`, `command` and `args`, never in a ConfigMap.",
			Cure: "Set the value by `env`."},
		{Name: "open-load-balancer", Severity: Warning, find: openLoadBalancer,
			Why:  "A load balancer without source ranges is open to the whole internet.",
			Cure: "Name `loadBalancerSourceRanges`, or use an Ingress."},
		{Name: "patch-matches-nothing", Severity: Error, source: true, find: patchMatchesNothing,
			Why:  "kustomize says nothing about a patch whose target matches no object.",
			Cure: "Name an object that `unfold render` prints."},
		{Name: "path-pattern", Severity: Error, find: pathTypes,
			Why:  "A path of type Prefix or Exact is taken as it is written, so a pattern in it matches nothing.",
			Cure: "Write the beginning of the path, or `pathType: ImplementationSpecific`."},
		{Name: "plain-credential", Severity: Error, In: prod, Else: Warning, find: plainCredentials,
			Why:  "Who can read the repository can read the password, token or private key, for ever, and so can who sees the pod.",
			Cure: "[Seal it](secrets.md), or fetch it from a store of secrets."},
		{Name: PlainSecret, Severity: Error, In: prod, Else: Warning, find: plainSecret,
			Why:  "Who can read the repository can read the Secret, for ever.",
			Cure: "[Seal it](secrets.md), or fetch it from a store of secrets."},
		{Name: "pod-security-lowered", Severity: Error, strict: true, find: loweredPodSecurity,
			Why: "The operator gives the namespaces of apps a Pod Security level by `applications.namespaceLabels`, and the app's " +
				"Namespace has a lower one.", Cure: "Give the Namespace the operator's labels."},
		{Name: "pod-security-missing", Severity: Warning, find: missingPodSecurity,
			Why: "The operator gives the namespaces of apps a Pod Security level by `applications.namespaceLabels`, but Argo CD sets " +
				"those labels only on a namespace that it makes itself.", Cure: "Give the Namespace the operator's labels."},
		{Name: "port-collision", Severity: Error, find: containerPorts,
			Why:  "The containers of a pod share one address, so the second one that listens on a port can't start.",
			Cure: "Give one of them another port."},
		{Name: "privileged", Severity: Warning, find: privileged,
			Why: "A privileged container is root on its node, and a HostProcess container its administrator; a Namespace with the level " +
				"privileged lets any pod be that.", Cure: "Add the one capability that is needed."},
		{Name: "probe-host", Severity: Warning, find: probedHosts,
			Why:  "A probe or hook with a host has the node's kubelet ask another host than the pod, past the rules of the network.",
			Cure: "Remove `host`."},
		{Name: "random-value", Severity: Warning, find: randomValues,
			Why:  "A text that looks random may be the key of a service that has no form to know it by.",
			Cure: "Seal it if it is a secret, else accept it by its name."},
		{Name: "registry-not-allowed", Severity: Error, strict: true, find: registryNotAllowed,
			Why: "The operator lists the registries that images may come from.", Cure: "Copy the image to one of them."},
		{Name: "removed-object", Severity: Error, find: removedObjects,
			Why: "A pod that refers to an object which a patch removes can't start.", Cure: "Keep the object, or change the pods too."},
		{Name: "selector-mismatch", Severity: Error, find: selectorMismatch,
			Why: "Kubernetes refuses a workload whose selector does not match its own pods.", Cure: "Give the pods the selector's labels."},
		{Name: "selector-overlap", Severity: Error, find: selectorOverlap,
			Why:  "Workloads whose selectors choose one another's pods count, scale and replace pods of the other.",
			Cure: "Give each a label of its own."},
		{Name: "selects-nothing", Severity: Error, find: selectsNothing,
			Why:  "A Service, disruption budget or monitor that selects nothing does nothing.",
			Cure: "Use labels that `unfold render` prints; accept it where the pods are another app's."},
		{Name: "tiny-amount", Severity: Error, find: tinyAmounts,
			Why:  "Less than a mebibyte of memory or storage is a unit that is missing or wrong: `10` is ten bytes, `500m` half a byte.",
			Cure: "Write `10Gi` or `500Mi`."},
		{Name: "unconfined", Severity: Warning, find: unconfined,
			Why: "Seccomp, AppArmor, SELinux and the masks of /proc keep a container from its node, and sysctls beyond Pod Security's " +
				"baseline change the node itself.", Cure: "Leave them at what the runtime does."},
		{Name: "unknown-reference", Severity: Off, find: unknownReferences,
			Why: "A pod that refers to a ConfigMap, Secret, claim or ServiceAccount that does not exist can't start, and a route to a " +
				"Service that does not exist leads nowhere. The app's own objects do not show whether the cluster has it.",
			Cure: "Add it to the app, or make sure that the cluster has it."},
		{Name: "unknown-resource", Severity: Error, find: uselessRules,
			Why:  "A role that names a resource or verb which Kubernetes does not have grants nothing.",
			Cure: "Name it as `kubectl api-resources` does, with its API group."},
		{Name: "unused-certificate", Severity: Error, find: unusedCertificates,
			Why: "A certificate for a host that the Ingress does not have is never shown.", Cure: "Name a host of the Ingress."},
		{Name: "wide-binding", Severity: Warning, find: wideBindings,
			Why:  "Who has cluster-admin, or a role of the cluster's own components, can do nearly everything.",
			Cure: "Bind a role that allows what the app needs."},
		{Name: "wide-role", Severity: Warning, find: wideRoles,
			Why: "A role that allows everything, reads the Secrets of all namespaces, acts as others or gives away more than it has " +
				"makes its pods the cluster's administrators.", Cure: "Name the resources and verbs that are needed."},
		{Name: "yaml-1.1", Severity: Warning, source: true, find: yaml11Scalars,
			Why:  "Kubernetes reads `0777`, `1_000`, `1e3` or `1.10` without quotes as another number than it looks.",
			Cure: "Put it in quotes if it is text."},
	}
}

// fixed returns the table of the rules that no policy can change: without them the
// result would not be what the descriptor says.
func fixed() []Rule {
	rules := []Rule{
		{Name: "invalid-object", source: true, find: invalidObjects},
		{Name: "invalid-object", source: true, find: subjects},
		{Name: "missing-api", find: missingAPIs},
		{Name: "duplicate-object", source: true, find: duplicateObjects},
		{Name: "foreign-namespace", source: true, find: foreignNamespaces},
		{Name: "kustomize-annotation", source: true, find: kustomizeAnnotations},
		{Name: "patch-documents", source: true, find: patchDocuments},
		{Name: "patch-path", source: true, find: patchPaths},
		{Name: "patch-identity", source: true, find: patchIdentities},
		{Name: "items", source: true, find: patchItems},
		{Name: "empty-result", source: true, find: emptyResult},
		{Name: "unknown-rule", source: true, find: unknownRules},
		{Name: "not-acceptable", source: true, find: notAcceptable},
	}
	for i := range rules {
		rules[i].Severity, rules[i].fixed, rules[i].strict = Error, true, true
	}
	return rules
}

// Names returns the names of the rules in order.
func Names() []string {
	var names []string
	for _, r := range Rules() {
		names = append(names, r.Name)
	}
	return names
}

func byName(name string) (Rule, bool) {
	rules := Rules()
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

// Reference returns the table in Markdown, for docs/rules.md.
func Reference() string {
	var b strings.Builder
	b.WriteString("| rule | unless the policy says otherwise | why | cure |\n| --- | --- | --- | --- |\n")
	for _, r := range Rules() {
		level := string(r.Severity)
		if r.In != "" {
			level += " in " + r.In
		}
		if r.Else != "" {
			level += ", " + string(r.Else) + " elsewhere"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.Name, level, r.Why, r.Cure)
	}
	return b.String()
}
