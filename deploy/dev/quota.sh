#!/usr/bin/env bash
# ./dev quota [--documents N]: how much of a quota is used at full length, under faults: real broker, simulated provider (27 minutes; --write updates docs/quota.md)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

case ${1:-} in -h | --help) ;; *)
    bash "$root/deploy/dev/install.sh" --e2e
    bash "$root/deploy/dev/build.sh" release >&2
    ;;
esac
if [[ -z ${PRELABEL_SHARED:-} && -d ${root%/*}/shared ]]; then export PRELABEL_SHARED=${root%/*}/shared; fi
exec /usr/bin/python3 "$root/bench/quota/quota_bench.py" "$@"
