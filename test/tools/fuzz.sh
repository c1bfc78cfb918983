#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time each, as many at once as there are cores.
# usage: fuzz.sh FUZZTIME
set -euo pipefail

export FUZZTIME=$1
WORK=$(mktemp -d)
export WORK
trap 'rm -rf "$WORK"' EXIT
cache=$(go env GOCACHE)/fuzz # where go test -fuzz keeps what it found interesting
export cache

# One test binary for each package that has targets. `go test` would link it anew for each target.
targets=$WORK/targets
: >"$targets"
while read -r package dir; do
	names=$(cd "$dir" && sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' ./*_test.go 2>/dev/null) || continue
	[ -n "$names" ] || continue
	binary=$WORK/$(tr / - <<<"$package").test
	go test -c -fuzz . -o "$binary" "$package"
	for name in $names; do
		echo "$package $dir $binary $name" >>"$targets"
	done
done < <(go list -f '{{.ImportPath}} {{.Dir}}' ./...)
if [ ! -s "$targets" ]; then
	echo "no fuzz target found" >&2
	exit 1
fi

# fuzz PACKAGE DIR BINARY TARGET prints what a target did when it is done. What fails leaves its input in DIR/testdata/fuzz.
fuzz() {
	local log=$WORK/$4.${1//\//-} status=0
	for _ in 1 2; do
		status=0
		(cd "$2" && "$3" -test.run '^$' -test.fuzz "^$4\$" -test.fuzztime "$FUZZTIME" -test.parallel 1 \
			-test.fuzzcachedir "$cache/$1" -test.timeout 0) >"$log" 2>&1 </dev/null || status=$?
		# Go before 1.27 can report the end of the fuzzing time itself as a failure (golang/go#75804). It then prints
		# this error and no input: such a run shows nothing, so it is repeated once.
		[ "$status" -ne 0 ] && grep -q 'context deadline exceeded' "$log" && ! grep -qiE 'failing input|panic' "$log" || break
	done
	if grep -q 'not built with coverage instrumentation' "$log"; then status=1; fi
	printf 'fuzz %s (%s)\n%s\n' "$4" "$1" "$(cat "$log")"
	if ! grep -q 'execs:' "$log"; then echo "fuzz $4 ($1): the time ended before a new input was tried"; fi
	return "$status"
}
export -f fuzz

xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 bash -c 'fuzz "$@"' fuzz <"$targets"
