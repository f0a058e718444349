#!/usr/bin/env bash
# ./dev demo: build, then run the whole job with a simulated broker and model: no key, no network, 20 seconds
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

if [[ -z ${1:-} ]]; then bash "$root/deploy/dev/build.sh" release >&2; fi
exec /usr/bin/python3 "$root/deploy/dev/demo/demo.py" "${1:-$root/build}"   # a build folder is used as it is: for tests
