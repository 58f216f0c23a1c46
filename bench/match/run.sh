#!/bin/sh
# Usage: bench/match/run.sh [N]
set -eu
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kiem/target}"
cd "$(dirname "$0")/../.."
exec cargo run --release --quiet --package kiem --example bench_match -- "${1:-1000000}"
