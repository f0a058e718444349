#!/usr/bin/env bash
# Gives Debian 12 the two libraries it is too old for, from Debian 13's packages, in a prefix of our own
# (docs/decisions/0003-librdkafka-version-and-debian-12.md). The system's apt configuration is read, never changed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

rdkafka_version=2.8.0
rdkafka_sha256=5bd1c46f63265f31c6bfcedcde78703f77d28238eadf23821c2b43fc30be3e25
jsoncons_version=1.3.2-1
jsoncons_sha256=17bed7e9a02838a1e64581d893a9089272e5f9e2f941a1ee4f348682a52768ab

prefix=$PRELABEL_DEPS
stamp=$(content_hash "$(cat "${BASH_SOURCE[0]}")")
up_to_date() { [[ -f $prefix/stamp && $(cat "$prefix/stamp") == "$stamp" ]]; }
up_to_date && exit 0

# Two checkouts may build at once: one makes the prefix, the other waits and finds it.
exec 9>"$cache/deps.lock"
flock 9
up_to_date && exit 0

work=$(mktemp -d "$cache/deps.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The mirror this machine uses for its own release also carries Debian 13. apt itself says which, whatever the
# format of its source lists; this asks no network.
mirrors=$(apt-get update --print-uris 2>/dev/null | sed -n "s#^'\([^']*\)/dists/bookworm/InRelease'.*#\1#p")
mirror=${mirrors%%$'\n'*}
[[ -n $mirror ]] || fail "apt has no source for Debian 12 (bookworm) on this machine, so there is no mirror to ask for Debian 13's librdkafka. Set PRELABEL_DEPS to a prefix with librdkafka >= 2.8 and jsoncons >= 1.3"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$work"/{lists/partial,archives/partial,fetched,stage}
cat >"$work/debian13.sources" <<END
Types: deb deb-src
URIs: $mirror
Suites: trixie
Components: main
Signed-By: $keyring
END
private_apt() {
    apt-get -qq -o Dir::Etc::sourcelist="$work/debian13.sources" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
        -o APT::Sandbox::User=root -o Acquire::Languages=none \
        -o APT::Update::Pre-Invoke= -o APT::Update::Post-Invoke= -o APT::Update::Post-Invoke-Success= "$@"
}

say "fetching librdkafka $rdkafka_version and jsoncons $jsoncons_version from Debian 13 (once)"
(
    cd "$work/fetched"
    private_apt update
    private_apt source --download-only librdkafka
    private_apt download libjsoncons-dev
) >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "could not fetch Debian 13's packages from the mirror apt uses here"
}

rdkafka_tar=$work/fetched/librdkafka_$rdkafka_version.orig.tar.gz
jsoncons_deb=$work/fetched/libjsoncons-dev_${jsoncons_version}_all.deb
printf '%s  %s\n' "$rdkafka_sha256" "$rdkafka_tar" "$jsoncons_sha256" "$jsoncons_deb" | sha256sum --check --quiet ||
    fail "Debian 13 no longer has the pinned versions, or the files were changed on their way; deploy/dev/deps.sh pins them"

say "building librdkafka $rdkafka_version (about a minute)"
mkdir "$work/source" "$work/build"
tar -xzf "$rdkafka_tar" -C "$work/source" --strip-components=1
{
    # lib, not lib/<triplet>: the .pc file and the CMake presets find it there on every architecture.
    cmake -S "$work/source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
        -DRDKAFKA_BUILD_TESTS=OFF -DRDKAFKA_BUILD_EXAMPLES=OFF -DENABLE_LZ4_EXT=OFF \
        -DWITH_SSL=ON -DWITH_SASL=ON -DWITH_ZLIB=ON -DWITH_ZSTD=ON -DWITH_CURL=ON &&
        cmake --build "$work/build" && DESTDIR="$work/stage" cmake --install "$work/build"
} >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    fail "librdkafka $rdkafka_version did not build"
}
dpkg-deb -x "$jsoncons_deb" "$work/jsoncons"
cp -a "$work/jsoncons/usr/include/." "$work/stage$prefix/include/"
printf '%s\n' "$stamp" >"$work/stage$prefix/stamp"

# Whole or not at all: what is in place has a stamp.
if [[ -e $prefix ]]; then mv "$prefix" "$work/replaced"; fi
mv "$work/stage$prefix" "$prefix"
