#!/usr/bin/env bash
# Our training against the same model in jitted JAX, in turn on the same data. Installs JAX and Flax from PyPI.
# Usage: benches/training.sh [--only dense|conv|quality] [--backend cpu|gpu] [--rounds N] [--epochs N]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup test
cargo build --release --locked
cache="${XDG_CACHE_HOME:-$HOME/.cache}/ssvae-dashboard"
venv="$cache/bench-venv"
if ! cmp -s tests/interop/requirements.txt "$venv/requirements.txt"; then
    rm -rf "$venv"
    mkdir -p "$cache"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/interop/requirements.txt
    cp tests/interop/requirements.txt "$venv/"
fi
exec "$venv/bin/python" benches/training.py --ssvae "${CARGO_TARGET_DIR:-target}/release/ssvae" "$@"
