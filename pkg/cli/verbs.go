package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/repository"
)

// verb is what other tools call something, and the command that does it here. ENV stands
// for the environment that is asked for.
type verb struct {
	names   []string
	what    string // what the command does
	command string
}

// otherVerbs returns the verbs of kubectl, helm, kustomize and others.
func otherVerbs() []verb {
	return []verb{
		{[]string{"template", "build", "manifests", "print", "show", "view", "kustomize", "helm", "compile", "synth", "expand"},
			"this prints the manifests", "unfold render --env ENV"},
		{[]string{"get", "describe", "values", "inspect"},
			"this prints each value and the line that sets it; unfold render prints the manifests", "unfold explain --value --env ENV"},
		{[]string{"lint", "validate", "verify", "test", "vet", "audit", "doctor", "status"}, "this looks for mistakes", "unfold check"},
		{[]string{"list", "ls", "apps"}, "this goes through all apps below", "unfold check"},
		{[]string{"apply", "sync", "install", "up", "run", "start"},
			"unfold deploys nothing; this prints the Applications, by which Argo CD deploys what is committed", "unfold argocd"},
		{[]string{"deploy", "release", "upgrade", "bump", "image", "tag", "set-image", "rollout"},
			"unfold deploys nothing; this commits an image, and Argo CD deploys it", "unfold set image --env ENV IMAGE:TAG --push"},
		{[]string{"scale", "autoscale"}, "this sets the number of pods", "unfold set --env ENV replicas=COUNT"},
		{[]string{"edit", "update", "change", "patch", "config", "env", "unset"}, "this sets a field, and KEY- removes one",
			"unfold set --env ENV config.LOG_LEVEL=debug"},
		{[]string{"new", "create", "add", "scaffold"}, "this starts a new app", "unfold init my-app"},
		{[]string{"undo", "revert", "back", "rollout undo"}, "this sets the previous image again", "unfold rollback --env ENV"},
		{[]string{"releases", "revisions", "versions", "rollout history"}, "this lists the images, from git", "unfold history --env ENV"},
		{[]string{"compare", "plan", "preview", "changes"}, "this compares the manifests with those of the last commit", "unfold diff"},
		{[]string{"secret", "encrypt"}, "this seals a secret", "unfold seal --env ENV KEY"},
		{[]string{"decrypt", "unseal"}, "only the cluster can open secrets; this lists them", "unfold secrets list"},
		{[]string{"docs", "doc", "fields", "reference", "man"}, "this describes the fields", "unfold explain"},
		{[]string{"delete", "remove", "rm", "destroy", "uninstall", "down"},
			"commit this, and Argo CD deletes what it deployed", removal},
		{[]string{"restart", "rollout restart"}, "unfold never asks the cluster; kubectl replaces the pods",
			"kubectl rollout restart deployment NAME --namespace NAMESPACE"},
		{[]string{"rollout status"}, "unfold never asks the cluster; kubectl does",
			"kubectl rollout status deployment NAME --namespace NAMESPACE"},
		{[]string{"logs", "log", "exec", "top", "port-forward", "attach"},
			"unfold never asks the cluster; kubectl does", "kubectl get pods"},
	}
}

// removal is the command that removes an app.
const removal = "git rm app.yaml"

// thenGenerate returns what else is to be done where Argo CD's objects are committed.
func thenGenerate(ctx context.Context, root *cobra.Command) string {
	top, _, err := delivery.Origin(ctx, ".")
	if err != nil {
		return ""
	}
	folders, err := repository.Generated(ctx, top)
	if err != nil || len(folders) == 0 {
		return ""
	}
	return ", and in the top folder of the repository " + root.CommandPath() + " argocd --output " + diag.Word(folders[0]) + " again"
}

// otherSecretVerbs returns those for what is below unfold secrets.
func otherSecretVerbs() []verb {
	return []verb{
		{[]string{"ls", "get", "show"}, "this lists the secrets without their values", "unfold secrets list"},
		{[]string{"add", "set", "create", "new", "seal"}, "this seals a secret", "unfold seal --env ENV KEY"},
		{[]string{"delete", "remove", "unset"}, "this removes a secret", "unfold secrets rm --env ENV KEY"},
		{[]string{"validate", "verify", "check"}, "this asks the controller whether it can open them", "unfold seal --env ENV --validate"},
		{[]string{"renew", "reseal", "refresh"}, "this has them sealed with the newest key", "unfold secrets rotate --env ENV"},
	}
}

