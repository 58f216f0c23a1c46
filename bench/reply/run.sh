#!/bin/sh
# Usage: bench/reply/run.sh
set -eu
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kiem/target}"
cd "$(dirname "$0")/../.."
exec cargo test --release --quiet --package kiem --test mail_end_to_end a_reply_by_real_mail -- --nocapture --test-threads 1
