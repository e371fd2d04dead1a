#!/usr/bin/env bash
# usage: scripts/chain_specs.sh [--check]
#        scripts/chain_specs.sh found <founders.tsv> --id <id> --name <name> --out <folder> [--boot-node <address>]...
# Without arguments: writes chain-specs/ anew from the runtime's presets; with --check: compares instead. `found` makes the plain
# and the raw spec of a real consortium from its founders' table, with their hashes (chain-specs/README.md).
# Uses the node that was built last; SALUS_NODE names another one.
set -euo pipefail
caller=$PWD
cd "$(dirname "$0")/.."
. scripts/env.sh
node_program=${SALUS_NODE:-$CARGO_TARGET_DIR/release/salus-node}
[ -x "$node_program" ] || { echo "build the node first: $node_program is not there" >&2; exit 1; }
export_spec() { "$node_program" export-chain-spec --chain "$@"; }
edit() { node chain-specs/spec.mjs "$@"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make_all() { # a folder
    mkdir -p "$1"
    export_spec local >"$work/full.json"
    edit bare <"$work/full.json" >"$1/local.json"
    export_spec local --raw | edit bare >"$1/local.raw.json"
    edit founders <"$work/full.json" >"$1/founders.example.tsv"
    edit found "$1/founders.example.tsv" salus_example "Salus Example" <"$work/full.json" >"$work/example.json"
    edit bare <"$work/example.json" >"$1/consortium.example.json"
    export_spec "$work/example.json" --raw | edit bare >"$1/consortium.example.raw.json"
    (cd "$1" && sha256sum -- *.json *.tsv >SHA256SUMS)
}

found() {
    local table=${1:-} id="" name="" out="" boot_nodes=()
    shift || true
    while [ $# -gt 1 ]; do
        case $1 in
            --id) id=$2 ;; --name) name=$2 ;; --out) out=$2 ;; --boot-node) boot_nodes+=("$2") ;;
            *) echo "unknown: $1" >&2; exit 2 ;;
        esac
        shift 2
    done
    [ -n "$table" ] && [ -n "$id" ] && [ -n "$name" ] && [ -n "$out" ] || { sed -n '3s/^# //p' "$0" >&2; exit 2; }
    table=$(cd "$caller" && realpath "$table") out=$(cd "$caller" && realpath -m "$out")
    export_spec local >"$work/full.json"
    edit found "$table" "$id" "$name" --well-known "$work/full.json" "${boot_nodes[@]}" <"$work/full.json" >"$work/$id.json"
    # The runtime itself builds the genesis, and says what it does not take.
    export_spec "$work/$id.json" --raw >"$work/$id.raw.json"
    mkdir -p "$out"
    mv "$work/$id.json" "$work/$id.raw.json" "$out/"
    (cd "$out" && sha256sum "$id.json" "$id.raw.json" | tee "$id.sha256")
}

case ${1:-} in
    "") make_all chain-specs ;;
    --check)
        make_all "$work/made"
        for file in "$work"/made/{*.json,*.tsv,SHA256SUMS}; do
            diff -u "chain-specs/${file##*/}" "$file" || { echo "chain-specs/ is stale: scripts/chain_specs.sh writes it anew" >&2; exit 1; }
        done
        echo "chain-specs/ is what the presets give"
        ;;
    found) shift; found "$@" ;;
    *) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac
