#!/usr/bin/env bash
# The crash test's long form: kills windows, labelling processes and training at any moment, beside programs that rewrite
# the labels; makes calls fail, fills a disk, cuts its power; says what was lost. Usage: scripts/crash-test.sh [MINUTES]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup test
export CUBECL_AUTOTUNE_LEVEL="${CUBECL_AUTOTUNE_LEVEL:-minimal}"
export SSVAE_CRASH_MINUTES="${1:-20}"
cargo test --release --locked --test crash -- --nocapture --test-threads 1
# Those that are left out elsewhere: a full disk, a power cut.
privileged=$(privileged_tests)
if [ -n "$privileged" ]; then
    # shellcheck disable=SC2086 # several names
    cargo test --release --locked --test crash -- --nocapture --test-threads 1 --ignored $privileged
fi
