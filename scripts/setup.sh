# Sourced by run.sh and test.sh: sees to the system libraries. Usage: setup <run|test>

# Not grep -q, which would end before ldconfig does: with pipefail that counts as a failure.
have_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep "$1" >/dev/null; }
have_vulkan_driver() { compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null || compgen -G '/etc/vulkan/icd.d/*.json' >/dev/null; }

# Tests that are ignored elsewhere: of what only root may do, and of what is mounted.
privileged_tests() {
    local place
    [ "$(id -u)" -eq 0 ] && place=$(mktemp -d) || return 0
    echo a_file_of_a_group_stays_theirs_when_another_member_writes_it
    if mount -t tmpfs none "$place" 2>/dev/null; then
        umount "$place"
        echo a_file_that_is_a_mount_point_is_written_in_place
        echo a_full_disk_is_told_and_labels_are_saved_when_there_is_room_again
        echo confirmed_labels_outlive_power_cuts
    fi
    rmdir "$place"
}

setup() {
    local packages=()
    command -v cc >/dev/null || packages+=(gcc libc6-dev)
    have_library libvulkan.so.1 && have_vulkan_driver || packages+=(libvulkan1 mesa-vulkan-drivers)
    have_library libX11-xcb.so.1 || packages+=(libx11-xcb1)
    have_library libXcursor.so.1 || packages+=(libxcursor1)
    have_library libXi.so.6 || packages+=(libxi6)
    have_library libXrandr.so.2 || packages+=(libxrandr2)
    have_library libxkbcommon-x11.so.0 || packages+=(libxkbcommon-x11-0)
    if [ "$1" = test ]; then
        command -v Xvfb >/dev/null || packages+=(xvfb)
        command -v xdotool >/dev/null || packages+=(xdotool)
        command -v setxkbmap >/dev/null || packages+=(x11-xkb-utils)
        [ -e /usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf ] || packages+=(fonts-droid-fallback)
        command -v dbus-daemon >/dev/null || packages+=(dbus)
        [ -e /usr/share/dbus-1/services/org.a11y.Bus.service ] || packages+=(at-spi2-core)
        command -v python3 >/dev/null || packages+=(python3)
        python3 -c 'import venv, ensurepip' 2>/dev/null || packages+=(python3-venv)
        # graphlearning, which the interoperability tests install from PyPI, is compiled there.
        python3 -c 'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null || packages+=(python3-dev)
    fi
    [ ${#packages[@]} -eq 0 ] && return 0

    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing; install them and start again: ${packages[*]}" >&2
            return 2
        fi
        sudo=(sudo)
    fi
    if ! command -v apt-get >/dev/null; then
        echo "These Debian packages (or your system's equals) are missing: ${packages[*]}" >&2
        return 2
    fi
    echo "Installing ${packages[*]}" >&2
    "${sudo[@]}" apt-get update -qq >&2 &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2 ||
        { echo "apt-get failed; install these packages and start again: ${packages[*]}" >&2; return 2; }
}
