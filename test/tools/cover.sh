#!/usr/bin/env bash
# Fails when a coverage profile of all tests covers less than MIN % of the statements in pkg/. What a test binary does
# when a test starts it again as `unfold` counts too, as long as it inherits GOCOVERDIR.
# usage: cover.sh PROFILE MIN
set -euo pipefail

profile=$1 min=$2
functions=$(go tool cover -func="$profile")
echo "functions that no test reaches:"
awk '$NF == "0.0%"' <<<"$functions"
total=$(awk '/^total:/ {sub("%", "", $NF); print $NF}' <<<"$functions")
echo "coverage of pkg/: $total % of statements, at least $min % wanted (go tool cover -html=$profile shows it)"
awk -v total="$total" -v min="$min" 'BEGIN {exit !(total + 0 >= min + 0)}'
