#!/usr/bin/env bash
# ./dev tsan [PROGRAM [FILTER]]: as test, with the thread sanitizer
set -euo pipefail
PRELABEL_TEST_PRESET=tsan exec bash "$(dirname "${BASH_SOURCE[0]}")/test.sh" "$@"
