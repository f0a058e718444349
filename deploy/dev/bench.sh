#!/usr/bin/env bash
# ./dev bench [--quick] [--flat]: what a document costs the whole worker: real broker, simulated model (minutes; --write updates docs/benchmarks.md)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

case ${1:-} in -h | --help) ;; *) bash "$root/deploy/dev/build.sh" release >&2 ;; esac
exec /usr/bin/python3 "$root/bench/worker/worker_bench.py" "$@"
