#!/bin/sh
# Usage: bench/dedupe/score.sh PAIRS.csv TRUTH.csv
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tail -n +2 "$1" | tr -d '\r' | sort -u > "$folder/found"
tail -n +2 "$2" | tr -d '\r' | sort -u > "$folder/true"
both=$(comm -12 "$folder/found" "$folder/true" | wc -l)
awk -v both="$both" -v found="$(wc -l < "$folder/found")" -v true="$(wc -l < "$folder/true")" 'BEGIN {
    precision = found ? both / found : 1
    recall = true ? both / true : 1
    f1 = precision + recall ? 2 * precision * recall / (precision + recall) : 0
    printf "pairs: %d found, %d true; precision %.4f, recall %.4f, F1 %.4f\n", found, true, precision, recall, f1
}'
