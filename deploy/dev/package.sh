#!/usr/bin/env bash
# ./dev package: a .deb for this Debian and a tarball for any Linux of that glibc or newer, in build/packages
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

(($# == 0)) || fail "package: takes no arguments"
bash "$root/deploy/dev/install.sh" --package
bash "$root/deploy/dev/build.sh" release >&2
cd "$root/build"
for program in bin/prelabel bin/llm-sim; do
    grep -q BIND_NOW <<<"$(readelf -d "$program")" && grep -q __stack_chk_fail <<<"$(readelf -Ws --dyn-syms "$program")" ||
        fail "package: $program is not hardened: is PRELABEL_HARDEN on?"
done
# package GENERATOR PREFIX COMPONENT…
package() {
    local generator=$1 prefix=$2 projects='' component
    for component in "${@:3}"; do projects+="${projects:+;}$PWD;prelabel;$component;/"; done
    cpack -G "$generator" -B "$PWD/packages" -D CPACK_INSTALL_CMAKE_PROJECTS="$projects" \
        -D CPACK_PACKAGING_INSTALL_PREFIX="$prefix" >"$cache/package.log" || {
        cat "$cache/package.log" >&2
        fail "package: cpack could not make the $generator package"
    }
}
rm -rf packages
package DEB /usr programs private system
package TGZ / programs generic bundle
rm -rf packages/_CPack_Packages
sha256sum packages/*.deb packages/*.tar.gz
