#!/usr/bin/env bash
# Our training against the same model in jitted JAX, in turn on the same data. Installs JAX and Flax from PyPI.
# Usage: benches/training.sh [--only dense|conv|quality] [--backend cpu|gpu] [--rounds N] [--epochs N]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
. benches/peers.sh
setup test
peers bench tests/interop/requirements.txt
exec "$python" benches/training.py --ssvae "$ssvae" "$@"
