#!/bin/sh
# Usage: bench/import/run.sh [N]
set -eu
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kiem/target}"
cd "$(dirname "$0")/../.."
exec cargo run --release --quiet --package kiem --example bench_audience -- import "${1:-100000}"
