#!/usr/bin/env bash
# usage: scripts/emergency_trial.sh [--runs <sessions of each committee, 100>] [--guardians 5|7|15]... [--json] [--keep]
# Sets up what is missing, builds, and times emergencies on a local consortium with real processes: from the request to the
# plaintext with 3 of 5, 4 of 7 and 8 of 15 guardians, one of them down and one sending garbage; beside it the same decisions by
# counting approvals. Prints a table. Takes about three quarters of an hour for 100 sessions each.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
. scripts/env.sh

salus_build_lock
cargo build --release --workspace --bins
flock -u 9 && exec 9>&-
exec "$CARGO_TARGET_DIR/release/salus-trial" "$@"
