#!/usr/bin/env bash
# Our similarity graph and propagation beside the Python packages pynndescent and graphlearning, on the same features and on
# the same cores, in turn. Installs both from PyPI.
# Usage: benches/learning.sh [DATA_DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
. benches/peers.sh
setup test
peers learning benches/learning.txt
exec "$python" benches/learning.py "$ssvae" "${1:-data/mnist}"
