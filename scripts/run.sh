#!/usr/bin/env bash
# Sets up what is missing, builds, and opens the dashboard (or passes its arguments on: train, infer, --help).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup run
cargo build --release --locked
exec "${CARGO_TARGET_DIR:-target}/release/ssvae" "$@"
