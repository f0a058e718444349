#!/usr/bin/env bash
# ./dev page [--update] [CHECK…]: the live page in headless Chromium: numbers, hostile text, contrast, keyboard, widths; --update draws docs/pictures
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

install_packages chromium fonts-inter fonts-noto-color-emoji  # one font everywhere, so that a picture changes with the page only
venv=$(python_venv page "$root/deploy/dev/page/requirements.txt")
preset=${PRELABEL_TEST_PRESET:-dev}
bash "$root/deploy/dev/build.sh" "$preset" --target prelabel llm-sim mock-broker >&2
export PRELABEL_BUILD=$root/build/$preset
exec "$venv/bin/python" -B "$root/deploy/dev/page/page_check.py" "$@"
