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
			Why: "Some labels and annotations of Argo CD affect more than their object: they assign it to another Application, change " +
				"Argo CD's own settings, or make a sync delete a Namespace or a CustomResourceDefinition with everything in it.",
			Cure: "Remove it."},
		{Name: "blocking-budget", Severity: Warning, find: blockingBudget,
			Why:  "A disruption budget that never allows an eviction blocks every drain of a node, and so its upgrade.",
			Cure: "Run more replicas, or allow one pod to be unavailable."},
		{Name: "double-control", Severity: Error, find: doubleControl,
			Why:  "Two autoscalers change the same number of pods, and Kubernetes evicts no pod that has two budgets.",
			Cure: "Keep one of them."},
		{Name: "empty-value", Severity: Warning, source: true, find: emptyValues,
			Why: "A key without a value is null, which removes what the layers below have. If all lines under `config:` are comments, " +
				"the environment has no ConfigMap.",
			Cure: "Write `null` if that is meant. If not, remove the line, or write `{}`."},
		{Name: "environment-name", Severity: Warning, find: environmentName,
			Why: "Without a platform file that lists environments, only `dev`, `staging` and `prod` have defaults, and only `prod` has " +
				"the " +
				"rules for what matters. An environment with another name for one of them, such as `production`, has neither, and " +
				"one with a misspelt name, such as `prodd`, is deployed beside the one that was meant. A name with a number or a part " +
				"of its own, such as `dev2` or `prod-eu`, is no finding.",
			Cure: "Call it by that name if nothing runs in it yet, or list it in a platform file."},
		{Name: "foreign-subject", Severity: Warning, find: foreignSubjects,
			Why: "The binding gives the rights to a service account of another namespace, or to a user or group of the cluster itself, " +
				"such as system:authenticated.", Cure: "Bind a service account of the app."},
		{Name: "hidden-list", Severity: Warning, source: true, find: hiddenLists,
			Why: "A list replaces the list of the layer below, so the `manifests`, `components` or `patches` of the top level are " +
				"missing " +
				"in this environment.", Cure: "Give the entries names: maps merge."},
		{Name: "host-access", Severity: Warning, find: hostAccess,
			Why: "A pod with the node's files, network or processes can take over the node. So can a pod that claims a PersistentVolume " +
				"of the node's files.", Cure: "Use a volume, a Service or a claim with a StorageClass instead."},
		{Name: "host-port", Severity: Warning, find: hostPorts,
			Why: "A port of the node bypasses network policies, and only one pod on a node can use it.", Cure: "Use a Service."},
		{Name: "host-twice", Severity: Error, find: hostTwice,
			Why:  "If two routes have the same host and path, a controller uses one of them or refuses both.",
			Cure: "Give one of them another host or path."},
		{Name: "huge-cpu", Severity: Warning, find: hugeCPU,
			Why: "One container that asks for 100 cores or more fits on hardly any node, so its pod never starts: `cpu: 500` is 500 " +
				"cores, " +
				"`500m` half a core.", Cure: "Write `500m`, or accept it for a container that has such a node."},
		{Name: "image-name", Severity: Warning, source: true, find: imageName,
			Why: "An environment has the image repository of the top level, or of an environment before it, but for one or two slips " +
				"in one word, as in `ghcr.io/team/shpo`; or that of a job, say, is nearly the app's: there may be no such image, or " +
				"that of somebody else. Another repository, as of a mirror, is no finding.",
			Cure: "Fix the name, or accept it if it is right."},
		{Name: "image-not-pinned", Severity: Warning, In: prod, find: imageNotPinned,
			Why:  "An image without a tag, or with `latest`, can be a different one after the next restart, and you can't go back.",
			Cure: "Use a tag that nobody moves, or a digest."},
		{Name: "invalid-image", Severity: Error, find: invalidImage,
			Why: "No node can pull an image if its reference is invalid.", Cure: "Write REPOSITORY[:TAG][@DIGEST]."},
		{Name: InvalidObject, Severity: Error, source: true, find: invalidObjects,
			Why:  "The API server refuses the object, so the sync fails.",
			Cure: "Write what Kubernetes allows. If another program fills in a value before the sync, accept the finding."},
		{Name: "missing-key", Severity: Error, find: missingKeys,
			Why:  "A pod can't start if it refers to a key that the app's ConfigMap or Secret does not have.",
			Cure: "Refer to a key that exists, or set `optional: true`."},
		{Name: "missing-port", Severity: Error, find: missingPorts,
			Why:  "A probe, Service, Ingress or route to a port that does not exist reaches nothing.",
			Cure: "Refer to a port that exists."},
		{Name: "missing-target", Severity: Error, find: missingTargets,
			Why: "An autoscaler for a workload that does not exist does nothing.", Cure: "Refer to a workload of the app."},
		{Name: "missing-volume", Severity: Error, find: missingVolumes,
			Why: "Kubernetes refuses a mount of a volume that does not exist.", Cure: "Add the volume."},
		{Name: "never-scheduled", Severity: Warning, find: neverScheduled,
			Why:  "A CronJob for the 31st of a month of 30 days, or for 30 February, never runs.",
			Cure: "Name another day. If it is to run by hand only, write `suspend: true`, or accept the finding."},
		{Name: "no-probes", Severity: Warning, In: prod, find: noProbes,
			Why:  "Without probes, a pod gets traffic before it can answer, and is not restarted when it hangs.",
			Cure: "Add `probes: /PATH`."},
		{Name: "no-resources", Severity: Warning, In: prod, find: noResources,
			Why:  "Without a request, the scheduler overloads nodes. Without a memory limit, one pod can take the memory of others.",
			Cure: "Add `resources` with `requests` and `limits.memory`."},
		{Name: "node-port", Severity: Error, find: nodePorts,
			Why:  "The API server refuses a node port outside the cluster's range, which is 30000 to 32767 by default.",
			Cure: "Remove it, and the cluster chooses one."},
		{Name: "not-expanded", Severity: Warning, find: notExpanded,
			Why:  "Kubernetes fills in `$(NAME)` only in `env`, `command` and `args`, never in a ConfigMap.",
			Cure: "Set the value by `env`."},
		{Name: "open-load-balancer", Severity: Warning, find: openLoadBalancer,
			Why:  "A load balancer without source ranges is open to the whole internet.",
			Cure: "Set `loadBalancerSourceRanges`, or use an Ingress."},
		{Name: "patch-matches-nothing", Severity: Error, source: true, find: patchMatchesNothing,
			Why:  "kustomize ignores a patch whose target matches no object, without a message.",
			Cure: "Use a target that `unfold render` prints."},
		{Name: "path-pattern", Severity: Error, find: pathTypes,
			Why:  "A path of type Prefix or Exact is compared as plain text, so a regular expression in it matches nothing.",
			Cure: "Write the beginning of the path, or `pathType: ImplementationSpecific`."},
		{Name: "plain-credential", Severity: Error, In: prod, Else: Warning, find: plainCredentials,
			Why:  "Everyone who can read the repository or the pod can read the password, token or private key, and git keeps it for ever.",
			Cure: "[Seal it](secrets.md), or fetch it from an external store."},
		{Name: PlainSecret, Severity: Error, In: prod, Else: Warning, find: plainSecret,
			Why:  "Everyone who can read the repository can read the Secret, and git keeps it for ever.",
			Cure: "[Seal it](secrets.md), or fetch it from an external store."},
		{Name: "pod-security-lowered", Severity: Error, strict: true, find: loweredPodSecurity,
			Why: "The operator sets a Pod Security level for the namespaces of apps in `applications.namespaceLabels`, and the app's " +
				"Namespace has a lower one.", Cure: "Give the Namespace the operator's labels."},
		{Name: "pod-security-missing", Severity: Warning, find: missingPodSecurity,
			Why: "The operator sets a Pod Security level for the namespaces of apps in `applications.namespaceLabels`, but Argo CD sets " +
				"these labels only on a namespace that it creates itself.", Cure: "Give the Namespace the operator's labels."},
		{Name: "port-collision", Severity: Error, find: containerPorts,
			Why:  "The containers of a pod share one address. If two of them use the same port, the second can't start.",
			Cure: "Give one of them another port."},
		{Name: "privileged", Severity: Warning, find: privileged,
			Why: "A privileged container is root on its node, and a HostProcess container is its administrator. A Namespace with the " +
				"level `privileged` allows both to every pod.", Cure: "Add the one capability that is needed."},
		{Name: "probe-host", Severity: Warning, find: probedHosts,
			Why: "With `host`, a probe or hook makes the node's kubelet connect to another host than the pod, and network policies " +
				"don't apply.",
			Cure: "Remove `host`."},
		{Name: "random-value", Severity: Warning, find: randomValues,
			Why:  "A text that looks random may be a key of a service whose keys have no recognizable format.",
			Cure: "Seal it if it is a secret. If not, accept the finding by its name."},
		{Name: "registry-not-allowed", Severity: Error, strict: true, find: registryNotAllowed,
			Why:  "The operator has a list of registries, and the image comes from another one.",
			Cure: "Copy the image to a registry of the list."},
		{Name: "removed-object", Severity: Error, find: removedObjects,
			Why: "A pod can't start if it refers to an object that a patch removes.", Cure: "Keep the object, or change the pods as well."},
		{Name: "scaled-replicas", Severity: Warning, find: scaledReplicas,
			Why:  "If an object sets `replicas`, each sync undoes what the autoscaler chose.",
			Cure: "Remove `replicas`: the autoscaler sets it."},
		{Name: "selector-differs", Severity: Warning, source: true, find: selectorDiffers,
			Why:  "If the selector is another one in one environment, its objects don't have the labels by which tools know the app.",
			Cure: "Write the selector at the top level. If the running objects differ, accept the finding."},
		{Name: "selector-mismatch", Severity: Error, find: selectorMismatch,
			Why: "Kubernetes refuses a workload whose selector does not match its own pods.", Cure: "Give the pods the selector's labels."},
		{Name: "selector-overlap", Severity: Error, find: selectorOverlap,
			Why: "If two workloads select each other's pods, they count, scale and replace pods that are not theirs. If a Service or a " +
				"disruption budget selects the pods of a Job too, those get requests that they don't answer, and nodes can't be drained.",
			Cure: "Give each a label of its own."},
		{Name: "selects-nothing", Severity: Error, find: selectsNothing,
			Why:  "A Service, disruption budget or monitor that selects no pod does nothing.",
			Cure: "Use labels that `unfold render` prints. If the pods belong to another app, accept the finding."},
		{Name: "similar-name", Severity: Warning, source: true, find: similarNames,
			Why: "An environment adds a job, hook, workload, sidecar, volume, key of `config` or anything else with a name that is that " +
				"of the top level but for one slip, such as `cleanpu` for `cleanup`: it gets both, instead of a different one. Names " +
				"that differ in numbers, plurals or short words, such as `DB_URL` and `DB_URI`, are no finding.",
			Cure: "Fix the name, or accept it if it is right."},
		{Name: "spaced-command", Severity: Warning, find: spacedCommands,
			Why: "The first text of a `command` is the name of a program. `[/shop cleanup]` is one program of that name, and no " +
				"shell takes the text apart.", Cure: "Write `[/shop, cleanup]`, or `[sh, -c, \"…\"]` for a shell's line."},
		{Name: "tiny-amount", Severity: Error, find: tinyAmounts,
			Why:  "Less than one mebibyte of memory or storage means a wrong or missing unit: `10` is ten bytes, `500m` half a byte.",
			Cure: "Write `10Gi` or `500Mi`."},
		{Name: "unconfined", Severity: Warning, find: unconfined,
			Why: "Seccomp, AppArmor, SELinux and the masked parts of /proc protect the node from its containers, and some sysctls " +
				"change the node itself.", Cure: "Keep the runtime's defaults."},
		{Name: "unfilled-template", Severity: Warning, find: unfilledTemplates,
			Why: "Neither unfold nor Kubernetes fills in `{{ … }}` or `${NAME}` in `env` and `config`: the app gets the text as it is " +
				"written.", Cure: "Write the value, or `$(NAME)` in `env`. If the app fills it in itself, accept the finding."},
		{Name: "unknown-reference", Severity: Off, find: unknownReferences,
			Why: "A pod can't start if it refers to a ConfigMap, Secret, claim or ServiceAccount that does not exist, and a route to a " +
				"missing Service reaches nothing. unfold sees only the app's own objects, not the cluster's.",
			Cure: "Add the object to the app, or make sure that the cluster has it."},
		{Name: "unknown-resource", Severity: Error, find: uselessRules,
			Why:  "A role with a resource or verb that Kubernetes does not know grants nothing for it.",
			Cure: "Write the resource as `kubectl api-resources` prints it, with its API group."},
		{Name: "unused-certificate", Severity: Error, find: unusedCertificates,
			Why: "A certificate for a host that the Ingress does not have is never used.", Cure: "Use a host of the Ingress."},
		{Name: "wide-binding", Severity: Warning, find: wideBindings,
			Why:  "cluster-admin, and the roles of the cluster's own components, allow nearly everything.",
			Cure: "Bind a role that allows only what the app needs."},
		{Name: "wide-role", Severity: Warning, find: wideRoles,
			Why: "A role that allows everything, reads the Secrets of all namespaces, impersonates others or grants more than it has " +
				"makes its pods administrators of the cluster.", Cure: "Write the resources and verbs that the app needs."},
		{Name: "yaml-1.1", Severity: Warning, source: true, find: yaml11Scalars,
			Why:  "Without quotes, Kubernetes reads `0777`, `1_000`, `1e3` or `1.10` as a different number than it seems.",
			Cure: "If it is text, put it in quotes."},
	}
}

// fixed returns the table of the rules that no policy can change: without them the
// result would not be what the descriptor says.
func fixed() []Rule {
	rules := []Rule{
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
	b.WriteString("| rule | default severity | why | cure |\n| --- | --- | --- | --- |\n")
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
