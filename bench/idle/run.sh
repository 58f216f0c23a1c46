#!/usr/bin/env bash
# Usage: bench/idle/run.sh [SECONDS_OF_REST]
set -euo pipefail
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kiem/target}"
cd "$(dirname "$0")/../.."
rest=${1:-20}
program=${KIEM_BIN:-}
if [ -z "$program" ]; then
  cargo build --release --quiet --package kiem --bin kiem
  program=$CARGO_TARGET_DIR/release/kiem
fi
folder=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT

measure() { # what, data folder, command
  local port=$((20000 + RANDOM % 20000)) began ended
  began=$(date +%s%N)
  KIEM_DATA_DIR="$2" KIEM_LISTEN="127.0.0.1:$port" KIEM_LOG=error "$program" "${@:3}" >/dev/null &
  pid=$!
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    kill -0 "$pid" || { echo "the program ended at its start" >&2; exit 1; }
    sleep 0.005
  done
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  grep -q '200' <&3
  exec 3>&-
  ended=$(date +%s%N)
  sleep "$rest"
  echo "$1: first answer after $(((ended - began) / 1000000)) ms; at rest $(awk '/VmRSS/ {printf "%.0f MB", $2 / 1024}' "/proc/$pid/status")"
  kill "$pid"
  wait "$pid" || true
  pid=
}

measure "empty folder" "$folder/new" serve
measure "started again" "$folder/new" serve
measure "demonstration, with its history being made" "$folder/demo" demo --data-dir "$folder/demo"
measure "demonstration's data, started again" "$folder/demo" serve
