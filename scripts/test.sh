#!/usr/bin/env bash
# usage: scripts/test.sh [stage...]
# Sets up what is missing and runs every test. Stages: format, unit (all crates), packaging (units, alerts, chain
# specifications), benchmarks (each benchmark once, as a test), e2e (real nodes, gateways and clients). Without arguments: all of
# them. CONTRIBUTING.md states how long each takes.
set -euo pipefail
cd "$(dirname "$0")/.."
./scripts/setup.sh
. scripts/env.sh

stages=("$@")
[ ${#stages[@]} -gt 0 ] || stages=(format unit packaging benchmarks e2e)
started=$SECONDS

stage() { printf '\n=== %s (after %d s)\n' "$1" "$((SECONDS - started))"; }

# Always the whole workspace, and programs together with tests: a selection would have other features of shared crates, and build
# them again.
build() {
    salus_build_lock
    cargo build --release --workspace --lib --bins --tests --quiet
    exec 9>&-
}

built=
need_build() { [ -n "$built" ] || { stage "build"; build; built=1; }; }

for name in "${stages[@]}"; do
    case "$name" in
        format)
            stage "format"
            if cargo fmt --version >/dev/null 2>&1; then cargo fmt --all --check; else echo "rustfmt is not installed: skipped"; fi
            ;;
        unit)
            need_build
            stage "unit"
            targets=(--lib --bins)
            for file in {crypto/*,policy,fhir,runtime,client,gateway}/tests/{*.rs,*/main.rs}; do
                [ -e "$file" ] && targets+=(--test "$(basename "${file%/main.rs}" .rs)")
            done
            cargo test --release --workspace "${targets[@]}"
            cargo test --release --workspace --doc --quiet
            ;;
        packaging)
            need_build
            stage "packaging"
            scripts/packaging.sh
            scripts/chain_specs.sh --check
            ;;
        benchmarks)
            stage "benchmarks"
            pallets=()
            for manifest in pallets/*/Cargo.toml; do
                grep -q '^frame-benchmarking' "$manifest" && pallets+=(-p "$(sed -n 's/^name = "\(.*\)"/\1/p' "$manifest" | head -1)")
            done
            (salus_build_lock; cargo test --release "${pallets[@]}" --lib --features runtime-benchmarks -- bench_)
            ;;
        e2e)
            need_build
            stage "e2e"
            cargo test --release --workspace --test system
            ;;
        *) echo "unknown stage: $name (format, unit, packaging, benchmarks, e2e)" >&2; exit 2 ;;
    esac
done
stage "done"
