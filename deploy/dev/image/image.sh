#!/usr/bin/env bash
# ./dev image [--run]: build the container image without Docker and look into it; with --run label with it from a real broker
#
# On demand, not in CI: when nothing is cached the programs are compiled once more, for Debian 13, which takes ten minutes.
# No image registry is asked: the base is made from Debian's packages, by the mirror that this machine's apt uses. Images
# and compiled objects stay in the cache; what goes into the image decides whether it is built again.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

here=$root/deploy/dev/image
run=''
for argument in "$@"; do
    case $argument in
        --run) run=yes ;;
        *) fail "image: unknown argument \"$argument\"" ;;
    esac
done
[[ $(id -u) == 0 ]] || fail "image: building in a chroot needs root; with Docker: docker build -f deploy/docker/Dockerfile ."
[[ -n $(debian_version) ]] || fail "image: made for Debian 12 and 13; elsewhere: docker build -f deploy/docker/Dockerfile ."
install_packages buildah mmdebstrap python3 python3-venv
store=$cache/containers
export TMPDIR=$store/tmp  # where buildah keeps the compiler's cache too
mkdir -p "$TMPDIR"
work=$(mktemp -d)
container=''
cleanup() {
    if [[ -n $container ]]; then ours rm "$container" >/dev/null 2>&1 || true; fi
    rm -rf "$work"
}
trap cleanup EXIT

ours() { buildah --root "$store/store" --runroot "$store/run" "$@"; }
have() { ours inspect --type image "localhost/$1" >/dev/null 2>&1; }

# Where apt has the packages of this machine's Debian from; it has those of Debian 13 too.
mirror() {
    local codename found
    codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    found=$(apt-get update --print-uris 2>/dev/null | sed -n "s#^'\([^']*\)/dists/$codename/InRelease'.*#\1#p")
    [[ -n $found ]] || fail "image: apt has no source for $codename on this machine, so there is no mirror to ask for Debian 13"
    printf '%s' "${found%%$'\n'*}"
}

# make_base NAME: what debian:trixie-slim is to others. This machine's way to the packages is in it, and in nothing made from it.
make_base() {
    local base
    apt-config dump | grep '^Acquire::\(Check\|https\?::\)' >"$work/apt.conf" || true
    say "making a Debian 13 to build in"
    mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt="$work/apt.conf" trixie "$work/base.tar" "$(mirror)" ||
        fail "image: mmdebstrap could not make a Debian 13"
    base=$(ours from scratch)
    ours add --quiet "$base" "$work/base.tar" / >/dev/null
    ours commit --quiet --rm "$base" "$1" >/dev/null
    rm "$work/base.tar"
}

# build TARGET IMAGE [OPTION…]
build() {
    ours bud --isolation chroot --format docker --layers --pull-never --target "$1" --tag "$2" \
        --build-arg BASE="localhost/$base" --build-arg VERSION="$version" --build-arg REVISION="$revision" "${@:3}" \
        -f "$root/deploy/docker/Dockerfile" "$root" >"$work/build.log" 2>&1 || {
        tail -n 60 "$work/build.log" >&2
        fail "image: the target $1 did not build"
    }
}

version=$(sed -n 's/.*program_version = "\(.*\)".*/\1/p' "$root/include/prelabel/base/version.hpp")
revision=$(git -C "$root" rev-parse HEAD 2>/dev/null || printf unknown)
grep -qx "ARG VERSION=$version" "$root/deploy/docker/Dockerfile" || fail "image: the Dockerfile's ARG VERSION is not $version"
base=prelabel-base:$(content_hash "$(declare -f make_base)")
# What .dockerignore lets in, by name and content.
context=$(cd "$root" && sed -n 's/^!//p' .dockerignore | xargs -I{} find {} -type f -not -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
tag=$(content_hash "$base" "$context" "$(cat "$root/deploy/docker/Dockerfile")")
bill=$store/bill-$tag/prelabel.spdx.json

# Two checkouts share the store: one builds and looks, the other waits and finds what it needs.
exec {lock}>"$store/lock"
flock "$lock"
ours rm --all >/dev/null  # what an interrupted build left
started=$SECONDS
have "$base" || make_base "$base"
if ! have "prelabel:$tag" || ! have "llm-sim:$tag" || [[ ! -f $bill ]]; then
    say "building the image (ten minutes when nothing is cached)"
    build worker "prelabel:$tag"
    build llm-sim "llm-sim:$tag"
    build sbom "sbom:$tag" --output "${bill%/*}"
    say "built in $((SECONDS - started)) s"
fi

venv=$(python_venv image "$here/requirements.txt")
ours inspect --type image "localhost/prelabel:$tag" >"$work/inspected.json"
container=$(ours from --pull-never "localhost/prelabel:$tag")
"$venv/bin/python" "$here/look.py" "$(ours mount "$container")" "$work/inspected.json" "$bill" "$version" "$(mirror)"
mkdir -p "$root/build"
cp "$bill" "$root/build/prelabel.spdx.json"
flock -u "$lock"
say "localhost/prelabel:$tag and localhost/llm-sim:$tag are in $store/store, the bill of materials in build/prelabel.spdx.json"

if [[ -n $run ]]; then
    bash "$root/deploy/dev/install.sh" --e2e
    install_packages podman runc
    /usr/bin/python3 "$here/run.py" "$store" "$tag"
fi
