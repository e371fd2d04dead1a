#!/usr/bin/env bash
# usage: salus-session-keys <the validator's account> [--founding <id of the chain>] [--json]
# Makes new session keys for the node that packaging/install.sh put on this host, as root, and prints what the account has to
# send by session.setKeys. The node may run: it finds the keys by itself. The old ones stay until they are out of use.
# --founding: for the genesis of a chain that is not there yet (chain-specs/README.md).
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }
umask 077
owner=$1; shift
where=(--chain /etc/salus/chain.json --base-path /var/lib/salus-node)
if [ "${1:-}" = --founding ]; then
    # Any chain will do: the folder is named by the id that is agreed.
    where=(--chain local --keystore-path "/var/lib/salus-node/chains/${2:?the id}/keystore"); shift 2
fi
salus-node session-keys "${where[@]}" --password-filename /etc/salus/keystore-password --owner "$owner" "$@"
chown -R salus-node:salus-node /var/lib/salus-node
