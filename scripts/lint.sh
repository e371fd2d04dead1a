#!/usr/bin/env bash
# usage: scripts/lint.sh [format|clippy|deny]...
# What is checked without running anything: formatting, clippy without warnings over the whole workspace, and dependencies against
# deny.toml. Without arguments: all three. Not part of the test command: clippy compiles every dependency once more, and
# `cargo deny` (cargo install --locked cargo-deny@0.20.2) may fetch its database.
# SALUS_ADVISORY_DB=<folder with a copy of RustSec's advisory-db> keeps `cargo deny` off the network.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# Debian's toolchain has neither rustfmt nor clippy. rustup's own has both, and no wasm target: a build folder of its own.
if ! cargo clippy --version >/dev/null 2>&1; then
    unset RUSTUP_TOOLCHAIN
    export SKIP_WASM_BUILD=1 CARGO_TARGET_DIR="$CARGO_TARGET_DIR/lint"
    mkdir -p "$CARGO_TARGET_DIR"
fi

# The release profile and every target, as the tests build: other features or another profile would be another build.
clippy() {
    salus_build_lock
    cargo clippy --release --workspace --all-targets --quiet -- -D warnings
    exec 9>&-
}

# Licences in a spelling that SPDX calls deprecated ("GPL-3.0" beside Apache-2.0) are read all the same: no warning for those.
deny() {
    local check=(check --hide-inclusion-graph --allow parse-error)
    if [ -z "${SALUS_ADVISORY_DB:-}" ]; then
        cargo deny "${check[@]}"
        return
    fi
    # cargo-deny looks for a clone under this name and for the time of its last fetch, nothing else of git.
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    local clone="$work/advisory-db-3157b0e258782691"
    mkdir -p "$clone/.git"
    cp -R "$SALUS_ADVISORY_DB/crates" "$clone/crates"
    touch "$clone/.git/FETCH_HEAD"
    awk -v path="$work" '{ print } /^\[advisories\]/ { print "db-path = \"" path "\"" }' deny.toml >"$work/deny.toml"
    cargo deny --offline --config "$work/deny.toml" "${check[@]}"
}

checks=("$@")
[ ${#checks[@]} -gt 0 ] || checks=(format clippy deny)
for name in "${checks[@]}"; do
    printf '\n=== %s\n' "$name"
    case "$name" in
        format) cargo fmt --all --check ;;
        clippy) clippy ;;
        deny) deny ;;
        *) echo "unknown check: $name (format, clippy, deny)" >&2; exit 2 ;;
    esac
done
