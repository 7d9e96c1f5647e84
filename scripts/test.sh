#!/usr/bin/env bash
# Sets up what is missing, builds, and runs all tests, those in a real window under Xvfb included.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup test
# cubecl tries fewer kernels: on a software adapter each costs seconds to compile.
export CUBECL_AUTOTUNE_LEVEL="${CUBECL_AUTOTUNE_LEVEL:-minimal}"
cargo test --release --locked "$@"
# Those that are left out elsewhere.
privileged=$(privileged_tests)
if [ $# -eq 0 ] && [ -n "$privileged" ]; then
    # shellcheck disable=SC2086 # several names
    cargo test --release --locked --lib --test crash -- --ignored $privileged
fi
