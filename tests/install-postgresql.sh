#!/usr/bin/env bash
# The tests of the database run on PostgreSQL as well. Installs Debian's where it may; elsewhere says
# the one command to run. Does nothing where it is there.
set -u

command -v initdb >/dev/null && exit 0
for folder in ${POSTGRESQL_FOLDERS:-/usr/lib/postgresql/*/bin}; do
  [ -x "$folder/initdb" ] && exit 0
done

command="apt-get install --yes --no-install-recommends postgresql"
if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update --quiet=2 && $command --quiet=2; } >/dev/null && exit 0
fi
echo "The tests of the database need postgresql. Run: sudo $command" >&2
