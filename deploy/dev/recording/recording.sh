#!/usr/bin/env bash
# ./dev recording: run the first five minutes in a terminal and write docs/first-minutes.cast (asciinema) and .svg (animated)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

bash "$root/deploy/dev/build.sh" release >&2
venv=$(python_venv recording "$root/deploy/dev/recording/requirements.txt")
exec "$venv/bin/python" "$root/deploy/dev/recording/recording.py" "$root/build" "$root/docs/first-minutes"
