#!/bin/bash
# Usage: bench/million/run.sh FILE.csv TRUTH.csv [PEER]
# PEER is a command that takes FILE and TRUTH, finds duplicates in another way, and prints what it measured.
set -euo pipefail
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kiem/target}"
file=$(realpath "$1")
truth=$(realpath "$2")
peer=${3:-}
cd "$(dirname "$0")/../.."
cargo build --release --quiet --package kiem --bin kiem
kiem="$CARGO_TARGET_DIR/release/kiem"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
rows=$(($(wc -l < "$file") - 1))

# Runs a command and prints what it took: title, seconds, rows per second, most memory.
measured() {
    local title=$1
    shift
    /usr/bin/time -f '%e %U %S %M' -o "$folder/time" "$@" > "$folder/out" 2> "$folder/err" || { cat "$folder/err"; exit 1; }
    awk -v title="$title" -v rows="$rows" \
        '{ printf "%-44s %8.1f s %10.0f rows/s %6.0f MB  (%.1f s of computing)\n", title, $1, rows / $1, $4 / 1024, $2 + $3 }' "$folder/time"
    cut -d ' ' -f 1 "$folder/time" > "$folder/seconds"
}

ratio() {
    awk -v a="$2" -v b="$3" -v title="$1" 'BEGIN { printf "%-44s %8.2f times\n", title, a / b }'
}

# The four indexes that a list needs to be looked up at all.
indexes() {
    for column in company kvk website email; do echo "CREATE INDEX by_$column ON list ($column);"; done
}

echo "== $rows rows"
measured "sqlite3 .import and 4 indexes" sqlite3 "$folder/bare.sqlite" \
    "PRAGMA journal_mode = WAL" ".mode csv" ".import '$file' list" "$(indexes)"
bare=$(cat "$folder/seconds")
mkdir "$folder/home"
echo "a long password 1" | "$kiem" --data-dir "$folder/home" user add owner@team.example --name Owner --role owner > /dev/null
ground=(--workspace 1 --source "a made-up list" --basis legitimate_interest --obtained-on 2026-01-01)
measured "kiem import, SQLite" "$kiem" --data-dir "$folder/home" import "$file" "${ground[@]}"
ratio "beside sqlite3" "$(cat "$folder/seconds")" "$bare"
# What SQLite takes for the same tables and indexes when nothing has to be decided: less than this no import can take.
of_tables="FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
sqlite3 "$folder/home/kiem.sqlite" "SELECT sql || ';' $of_tables" \
    "SELECT 'INSERT INTO main.\"' || name || '\" SELECT * FROM done.\"' || name || '\";' $of_tables" \
    "SELECT sql || ';' FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL" > "$folder/again.sql"
measured "sqlite3, copying what kiem import made" sqlite3 "$folder/again.sqlite" "PRAGMA journal_mode = WAL" \
    "ATTACH '$folder/home/kiem.sqlite' AS done" ".read '$folder/again.sql'"
ratio "beside sqlite3" "$(cat "$folder/seconds")" "$bare"

if [ -n "${KIEM_BENCH_PG_URL:-}" ]; then
    psql --quiet --no-psqlrc "$KIEM_BENCH_PG_URL" --command "DROP DATABASE IF EXISTS kiem_bench" --command "CREATE DATABASE kiem_bench"
    url="${KIEM_BENCH_PG_URL%/*}/kiem_bench"
    columns=$(head -1 "$file" | tr -d '\r' | sed 's/,/ TEXT, /g')
    psql --quiet --no-psqlrc "$url" --command "CREATE TABLE list ($columns TEXT)"
    measured "PostgreSQL COPY and 4 indexes" psql --quiet --no-psqlrc "$url" \
        --command "\\copy list FROM '$file' CSV HEADER" --command "$(indexes)"
    bare=$(cat "$folder/seconds")
    psql --quiet --no-psqlrc "$url" --command "DROP TABLE list"
    mkdir "$folder/pg"
    echo "a long password 1" | KIEM_DATABASE_URL="$url" "$kiem" --data-dir "$folder/pg" user add owner@team.example --name Owner --role owner > /dev/null
    KIEM_DATABASE_URL="$url" measured "kiem import, PostgreSQL" "$kiem" --data-dir "$folder/pg" import "$file" "${ground[@]}"
    ratio "beside COPY" "$(cat "$folder/seconds")" "$bare"
fi

measured "kiem dedupe" "$kiem" dedupe "$file" --pairs "$folder/pairs.csv" --json
cat "$folder/out"
bench/dedupe/score.sh "$folder/pairs.csv" "$truth"
if [ -n "$peer" ]; then
    measured "$peer" $peer "$file" "$truth"
    cat "$folder/out"
fi
