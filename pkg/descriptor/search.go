package descriptor

import (
	"slices"
	"strings"
	"unicode"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// subject is what fields are about: the words that people look for it by, and the fields.
type subject struct{ words, paths string }

// subjects returns the subjects of fields. Fields that have the word in their name or their documentation need no row.
func subjects() []subject {
	return []subject{
		{"cron cronjob periodic nightly daily timer scheduled", "jobs schedule workloads.NAME.kind kind"},
		{"migration migrate release task batch job script once", "hooks hooks.NAME.phase workloads.NAME.kind kind schedule"},
		{"secret password token credential apikey vault", "secrets externalSecrets env envFrom volumes pullSecrets"},
		{"database db postgres mysql redis mongodb", "externalSecrets secrets env config workloads.NAME.kind volumes"},
		{"volume storage disk pvc persistent persistence mount", "volumes files"},
		{"port expose listen", "port ports service"},
		{"domain host url hostname dns address subdomain http", "ingress route"},
		{"tls ssl https certificate cert letsencrypt", "ingress.tls ingress.issuer ingress"},
		{"healthcheck health liveness readiness startup ready", "probes lifecycle"},
		{"scale scaling instance hpa keda pods", "replicas autoscaling"},
		{"memory cpu ram limit request gpu", "resources"},
		{"variable envvar environmentvariable dotenv", "env config envFrom secrets"},
		{"environment stage staging production dev prod", "environments"},
		{"user root privileged uid capability", "security serviceAccount"},
		{"permission role clusterrole access token", "rbac serviceAccount"},
		{"firewall networkpolicy egress allow", "network"},
		{"rollout canary bluegreen rollingupdate recreate deploy", "strategy replicas"},
		{"monitoring prometheus scrape alert grafana dashboard", "metrics metrics.alerts metrics.dashboard"},
		{"entrypoint cmd run start", "command args"},
		{"registry repository digest docker", "image tag pullSecrets"},
		{"process worker service component", "workloads service components"},
		{"helm chart yaml crd raw object kubernetes", "manifests patches components pod container"},
		{"pdb downtime drain eviction", "disruption replicas"},
		{"node zone region machine", "nodeSelector spread affinity tolerations"},
		{"shutdown stop graceful timeout sigterm prestop", "gracePeriod lifecycle"},
		{"order wave sync argocd", "syncWave syncOptions hooks"},
		{"upload configfile settings configmap", "config files"},
		{"init before wait", "initContainers hooks"},
		{"proxy agent beside", "sidecars"},
		{"ignore suppress accept rule warning", "accept"},
		{"load balancer loadbalancer nodeport", "service ingress"},
	}
}

// maxFound is the most fields that Search returns: what a person reads at once.
const maxFound = 8

// Search returns the fields that are about a word, the best first: those that it is another word for, then those with
// the word in their name, then those with it in their documentation.
func Search(word string) []schema.Explanation {
	word = singular(plainWord(word))
	if len(word) < 2 {
		return nil
	}
	var found []schema.Explanation
	add := func(x schema.Explanation) {
		if !slices.ContainsFunc(found, func(y schema.Explanation) bool { return y.Path == x.Path }) {
			found = append(found, x)
		}
	}
	for _, s := range subjects() {
		if !slices.ContainsFunc(strings.Fields(s.words), func(other string) bool { return singular(other) == word }) {
			continue
		}
		for path := range strings.FieldsSeq(s.paths) {
			if x, diags := Explain(path); len(diags) == 0 {
				add(x)
			}
		}
	}
	all := everyField()
	for _, x := range all {
		if strings.Contains(plainWord(x.Name()), word) {
			add(x)
		}
	}
	for _, x := range all {
		if slices.ContainsFunc(strings.FieldsFunc(x.Doc, isSpace), func(w string) bool { return singular(plainWord(w)) == word }) {
			add(x)
		}
	}
	return found[:min(len(found), maxFound)]
}

func isSpace(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// plainWord returns a word in lower case, without what is between its parts.
func plainWord(word string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(word))
}

// singular returns a word without the end of a plural.
func singular(word string) string {
	const shortest = 4
	if len(word) < shortest || strings.HasSuffix(word, "ss") {
		return word
	}
	return strings.TrimSuffix(word, "s")
}

// everyField returns the fields of all topics and what is below them, each once: not again those that hooks, workloads and
// further containers share with the app, nor Kubernetes' own.
func everyField() []schema.Explanation {
	top := FieldNames()
	var out, below []schema.Explanation
	var walk func(list []schema.Explanation, depth int)
	walk = func(list []schema.Explanation, depth int) {
		for _, x := range list {
			if depth > 0 && slices.Contains(top, x.Name()) {
				continue
			}
			if depth == 0 {
				out = append(out, x)
			} else {
				below = append(below, x)
			}
			if depth < 2 && x.Type() == "" && x.Name() != "environments" && x.Name() != "workloads" {
				walk(x.Fields(), depth+1)
			}
		}
	}
	// Defaults take long to look up, and are not searched.
	x := &schema.Explainer{Type: fields.Document(), DefaultOf: func(string) string { return "" }, Where: whereAllowed}
	for _, t := range fields.Topics() {
		for _, f := range t.Fields {
			walk([]schema.Explanation{x.Field("", f)}, 0)
		}
	}
	return append(out, below...)
}
