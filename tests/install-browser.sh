#!/usr/bin/env bash
# The browser tests need Chromium and a Chinese font. Installs Debian's where it may; elsewhere says
# the one command to run. Does nothing where both are there.
set -u

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
  || command -v google-chrome >/dev/null || missing+=(chromium)
fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fontconfig fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0

command="apt-get install --yes --no-install-recommends ${missing[*]}"
if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update --quiet=2 && $command --quiet=2; } >/dev/null && exit 0
fi
echo "The browser tests need ${missing[*]}. Run: sudo $command" >&2
