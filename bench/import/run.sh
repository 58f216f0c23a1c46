#!/bin/sh
# Usage: bench/import/run.sh [N]
set -eu
cd "$(dirname "$0")/../.."
exec cargo run --release --quiet --package kiem --example bench_audience -- import "${1:-100000}"
