#!/usr/bin/env bash
# Installs Debian packages, as root; anywhere else it fails and names them. Callers wait for one another: apt-get takes
# one at a time. Services are not started.
# usage: debian.sh PACKAGE...
set -euo pipefail

if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
	echo "missing: $* (Debian packages); install them, or run this once as root on Debian" >&2
	exit 1
fi
exec 9<"${BASH_SOURCE[0]}"
flock 9
echo "installing $*" >&2
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
install=(apt-get install -y -qq --no-install-recommends "$@")
"${install[@]}" >/dev/null 2>&1 || {
	apt-get update -qq >/dev/null || true
	"${install[@]}" >/dev/null
}
