#!/usr/bin/env bash
# Labels, undoes, trains, pans and zooms in a real window for hours, and says whether memory, handles, threads and the time
# of a picture have grown since the first ten minutes. Usage: scripts/soak.sh [MINUTES]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup test
export CUBECL_AUTOTUNE_LEVEL="${CUBECL_AUTOTUNE_LEVEL:-minimal}"
export SSVAE_SOAK_MINUTES="${1:-120}"
exec cargo test --release --locked --test soak -- --ignored --nocapture
