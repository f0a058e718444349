# What every script here starts from: where things are, how they speak, how they become root. Sourced, not run.
# shellcheck shell=bash

# A chroot or a service manager may give us no HOME and no locale; neither may change what is built, or, since ccache
# asks for them, whether it is built again.
export HOME=${HOME:-/root} LC_ALL=C.UTF-8
unset LANG LC_CTYPE LC_MESSAGES

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/prelabel
mkdir -p "$cache"

say() { printf '==> %s\n' "$*" >&2; }
fail() {
    printf './dev: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root and there is no sudo: run as root: $*"
    fi
}

# 12, 13, or empty where this is something else.
debian_version() {
    local ID='' VERSION_ID=''
    # shellcheck disable=SC1091
    if [[ -r /etc/os-release ]]; then . /etc/os-release; fi
    if [[ $ID == debian && ($VERSION_ID == 12 || $VERSION_ID == 13) ]]; then printf '%s' "$VERSION_ID"; fi
}

# Content hash of files and words: names what was made from them.
content_hash() { printf '%s\n' "$@" | sha256sum | cut -c1-12; }

# Where the libraries live that the distribution has too old (empty where it has them all).
if [[ -z ${PRELABEL_DEPS+set} ]]; then
    PRELABEL_DEPS=
    if [[ $(debian_version) == 12 ]]; then PRELABEL_DEPS=$cache/deps; fi
fi
export PRELABEL_DEPS

# Objects are shared between build folders and checkouts.
export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ccache} CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$root

# python_venv NAME REQUIREMENTS: prints the folder of a virtual environment with exactly these pinned packages; made once.
python_venv() {
    local name=$1 requirements=$2 python=/usr/bin/python3 venv
    [[ -x $python ]] || python=python3
    venv=$cache/venv-$name-$(content_hash "$(cat "$requirements")" "$("$python" --version)")
    if [[ ! -f $venv/complete ]]; then
        say "installing $(grep -v '^#' "$requirements" | paste -sd' ') from PyPI"
        rm -rf "$venv"
        "$python" -m venv "$venv" >&2 && "$venv/bin/pip" install --quiet --no-input -r "$requirements" >&2 ||
            fail "could not install the packages of $requirements; is PyPI reachable?"
        touch "$venv/complete"
    fi
    printf '%s' "$venv"
}
