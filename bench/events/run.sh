#!/bin/sh
# Usage: bench/events/run.sh [VISITORS] [CONNECTIONS]
set -eu
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kiem/target}"
cd "$(dirname "$0")/../.."
exec cargo run --release --quiet --package kiem --example bench_events -- "${1:-10000}" "${2:-256}"
