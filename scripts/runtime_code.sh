#!/usr/bin/env bash
# usage: scripts/runtime_code.sh [FILE]
# Builds the runtime's code of the last commit as a release has it and prints the hash by which the council's motion names it.
# Everybody who has the same commit and the same compiler gets the same bytes: it is built from a copy at the same place on
# every machine, because cargo's hashes have a crate's path in them, and other paths are left out of the code.
set -euo pipefail
target=$(realpath -m "${1:-salus_runtime.wasm}")
cd "$(dirname "$0")/.."
./scripts/setup.sh
. scripts/env.sh
tree=/var/tmp/salus-code
mkdir -m 0700 "$tree" || { echo "another build is at work in $tree, or left it behind: remove it" >&2; exit 1; }
trap 'rm -rf "$tree"' EXIT
git archive HEAD | tar -x -C "$tree"
cd "$tree"
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/code" WASM_BUILD_TYPE=production WASM_BUILD_WORKSPACE_HINT=$tree
cargo fetch --locked --quiet
remap=("$tree=/salus" "$CARGO_TARGET_DIR=/target")
for sources in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do remap+=("$sources=/crates"); done
WASM_BUILD_RUSTFLAGS=$(printf ' --remap-path-prefix=%s' "${remap[@]}")
export WASM_BUILD_RUSTFLAGS
cargo build --locked --release -p salus-runtime
code=$CARGO_TARGET_DIR/release/wbuild/salus-runtime/salus_runtime.compact.compressed.wasm
mkdir -p "$(dirname "$target")"
cp "$code" "$target"
rustc --version
printf '%s, %d bytes, blake2b-256 0x%s\n' "$target" "$(stat -c %s "$target")" "$(b2sum -l 256 "$target" | cut -d' ' -f1)"
