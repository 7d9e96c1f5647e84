#!/usr/bin/env bash
# Sets up what is missing, builds, and opens the dashboard (or passes its arguments on: train, infer, --help).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup run
exec cargo run --release --locked --quiet -- "$@"
