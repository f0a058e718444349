#!/usr/bin/env bash
# ./dev tidy [LIBRARY…]: check names and likely bugs with clang-tidy (the pure libraries unless told which)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

cd "$root"
venv=$(python_venv format deploy/dev/requirements-format.txt)
libraries=("$@")
((${#libraries[@]})) || libraries=(base flow labeling llm evaluation pipeline)

# It reads how each file is compiled; nothing has to be built for that.
bash deploy/dev/install.sh
cmake --preset dev -Wno-dev >"$cache/configure.log" || fail "CMake could not configure: see $cache/configure.log"
files=()
for library in "${libraries[@]}"; do
    [[ -d src/$library ]] || fail "tidy: there is no library \"$library\""
    files+=("src/$library"/*.cpp)
done
printf '%s\0' "${files[@]}" |
    xargs -0 -n 1 -P 2 "$venv/bin/clang-tidy" --quiet -p build/dev \
        --extra-arg=-Wno-unknown-warning-option --extra-arg=-fno-sanitize=all ||
    fail "clang-tidy found something: see above"
