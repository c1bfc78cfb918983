package lint

// environmentName finds an environment whose name is most likely meant for one that has
// defaults and rules.
func environmentName(in *Input, r *reporter) {
	if in.Meant == "" {
		return
	}
	what := "defaults"
	if in.Meant == prod {
		what = "defaults and rules"
	}
	r.named(in.Env, nil).reportAt(in.EnvPos, "name it "+in.Meant+
		" if nothing runs in it yet; or list it, with its defaults and policy, in a "+
		"platform file", "the environment %q does not have the built-in %s of %s", in.Env, what, in.Meant)
}
