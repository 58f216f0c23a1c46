#!/bin/sh
# Usage: bench/dedupe/run.sh FILE.csv [TRUTH.csv]
set -eu
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kiem/target}"
file=$(realpath "$1")
truth=${2:+$(realpath "$2")}
cd "$(dirname "$0")/../.."
cargo build --release --quiet --package kiem --bin kiem
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$CARGO_TARGET_DIR/release/kiem" dedupe "$file" --pairs "$folder/pairs.csv" --json
[ -n "$truth" ] || exit 0
bench/dedupe/score.sh "$folder/pairs.csv" "$truth"
