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

# install_packages NAME…: the distribution's packages of these names, where they are missing.
install_packages() {
    local package installed missing=()
    # One query for all: a machine that has everything is done in milliseconds and without a network.
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true)
    for package in "$@"; do
        grep -qxF "$package" <<<"$installed" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    say "installing ${missing[*]}"
    # No questions, no terminal; a busy dpkg lock is waited for.
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
    as_root "${apt[@]}" update || fail "apt-get update failed; see its messages above"
    as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null ||
        fail "apt could not install: ${missing[*]}"
}

# The path of Go, installed where the distribution has one that is new enough; for WHAT, which is built with it.
go_program() {
    local go
    go=$(command -v go || true)
    if [[ -z $go && $(debian_version) == 13 ]]; then
        install_packages golang-go
        go=/usr/bin/go
    fi
    [[ -n $go ]] || fail "$1 is built with Go 1.21 or newer, which is not here: install it and put go into PATH"
    printf '%s' "$go"
}

# go_tool PACKAGE@VERSION: prints the path of this program, built once by Go from its module proxy.
go_tool() {
    local package=$1 name program go
    name=$(basename "${package%@*}")
    program=$cache/go-$(content_hash "$package")/$name
    if [[ ! -x $program ]]; then
        go=$(go_program "$name")
        say "building $package"
        GOBIN=$(dirname "$program") GOFLAGS=-trimpath "$go" install "$package" >&2 ||
            fail "could not build $package; is the Go module proxy reachable?"
    fi
    printf '%s' "$program"
}

# maven_jars NAME POM SUMS: prints the folder of the jars that this POM names and of all they need; fetched once, each
# one checked. Two checkouts that fetch at the same time wait for each other.
maven_jars() {
    local name=$1 pom=$2 sums=$3 home lock
    home=$cache/$name-$(content_hash "$(cat "$pom" "$sums")")
    exec {lock}>"$cache/$name.lock"
    flock "$lock"
    if [[ ! -f $home/complete ]]; then
        command -v mvn >/dev/null || fail "$name: Maven is needed to fetch the jars: ./dev install --e2e"
        say "fetching what $pom names from Maven Central (once)"
        rm -rf "$home"
        mkdir -p "$home"
        # Strict checksums: a jar that does not match its repository's checksum is an error, not a warning.
        mvn --batch-mode -Dstyle.color=never --quiet --strict-checksums -f "$pom" dependency:copy-dependencies \
            -DincludeScope=runtime -DoutputDirectory="$home/libs" >&2 ||
            fail "$name: Maven could not fetch the jars; is Maven Central reachable?"
        (cd "$home/libs" && sha256sum --check --quiet --strict "$sums" >&2) ||
            fail "$name: what was fetched is not what $sums pins; to pin it: (cd $home/libs && sha256sum *.jar) >$sums"
        touch "$home/complete"
    fi
    flock -u "$lock"
    printf '%s/libs' "$home"
}