// unknownVerb returns the error for a verb that there is not, whatever flags it has, or
// nil. Without it the first complaint would be about a flag.
func unknownVerb(ctx context.Context, root *cobra.Command, args []string) error {
	c, rest, err := root.Find(args)
	if err != nil || len(rest) == 0 || strings.HasPrefix(rest[0], "-") {
		return nil
	}
	if c == root && rest[0] == "help" && len(rest) > 1 { // which prints the general help for what it does not know
		return unknownVerb(ctx, root, rest[1:])
	}
	word, verbs := rest[0], otherVerbs
	switch {
	case c.Name() == "secrets":
		verbs = otherSecretVerbs
	case c != root, slices.Contains([]string{"help", "completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}, word):
		return nil // cobra adds these later
	}
	if !isName(word) {
		return usageOf(c, fmt.Errorf("unknown command for %q: %s", c.CommandPath(), argument(slices.Index(args, word))), "", "", nil)
	}
	unknown := fmt.Errorf("unknown command %q for %q", word, c.CommandPath())
	for _, v := range verbs() {
		if slices.Contains(v.names, longest(verbs(), rest)) {
			command := v.with(rest[1:])
			if v.command == removal {
				command += thenGenerate(ctx, root)
			}
			if rest, ok := strings.CutPrefix(command, "unfold "); ok {
				command = root.CommandPath() + " " + rest
			}
			return usagef("%s", diag.WithHint(unknown.Error(), v.what+": "+command))
		}
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return usageOf(c, unknown, "", word, names)
}

// longest returns the first two words if a verb has them, such as "rollout undo", else the first.
func longest(verbs []verb, words []string) string {
	if len(words) > 1 {
		both := words[0] + " " + words[1]
		if slices.ContainsFunc(verbs, func(v verb) bool { return slices.Contains(v.names, both) }) {
			return both
		}
	}
	return words[0]
}

// with returns the command for the environment and the number that the arguments have.
func (v verb) with(args []string) string {
	env, count := "prod", "3"
	for i, arg := range args {
		name, text, joined := strings.Cut(arg, "=")
		if !joined && i+1 < len(args) {
			text = args[i+1]
		}
		switch {
		case slices.Contains([]string{"--env", "-e", "--environment"}, name) && isName(text):
			env = text
		case name == "--replicas" && isCount(text):
			count = text
		case isCount(arg):
			count = arg
		}
	}
	return strings.NewReplacer("--env ENV", "--env "+env, "COUNT", count).Replace(v.command)
}

// isCount reports whether an argument is a small number, which is no secret.
func isCount(text string) bool {
	return text != "" && len(text) <= 3 && strings.Trim(text, "0123456789") == ""
}

// environmentAsFolder refuses environments where a folder is expected: "diff dev prod",
// "render prod". Nil is for arguments that may be right, or wrong in another way.
func environmentAsFolder(c *cobra.Command, args []string) error {
	flags := map[string][]string{"promote": {"from", "to"}}[c.Name()]
	switch {
	case slices.Contains([]string{"render", "diff", "set", "image", "rollback", "history", "explain", "list"}, c.Name()):
		flags = []string{"env"}
	case flags == nil && !slices.Contains([]string{"check", "argocd", "eject"}, c.Name()):
		return nil
	}
	command := c.CommandPath()
	if c.Name() == "explain" && len(args) > 0 { // the field comes first
		if value := c.Flags().Lookup("value"); value.Value.String() != "true" {
			return nil
		}
		command += " --value"
		if _, diags := descriptor.Explain(args[0]); len(diags) == 0 {
			command, args = command+" "+diag.Word(args[0]), args[1:]
		}
	}
	if len(args) == 0 || isThere(args[0]) {
		return nil
	}
	src, err := render.Open(".", nil)
	if err != nil {
		return nil
	}
	defer src.Close()
	if !slices.Contains(src.Environments(), args[0]) {
		return nil
	}
	wrong := fmt.Sprintf("%q is an environment, and no folder", args[0])
	if len(flags) == 0 {
		return usagef("%s", diag.WithHint(wrong, command+" is about all environments: write it without "+args[0]))
	}
	for _, name := range slices.Clone(flags) { // that are there already
		for _, text := range given(c, name) {
			command += " --" + name + " " + text
		}
		if c.Flags().Changed(name) && len(flags) > 1 {
			flags = slices.DeleteFunc(flags, func(x string) bool { return x == name })
		}
	}
	for i, arg := range args {
		if !slices.Contains(src.Environments(), arg) {
			command += " ..."
			break
		}
		command += " --" + flags[min(i, len(flags)-1)] + " " + arg
	}
	return usagef("%s", diag.WithHint(wrong, "write "+command))
}

// given returns the environments that a flag was given.
func given(c *cobra.Command, name string) []string {
	f := c.Flags().Lookup(name)
	if f == nil || !f.Changed {
		return nil
	}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}

func isThere(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
