# Sourced by the other scripts: toolchain, target directory and the variables that every build shares.
# One target directory outside the checkout lets a fresh clone reuse the dependencies.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/salus/target}"
export OPENSSL_NO_VENDOR=1
# Without the hint the wasm build, far away in the target directory, would not find this workspace's Cargo.lock.
export WASM_BUILD_WORKSPACE_HINT="${PWD}"
mkdir -p "$CARGO_TARGET_DIR"

salus_has_wasm_target() {
    local lib
    lib=$(rustc --print target-libdir --target wasm32v1-none 2>/dev/null) && ls "$lib"/libcore-*.rlib >/dev/null 2>&1
}

# A toolchain without the target gives way to Debian's, when setup.sh has prepared that one.
if ! salus_has_wasm_target && ls /usr/lib/rustlib/wasm32v1-none/lib/libcore-*.rlib >/dev/null 2>&1; then
    if command -v rustup >/dev/null && rustup toolchain list 2>/dev/null | grep -q '^debian'; then
        export RUSTUP_TOOLCHAIN=debian
    else
        export PATH="/usr/bin:$PATH"
    fi
fi

# Cargo tells workspace crates apart by relative path and modification time only, so two checkouts that share a target
# directory could link each other's code (rust-lang/cargo#17312): take the lock, and touch the sources after a change of owner.
salus_build_lock() {
    exec 9>"$CARGO_TARGET_DIR/.lock"
    flock 9
    if [ "$(cat "$CARGO_TARGET_DIR/.owner" 2>/dev/null)" != "$PWD" ]; then
        git ls-files -coz --exclude-standard | xargs -0 -r touch -c
        echo "$PWD" >"$CARGO_TARGET_DIR/.owner"
    fi
}
