#!/usr/bin/env bash
# ./dev test [PROGRAM [FILTER]]: build with sanitizers and run all tests, or one program's (FILTER as --gtest_filter)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

preset=${PRELABEL_TEST_PRESET:-dev}
cd "$root"
targets=()
if [[ -n ${1:-} ]]; then
    targets=(--target "${1%_test}_test")
    for script in "tests/e2e/${1%_test}_test".*; do  # a script wants the programs
        if [[ -f $script ]]; then targets=(--target prelabel llm-sim mock-broker topic-reader); fi
    done
fi
bash deploy/dev/build.sh "$preset" "${targets[@]}" >&2

# Real labeled text and oracles, where a folder of them lies beside the checkout; tests that want it skip without.
if [[ -z ${PRELABEL_SHARED:-} && -d ${root%/*}/shared ]]; then export PRELABEL_SHARED=${root%/*}/shared; fi

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
if [[ -f deploy/dev/lsan.supp ]]; then export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$root/deploy/dev/lsan.supp:print_suppressions=0}; fi
if [[ -f deploy/dev/tsan.supp ]]; then export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$root/deploy/dev/tsan.supp:halt_on_error=1}; fi

export PRELABEL_BUILD=$root/build/$preset  # where the scripts find the programs
exec /usr/bin/python3 deploy/dev/run_tests.py "build/$preset" "$@"
