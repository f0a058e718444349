#!/usr/bin/env bash
# ./dev demo [--keep]: build, then run the whole job with a simulated broker and model: no key, no network, 20 seconds
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

build=yes  # not for help, nor for a mistyped option, nor for a build folder that is named: tests use that one as it is
for word; do [[ $word == --keep ]] || build=no; done
if [[ $build == yes ]]; then bash "$root/deploy/dev/build.sh" release >&2; fi
exec /usr/bin/python3 "$root/deploy/dev/demo/demo.py" "$@"
