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
export LC_ALL=C
tail -n +2 "$folder/pairs.csv" | tr -d '\r' | sort -u > "$folder/found"
tail -n +2 "$truth" | tr -d '\r' | sort -u > "$folder/true"
both=$(comm -12 "$folder/found" "$folder/true" | wc -l)
awk -v both="$both" -v found="$(wc -l < "$folder/found")" -v true="$(wc -l < "$folder/true")" 'BEGIN {
    precision = found ? both / found : 1
    recall = true ? both / true : 1
    f1 = precision + recall ? 2 * precision * recall / (precision + recall) : 0
    printf "pairs: %d found, %d true; precision %.4f, recall %.4f, F1 %.4f\n", found, true, precision, recall, f1
}'
