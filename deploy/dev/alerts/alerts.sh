#!/usr/bin/env bash
# ./dev alerts [--flip]: check alert rules, their stories, dashboard and runbook against the metrics (--flip: also turn each comparison around)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"
. "$root/deploy/dev/alerts/prometheus.sh"

install_packages python3-yaml
promtool=$(prometheus_program promtool)
cd "$root"
"$promtool" check rules deploy/prometheus/rules.yaml >/dev/null || fail "promtool refuses deploy/prometheus/rules.yaml"
/usr/bin/python3 deploy/grafana/dashboard.py --check
/usr/bin/python3 deploy/dev/alerts/consistency.py "$promtool"
/usr/bin/python3 deploy/prometheus/stories.py "$promtool" "$@"
