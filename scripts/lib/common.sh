# shellcheck shell=bash
# Shared by all scripts: paths, steps with their durations, failures, and installation of packages.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[[ -n ${HOME:-} ]] || { echo "${0##*/}: HOME is not set." >&2 && exit 1; }
# TOOLS contains the compiled tools for all clones of this repository on the machine. LINKS contains this clone's links to the
# chosen versions.
# shellcheck disable=SC2034
TOOLS=${LEXICONTRACT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/lexicontract/tools}
LINKS=$ROOT/.tools/bin

say() { printf '==> %s\n' "$*"; }

fail() {
    HAS_SAID_WHY=yes
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# step WHAT COMMAND…: runs a command, and prints its name and duration. A failure ends the script.
step() {
    local what=$1 began=$SECONDS
    shift
    CURRENT_STEP=$what
    printf '==> %s …\n' "$what"
    "$@"
    CURRENT_STEP=
    printf '==> %s … done in %d s\n' "$what" $((SECONDS - began))
}

# For `trap … EXIT`: prints the failed step if the script has printed no reason.
explain_failure() {
    local status=$?
    [[ $status == 0 || -n ${HAS_SAID_WHY:-} ]] ||
        printf '%s: this failed: %s (the lines above say why)\n' "${0##*/}" "${CURRENT_STEP:-an unexpected command}" >&2
}

# attempt WHAT PROGRAM…: like `step`, but returns a failure to the caller. PROGRAM must not be a bash function: bash ignores
# `set -e` in a function that is called in a condition, so the function would continue after a failed command.
attempt() {
    local what=$1 began=$SECONDS
    shift
    printf '==> %s …\n' "$what"
    if "$@"; then
        printf '==> %s … done in %d s\n' "$what" $((SECONDS - began))
    else
        printf '==> %s … failed after %d s\n' "$what" $((SECONDS - began))
        return 1
    fi
}

# version_at_least HAVE WANTED
version_at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# link NAME TARGET: makes all scripts use TARGET as the program NAME.
link() {
    mkdir -p "$LINKS"
    [[ $(readlink "$LINKS/$1" || true) == "$2" ]] || ln -sfn "$2" "$LINKS/$1"
}

# programs NAME: lists the programs of this name on PATH, except this project's links.
programs() {
    local path
    while IFS= read -r path; do
        [[ $path == "$LINKS/"* ]] || printf '%s\n' "$path"
    done < <(type -ap "$1" || true)
}

can_be_root() { [[ $(id -u) == 0 ]] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; }

# Prefix for commands that need root.
AS_ROOT=(sudo -n)
[[ $(id -u) != 0 ]] || AS_ROOT=()

has_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true) == installed ]]; }

refresh_package_list() {
    [[ -z ${PACKAGE_LIST_IS_FRESH:-} ]] || return 0
    attempt "Refresh the package list" "${AS_ROOT[@]}" apt-get -qq update || say "going on with the package list as it is"
    PACKAGE_LIST_IS_FRESH=yes
}

# install_packages WHY PACKAGE…: installs the Debian packages that are missing. If that is not possible, prints what to install.
install_packages() {
    local why=$1 package missing=()
    shift
    has_apt || fail "$why: install it with this system's package manager (on Debian: $*), then start this script again."
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    can_be_root || fail "$why: run 'apt-get install ${missing[*]}' as root, then start this script again."
    refresh_package_list
    attempt "Install ${missing[*]} (apt-get)" "${AS_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" ||
        fail "$why, and apt-get could not install ${missing[*]}; the lines above say why."
}
