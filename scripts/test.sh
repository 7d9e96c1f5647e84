#!/usr/bin/env bash
# Sets up what is missing, builds, and runs all tests, those in a real window under Xvfb included.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup test
exec cargo test --release --locked "$@"
