#!/usr/bin/env bash
# ./dev mutants [--fast] [NAME…]: plant known bugs in a copy of the tree, one by one: each must be found by a test
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

bash "$root/deploy/dev/install.sh"
# The copy is built as ./dev test builds: what no bug touches comes out of the cache of objects.
export CCACHE_BASEDIR=$cache/mutants ASAN_OPTIONS=detect_leaks=0  # a bug that is found leaves its coroutines behind
exec /usr/bin/python3 "$root/deploy/dev/mutants.py" "$root" "$cache/mutants" "$@"
