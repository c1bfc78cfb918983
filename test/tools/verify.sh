#!/usr/bin/env bash
# Fails when writing goldens and generated files anew changes one of them.
# It compares the work tree before and after, so uncommitted changes are no hindrance.
set -euo pipefail

# The snapshots are git trees; an index and an object folder of their own leave the repository as it is.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/objects"
objects=$(realpath "$(git rev-parse --git-path objects)")
# Not exported: the tests that run in between have repositories of their own.
aside() {
	GIT_ALTERNATE_OBJECT_DIRECTORIES=$objects GIT_OBJECT_DIRECTORY=$tmp/objects GIT_INDEX_FILE=$tmp/index git "$@"
}
snapshot() {
	cp "$(git rev-parse --git-path index)" "$tmp/index"
	aside add -A .
	aside write-tree
}

before=$(snapshot)
bash test/tools/update.sh
after=$(snapshot)
if ! aside --no-pager diff --stat --exit-code "$before" "$after"; then
	aside --no-pager diff "$before" "$after" | head -n 200
	echo "these files were out of date and have been written anew: look at them and commit them" >&2
	exit 1
fi
