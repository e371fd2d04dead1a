#!/usr/bin/env bash
# usage: scripts/faults.sh <name>...|all [--json] [--keep]   or   scripts/faults.sh --list
# Sets up what is missing, builds, and makes things happen to a local consortium of real nodes: validators that are killed, a disk
# that is full, members and validators that come and go, a runtime that is replaced, a third of the validators that is lost.
# Prints seconds without finality, time to recover, blocks and transactions of each; ends with 1 when something did not hold.
# docs/faults.md says what each shows.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
. scripts/env.sh

salus_build_lock
cargo build --release --workspace --bins
flock -u 9 && exec 9>&-
exec "$CARGO_TARGET_DIR/release/salus-faults" "$@"
