#!/usr/bin/env bash
# The browser tests need Chromium and a Chinese font. Installs Debian's where it may; elsewhere says
# the one command to run. Does nothing where both are there.
set -u
export DEBIAN_FRONTEND=noninteractive
install="apt-get install --yes --no-install-recommends"

has() { command -v "$1" >/dev/null; }
get() {
  has apt-get && [ "$(id -u)" -eq 0 ] \
    && { apt-get update --quiet=2 && $install --quiet=2 "$@"; } >/dev/null
}

# Chromium without windows is the same engine at half the work; any other will do as well.
has chromium-headless-shell || get chromium-headless-shell 2>/dev/null

missing=()
has chromium-headless-shell || has chromium || has chromium-browser || has google-chrome \
  || missing+=(chromium)
fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fontconfig fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] || get "${missing[@]}" \
  || echo "The browser tests need ${missing[*]}. Run: sudo $install ${missing[*]}" >&2
exit 0
