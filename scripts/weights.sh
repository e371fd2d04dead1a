#!/usr/bin/env bash
# usage: scripts/weights.sh [--steps N] [--repeat N] [pallet...]
# Runs the benchmarks of our pallets (of all, or of those named: consent, emergency-access, ...) in wasm and writes their
# src/weights.rs in the form of scripts/weights.hbs. 50 steps and 20 repeats unless told. Whatever else the machine does makes the
# weights larger: measure on an idle one, as slow as the slowest validator. Afterwards scripts/test.sh says whether quotas still fit.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# Belongs to the release of polkadot-sdk in Cargo.toml.
bencher_version=0.28.0

steps=50 repeat=20 pallets=()
while [ $# -gt 0 ]; do
    case "$1" in
        --steps) steps=$2; shift 2 ;;
        --repeat) repeat=$2; shift 2 ;;
        -*) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
        *) pallets+=("$1"); shift ;;
    esac
done
if [ ${#pallets[@]} = 0 ]; then
    for file in pallets/*/src/weights.rs; do pallets+=("$(basename "${file%/src/weights.rs}")"); done
fi

# Other features than everything else is built with: a build folder of its own.
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/benchmarks"
mkdir -p "$CARGO_TARGET_DIR"
command -v frame-omni-bencher >/dev/null || cargo install --locked "frame-omni-bencher@$bencher_version"
salus_build_lock
cargo build --release -p salus-runtime --features runtime-benchmarks
exec 9>&-

conditions=$(mktemp)
trap 'rm -f "$conditions"' EXIT
read -r load _ </proc/loadavg
printf '%s cores under a load of %s' "$(nproc)" "$load" >"$conditions"
for pallet in "${pallets[@]}"; do
    output="pallets/$pallet/src/weights.rs"
    # No proof is ever made of what a block read: there is no relay chain.
    frame-omni-bencher v1 benchmark pallet \
        --runtime "$CARGO_TARGET_DIR/release/wbuild/salus-runtime/salus_runtime.compact.compressed.wasm" \
        --genesis-builder runtime --wasm-execution compiled --disable-proof-recording --quiet \
        --pallet "pallet_${pallet//-/_}" --extrinsic '*' --steps "$steps" --repeat "$repeat" \
        --header "$conditions" --template scripts/weights.hbs --output "$output"
    sed -i '/^\t\/\/\/ Proof: /d' "$output"
    ! rustfmt --version >/dev/null 2>&1 || rustfmt "$output"
done
