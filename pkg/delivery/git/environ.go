package git

import "strings"

// environ returns the variables for git: those of the caller but for the ones that
// change what git works on or how it reads paths: GIT_DIR, GIT_INDEX_FILE and the like, which
// a git hook has, GIT_OBJECT_DIRECTORY, GIT_GLOB_PATHSPECS and so on. Those stay
// that say who commits, how to reach the remote, which configuration holds, and
// what to trace. Paths are literal, messages in English, and nothing is asked at a
// terminal, where git could wait for ever.
func environ(all []string) []string {
	env := make([]string, 0, len(all)+4)
	asks := false
	for _, kv := range all {
		name, text, _ := strings.Cut(kv, "=")
		if upper := strings.ToUpper(name); strings.HasPrefix(upper, "GIT_") && !passed(upper) {
			continue
		}
		asks = asks || name == "GIT_TERMINAL_PROMPT" && text != ""
		env = append(env, kv)
	}
	env = append(env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_LITERAL_PATHSPECS=1")
	if !asks {
		env = append(env, "GIT_TERMINAL_PROMPT=0")
	}
	return env
}

// passed reports whether git gets a variable of its own that the caller has.
func passed(name string) bool {
	for _, prefix := range []string{
		"GIT_AUTHOR_", "GIT_COMMITTER_", // who
		// the remote
		"GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT", "GIT_ALLOW_PROTOCOL", "GIT_PROTOCOL",
		// The configuration. CI hands over tokens in GIT_CONFIG_COUNT and what belongs to it.
		"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_",
		"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH", // where things are
		"GIT_TRACE", "GIT_CURL_VERBOSE", "GIT_REDACT_COOKIES",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
