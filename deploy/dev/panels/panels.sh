#!/usr/bin/env bash
# ./dev panels [--update]: run two workers with faults under a real Prometheus, and ask it every query of the dashboard (--update: draw docs/pictures anew, 5 minutes)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"
. "$root/deploy/dev/alerts/prometheus.sh"

preset=${PRELABEL_TEST_PRESET:-dev}
bash "$root/deploy/dev/install.sh" --e2e
bash "$root/deploy/dev/build.sh" "$preset" --target prelabel llm-sim mock-broker topic-reader >&2
install_packages python3-yaml
PROMETHEUS=$(prometheus_program prometheus)
export PROMETHEUS PRELABEL_TEST_PRESET=$preset
for word; do
    if [[ $word == --update ]]; then
        DRAW=$(python_venv panels "$root/deploy/dev/panels/requirements.txt")/bin/python
        export DRAW
    fi
done
exec /usr/bin/python3 "$root/deploy/dev/panels/panels.py" "$@"
