#!/usr/bin/env bash
# Fails when a module file of the repository is not tidy, and shows all of those that are not.
set -euo pipefail

status=0
modules=$(git ls-files -co --exclude-standard go.mod '*/go.mod')
while read -r mod; do
	echo "go mod tidy -diff ($mod)"
	go -C "$(dirname "$mod")" mod tidy -diff || status=$?
done <<<"$modules"
exit "$status"
