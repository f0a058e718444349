#!/usr/bin/env bash
# ./dev build [PRESET]: build the programs into build/bin (preset release), or another preset of CMakePresets.json
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

preset=${1:-release}
bash "$root/deploy/dev/install.sh"
cd "$root"
say "building preset $preset"
cmake --preset "$preset" -Wno-dev >"$cache/configure.log" || {
    cat "$cache/configure.log" >&2
    fail "CMake could not configure preset $preset"
}
binary_dir=build
[[ $preset == release ]] || binary_dir=build/$preset
cmake --build "$binary_dir" "${@:2}"
