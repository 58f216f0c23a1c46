#!/bin/sh
# Usage: bench/reply/run.sh
set -eu
cd "$(dirname "$0")/../.."
exec cargo test --release --quiet --package kiem --test mail_end_to_end -- --nocapture --test-threads 1
