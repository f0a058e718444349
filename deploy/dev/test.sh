#!/usr/bin/env bash
# ./dev test [PROGRAM [FILTER]]: build with sanitizers and run all tests, or one program's (FILTER as --gtest_filter)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

preset=${PRELABEL_TEST_PRESET:-dev}
cd "$root"
targets=() which=()
if [[ -n ${1:-} ]]; then
    which=(--tests-regex "^${1%_test}$")
    targets=(--target "${1%_test}_test")
    for script in "tests/e2e/${1%_test}_test".*; do  # a script wants the programs
        if [[ -f $script ]]; then targets=(--target prelabel llm-sim mock-broker topic-reader); fi
    done
fi
bash deploy/dev/build.sh "$preset" "${targets[@]}" >&2

# Real labeled text and oracles, where a folder of them lies beside the checkout; tests that want it skip without.
if [[ -z ${PRELABEL_SHARED:-} && -d ${root%/*}/shared ]]; then export PRELABEL_SHARED=${root%/*}/shared; fi
if [[ -n ${2:-} ]]; then export GTEST_FILTER=$2; fi

results=build/$preset/test-results
rm -rf "$results"
mkdir "$results"
ctest --preset "$preset" "${which[@]}" </dev/null || true  # the count below judges
exec /usr/bin/python3 deploy/dev/count_tests.py "$results"
