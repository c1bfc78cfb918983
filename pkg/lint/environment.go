package lint

// environmentName finds an environment whose name is most likely meant for one that has
// defaults and rules.
func environmentName(in *Input, r *reporter) {
	meant := in.Meant.Env
	if meant == "" {
		return
	}
	what := "defaults"
	if meant == prod {
		what = "defaults and rules"
	}
	const list = "list it, with its defaults and policy, in a platform file"
	hint := "name it " + meant + " if nothing runs in it yet; or " + list
	if in.Meant.Beside {
		hint = "did you mean " + meant + ", which the app has too? If not, " + list
	}
	r.named(in.Env, nil).reportAt(in.EnvPos, hint, "the environment %q does not have the built-in %s of %s", in.Env, what, meant)
}
