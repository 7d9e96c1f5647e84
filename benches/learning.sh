#!/usr/bin/env bash
# Our similarity graph and propagation beside the Python packages pynndescent and graphlearning, on the same features and on
# the same cores, in turn. Installs both from PyPI.
# Usage: benches/learning.sh [DATA_DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup test
cargo build --release --locked
cache="${XDG_CACHE_HOME:-$HOME/.cache}/ssvae-dashboard"
venv="$cache/learning-venv"
requirements="numpy scipy graphlearning==1.7.5 pynndescent==0.7.0"
if [ "$(cat "$venv/requirements" 2>/dev/null)" != "$requirements" ]; then
    rm -rf "$venv"
    mkdir -p "$cache"
    python3 -m venv "$venv"
    # shellcheck disable=SC2086
    "$venv/bin/pip" install --quiet --disable-pip-version-check $requirements
    echo "$requirements" >"$venv/requirements"
fi
exec "$venv/bin/python" benches/learning.py "${CARGO_TARGET_DIR:-target}/release/ssvae" "${1:-data/mnist}"
