#!/bin/sh
# Usage: bench/list/run.sh [N]
set -eu
cd "$(dirname "$0")/../.."
exec cargo run --release --quiet --package kiem --example bench_audience -- list "${1:-100000}"
