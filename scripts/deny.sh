#!/usr/bin/env bash
# Holds the dependencies against deny.toml: licences, sources, crates that reach for the network, known advisories.
# Arguments choose among them (bans licenses sources need no network); cargo-deny is installed where it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
exec cargo deny --locked --workspace check "$@"
