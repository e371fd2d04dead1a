#!/usr/bin/env bash
# usage: packaging/install.sh node --programs <folder> [--chain <spec>] [--start] [-- <flags of salus-node>...]
#        packaging/install.sh gateway --programs <folder>
# Puts the programs, users and systemd units on this host, as root. Of a node it also makes the network key and the
# keystore's password unless they are there, writes its flags to /etc/salus/node.env, and checks the host; --start starts it,
# now and at boot, when nothing is wrong. Overwrites programs and units, never keys. May be run again: with newer programs, or
# with the chain once it is founded.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }

what=${1:-}; shift || usage
programs="" chain="" start=""
while [ $# -gt 0 ]; do
    case $1 in
        --programs) programs=${2:-}; shift 2 || usage ;;
        --chain) chain=${2:-}; shift 2 || usage ;;
        --start) start=yes; shift ;;
        --) shift; break ;;
        *) usage ;;
    esac
done
case $what in node | gateway) ;; *) usage ;; esac
[ -z "$chain" ] || [ -f "$chain" ] || { echo "there is no file $chain" >&2; exit 1; }
[ -x "$programs/salus-$what" ] && [ -x "$programs/salus" ] || { echo "salus-$what and salus are not in '$programs'" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "run this as root" >&2; exit 1; }

install -m 0755 "$programs/salus-$what" "$programs/salus" /usr/local/bin/
install -D -m 0644 "$here/systemd/salus-sysusers.conf" /etc/sysusers.d/salus.conf
install -m 0644 "$here/systemd/salus-$what.service" /etc/systemd/system/
systemd-sysusers /etc/sysusers.d/salus.conf
install -d -m 0755 /etc/salus
install -d -o "salus-$what" -g "salus-$what" -m 0700 "/var/lib/salus-$what"
[ ! -d /run/systemd/system ] || systemctl daemon-reload

if [ "$what" = gateway ]; then
    echo "next: put the passphrase into /etc/salus/gateway-passphrase (root, 0400), then salus-gateway init --dir /var/lib/salus-gateway"
    exit
fi

install -m 0755 "$here/session-keys.sh" /usr/local/sbin/salus-session-keys
# Another genesis would be another chain: what is there already has to be the same.
if [ -n "$chain" ]; then
    [ ! -e /etc/salus/chain.json ] || cmp -s "$chain" /etc/salus/chain.json || { echo "/etc/salus/chain.json is another chain's" >&2; exit 1; }
    install -m 0644 "$chain" /etc/salus/chain.json
fi
umask 077
[ -e /etc/salus/node-key ] || salus-node key generate-node-key --file /etc/salus/node-key
# Without a newline: the node takes the whole file.
[ -e /etc/salus/keystore-password ] || od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >/etc/salus/keystore-password
umask 022
if [ $# -gt 0 ] || [ ! -e /etc/salus/node.env ]; then
    for flag in "$@"; do case $flag in *[[:space:]]*) echo "a flag may not hold a space: $flag" >&2; exit 1 ;; esac; done
    echo "SALUS_NODE_FLAGS=$*" >/etc/salus/node.env
fi
echo "peer id: $(salus-node key inspect-node-key --file /etc/salus/node-key)"
running=""
if [ -d /run/systemd/system ] && systemctl is-active --quiet salus-node; then
    running=yes
else
    salus-node check-host ${chain:+--chain /etc/salus/chain.json} --base-path /var/lib/salus-node
fi
if [ -n "$start" ]; then
    [ -e /etc/salus/chain.json ] || { echo "no chain to run: --chain" >&2; exit 1; }
    systemctl enable salus-node
    systemctl restart salus-node
elif [ -n "$running" ]; then
    echo "salus-node is running: systemctl restart salus-node takes the new program"
fi
