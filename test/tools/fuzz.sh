#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time each.
# usage: fuzz.sh FUZZTIME
set -euo pipefail

fuzztime=$1
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# `go test -list` prints the names of a package's targets, then a line "ok PACKAGE".
targets=$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ {names[++n] = $1} /^ok/ {for (i = 1; i <= n; i++) print $2, names[i]; n = 0}')
if [ -z "$targets" ]; then
	echo "no fuzz target found" >&2
	exit 1
fi

fuzz() {
	echo "fuzz $2 ($1)"
	go test -run '^$' -fuzz "^$2\$" -fuzztime "$fuzztime" "$1" 2>&1 </dev/null | tee "$log"
}

# Go before 1.27 can report the end of the fuzzing time itself as a failure (golang/go#75804). It then prints this error
# and no input: such a run says nothing, so it is repeated once.
interrupted() {
	grep -q 'context deadline exceeded' "$log" && ! grep -qiE 'failing input|panic' "$log"
}

while read -r package target; do
	fuzz "$package" "$target" || { interrupted && fuzz "$package" "$target"; }
done <<<"$targets"
