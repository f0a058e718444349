#!/usr/bin/env bash
# ./dev compose: check the Dockerfile and the local stack of deploy/compose: schema, files, ports, each file by its reader
#
# No container is started: that needs an image registry. Only what the files say is held against each other.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"
. "$root/deploy/dev/alerts/prometheus.sh"

(($# == 0)) || fail "compose: takes no arguments"
install_packages python3 python3-venv
promtool=$(prometheus_program promtool)
venv=$(python_venv compose "$root/deploy/dev/compose/requirements.txt")
# Any build of the programs will do; a checkout that has none makes the one that the tests use too.
programs=''
for folder in "${PRELABEL_BUILD:-$root/build/dev}" "$root/build"; do
    if [[ -x $folder/bin/prelabel && -x $folder/bin/llm-sim ]]; then programs=$folder/bin && break; fi
done
if [[ -z $programs ]]; then
    bash "$root/deploy/dev/build.sh" dev --target prelabel llm-sim >&2
    programs=$root/build/dev/bin
fi
"$venv/bin/hadolint" "$root/deploy/docker/Dockerfile" || fail "compose: hadolint does not like the Dockerfile"
printf 'ok   hadolint has nothing to say about the Dockerfile\n'
exec "$venv/bin/python" "$root/deploy/dev/compose/check.py" "$root" "$programs" "$promtool"
