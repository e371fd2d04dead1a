#!/usr/bin/env bash
# usage: scripts/setup.sh [--quiet]
# Installs what building and testing Salus needs and is missing: system packages, and a Rust toolchain that has the
# wasm32v1-none target. Idempotent; the run and test commands call it. Where rustup can download, its target is used;
# where it cannot (closed networks), Debian's rustc-web becomes the toolchain and core/alloc are built for the target once.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

say() { [ "${1:-}" = "" ] || printf 'setup: %s\n' "$*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() { # package names of Debian; other systems are told the names
    if command -v apt-get >/dev/null; then
        say "installing $*"
        as_root apt-get update -q >/dev/null
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
    else
        say "please install the equivalents of: $*"; exit 1
    fi
}

missing=()
command -v protoc >/dev/null || missing+=(protobuf-compiler)
command -v clang >/dev/null || missing+=(clang libclang-dev)
command -v cmake >/dev/null || missing+=(cmake)
command -v pkg-config >/dev/null || missing+=(pkg-config)
pkg-config --exists openssl 2>/dev/null || missing+=(libssl-dev)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"

# For the alert rules: the program alone, because Debian's package starts a server. Without it scripts/packaging.sh skips them.
tools="$HOME/.cache/salus/bin"
fetch_promtool() {
    local work; work=$(mktemp -d)
    (cd "$work" && timeout 60 apt-get -o Acquire::Retries=0 -o Acquire::http::Timeout=5 download prometheus &&
        dpkg-deb -x prometheus_*.deb . && install -D usr/bin/promtool "$tools/promtool") >/dev/null 2>&1
    local result=$?; rm -rf "$work"; return $result
}
failed="$tools/.promtool-failed" # not tried again for a day
if ! PATH="$PATH:$tools" command -v promtool >/dev/null && command -v apt-get >/dev/null &&
    [ -z "$(find "$failed" -mmin -1440 2>/dev/null)" ]; then
    if fetch_promtool; then
        rm -f "$failed"; say "fetched promtool"
    else
        mkdir -p "$tools" && touch "$failed"; say "promtool cannot be had here"
    fi
fi

if salus_has_wasm_target; then say "toolchain $(rustc --version) has wasm32v1-none"; exit 0; fi

if command -v rustup >/dev/null && timeout 120 rustup target add wasm32v1-none >/dev/null 2>&1; then
    say "added wasm32v1-none with rustup"; exit 0
fi

say "rustup cannot download here: using Debian's rustc-web"
lld=$(apt-cache search --names-only '^lld-[0-9]+$' | awk '{print $1}' | sort -t- -k2 -n | tail -1)
[ -n "$lld" ] || { as_root apt-get update -q >/dev/null; lld=$(apt-cache search --names-only '^lld-[0-9]+$' | awk '{print $1}' | sort -t- -k2 -n | tail -1); }
install_packages rustc-web cargo-web rust-web-src "$lld"
if command -v rustup >/dev/null; then rustup toolchain link debian /usr; fi

sysroot=$(/usr/bin/rustc --print sysroot)
target_lib="$sysroot/lib/rustlib/wasm32v1-none/lib"
host_bin="$sysroot/lib/rustlib/$(/usr/bin/rustc -vV | sed -n 's/^host: //p')/bin"
as_root mkdir -p "$target_lib" "$host_bin"
as_root ln -sf "$(command -v "wasm-ld-${lld#lld-}")" "$host_bin/rust-lld"
if ! ls "$target_lib"/libcore-*.rlib >/dev/null 2>&1; then
    say "building core and alloc for wasm32v1-none"
    work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
    mkdir "$work/src"; echo '#![no_std]' >"$work/src/lib.rs"
    printf '[package]\nname = "sysroot"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$work/Cargo.toml"
    (cd "$work" && env -u RUSTUP_TOOLCHAIN PATH="/usr/bin:$PATH" CARGO_TARGET_DIR="$work/target" RUSTC_BOOTSTRAP=1 \
        RUSTFLAGS=-Cembed-bitcode=yes /usr/bin/cargo build -q --release -Zbuild-std=core,alloc --target wasm32v1-none)
    # The three crates must come from this one build: partial copies of an earlier compiler would not link.
    as_root cp "$work"/target/wasm32v1-none/release/deps/lib{core,alloc,compiler_builtins}-*.rlib "$target_lib/"
fi
. scripts/env.sh
salus_has_wasm_target || { say "wasm32v1-none is still missing"; exit 1; }
say "toolchain $(rustc --version) has wasm32v1-none"
