# Sourced by the benches that compare with Python packages.

# Builds the program and installs the packages of a requirements file from PyPI, once for each.
# Usage: peers NAME REQUIREMENTS; sets $python and $ssvae.
peers() {
    cargo build --release --locked
    local target cache venv
    target="$(cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')"
    cache="${XDG_CACHE_HOME:-$HOME/.cache}/ssvae-dashboard"
    venv="$cache/$1-venv"
    if ! cmp -s "$2" "$venv/requirements.txt"; then
        rm -rf "$venv"
        mkdir -p "$cache"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$2"
        cp "$2" "$venv/requirements.txt"
    fi
    # shellcheck disable=SC2034
    python="$venv/bin/python" ssvae="$target/release/ssvae"
}
