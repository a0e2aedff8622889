#!/usr/bin/env bash
# Unpacks nginx and Caddy from Debian 12 into build/proxies, for tests/e2e/proxy_test.cpp. Does nothing if they are there.
# The packages are not installed, because that would start a server on port 80 of this machine.
set -euo pipefail

proxies=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)/build/proxies
if [[ -x $proxies/usr/sbin/nginx && -x $proxies/usr/bin/caddy ]]; then exit; fi

as_root=()
if ((EUID != 0)); then as_root=(sudo); fi
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
cd "$packages"
echo "unpacking nginx and caddy …" >&2
# A download fails if the package lists are missing or too old.
apt-get download -qq nginx caddy || { "${as_root[@]}" apt-get update -qq && apt-get download -qq nginx caddy; }
mkdir -p "$proxies"
for package in nginx_*.deb caddy_*.deb; do dpkg-deb -x "$package" "$proxies"; done
