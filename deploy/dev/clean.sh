#!/usr/bin/env bash
# ./dev clean: remove what was built in this checkout; caches and installed packages stay
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
rm -rf "$root/build"
