#!/usr/bin/env bash
# usage: scripts/run.sh [--data <folder of FHIR R4 bundles>] [--once] [--keep] [--dir <folder>]
# Sets up what is missing, builds, starts a local consortium of four hospitals, plays the story on it, and leaves everything
# running until Ctrl-C; with --once it ends with the story's result. Further options: scripts/run.sh --help
set -euo pipefail
caller=$PWD
cd "$(dirname "$0")/.."
scripts/setup.sh
. scripts/env.sh

# Paths are meant from where the command was called.
arguments=() previous=""
for argument in "$@"; do
    case $previous in --data | --dir) [[ $argument = /* ]] || argument=$caller/$argument ;; esac
    case $argument in
    --data=* | --dir=*) [[ ${argument#*=} = /* ]] || argument=${argument%%=*}=$caller/${argument#*=} ;;
    esac
    arguments+=("$argument") previous=$argument
done

salus_build_lock
cargo build --release --workspace --bins
flock -u 9 && exec 9>&-
exec "$CARGO_TARGET_DIR/release/salus-local" "${arguments[@]}"
