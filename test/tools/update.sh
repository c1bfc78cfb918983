#!/usr/bin/env bash
# Writes goldens and generated files anew: runs the tests of the packages that have an -update flag, with it.
set -euo pipefail

packages=()
while read -r path dir; do
	if grep -qsF 'flag.Bool("update"' "$dir"/*_test.go; then
		packages+=("$path")
	fi
done < <(go list -f '{{.ImportPath}} {{.Dir}}' ./...)

if [ ${#packages[@]} -eq 0 ]; then
	echo "no package has an -update flag" >&2
	exit 1
fi
go test -count=1 "${packages[@]}" -args -update
