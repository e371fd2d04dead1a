#!/usr/bin/env bash
# usage: scripts/packaging.sh [<address of a validator's metrics, e.g. http://127.0.0.1:9615/metrics>]
# Checks what packaging/ ships: alert rules and their tests (promtool), systemd units (systemd-analyze), the dashboard, the
# founders' table of chain-specs/. What lacks its tool is skipped, and said. With an address: a running validator with peers exports
# every metric that rules and dashboard name. scripts/setup.sh fetches promtool where it can.
set -euo pipefail
cd "$(dirname "$0")/../packaging"
export LC_ALL=C PATH="$PATH:$HOME/.cache/salus/bin"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has() { command -v "$1" >/dev/null || { echo "skipped: $2 ($1 is not installed)"; return 1; }; }

if has promtool "alert rules"; then
    promtool check rules prometheus/salus.rules.yml
    promtool check config prometheus/prometheus.yml
    promtool test rules prometheus/salus.rules.test.yml
fi

if has systemd-analyze "systemd units"; then
    for unit in systemd/*.service; do
        # The programs are not installed here; everything else is checked as it is.
        sed 's#^ExecStart=/usr/local/bin/[a-z-]*#ExecStart=/bin/true#' "$unit" >"$work/${unit##*/}"
        systemd-analyze verify "$work/${unit##*/}"
        systemd-analyze security --offline=yes --threshold=20 --no-pager "$work/${unit##*/}" | tail -1
    done
fi

node --test ../chain-specs/spec.test.mjs >"$work/spec.log" || { cat "$work/spec.log"; exit 1; }

# Names that rules and dashboard use, against the list of those that a node was seen to export.
node -e 'JSON.parse(require("fs").readFileSync("grafana/salus.json", "utf8"))'
grep -ohE '\bsubstrate_[a-z0-9_]+' prometheus/salus.rules.yml grafana/salus.json | sort -u >"$work/named"
if unknown=$(comm -23 "$work/named" prometheus/metrics.txt) && [ -n "$unknown" ]; then
    echo "not in packaging/prometheus/metrics.txt:" $unknown >&2; exit 1
fi

# Every alert leads to a heading of the operations manual.
sed -n 's/^##* //p' ../docs/operations.md | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9\n-' | sort >"$work/headings"
if lost=$(sed -n 's/^ *runbook: docs\/operations.md#//p' prometheus/salus.rules.yml | sort -u | comm -23 - "$work/headings") && [ -n "$lost" ]; then
    echo "docs/operations.md has no heading for:" $lost >&2; exit 1
fi

if [ $# -gt 0 ]; then
    curl -fsS "$1" | sed -n 's/^\([a-z0-9_]*\)[{ ].*/\1/p' | sort -u >"$work/exported"
    missing=$(comm -13 "$work/exported" prometheus/metrics.txt)
    [ -z "$missing" ] || { echo "$1 does not export:" $missing >&2; exit 1; }
    echo "$1 exports all $(wc -l <prometheus/metrics.txt) metrics"
fi
echo "packaging is in order"
