#!/usr/bin/env bash
# Mails a second to Postfix's smtp-sink, beside Postfix's own smtp-source in the same run.
set -euo pipefail
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kiem/target}"
cd "$(dirname "$0")/../.."
mails=${1:-10000}
port=$((20000 + RANDOM % 20000))
cargo build --release --quiet --package kiem --example bench_dispatch
/usr/sbin/smtp-sink -u nobody "127.0.0.1:$port" 256 &
sink=$!
trap 'kill $sink' EXIT
sleep 0.5
began=$(date +%s.%N)
/usr/sbin/smtp-source -s 8 -m "$mails" -l 5120 -d "127.0.0.1:$port"
ended=$(date +%s.%N)
echo "smtp-source (connections reused, 5 KB): $(awk "BEGIN {printf \"%.0f\", $mails / ($ended - $began)}") mails/s"
"$CARGO_TARGET_DIR/release/examples/bench_dispatch" "$port" "$mails"
