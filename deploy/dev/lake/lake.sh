#!/usr/bin/env bash
# ./dev lake [TEST…]: a real lake fed by a worker: broker, Kafka Connect, Iceberg sink, killed in the middle (2 minutes; the first time also 150 MB from Maven Central)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bash "$root/deploy/dev/install.sh" --e2e
bash "$root/deploy/dev/build.sh" dev >&2
venv=$(python_venv lake "$root/deploy/dev/requirements-lake.txt")
connect=$(maven_jars lake "$here/pom.xml" "$here/jars.sha256")
exec env PRELABEL_BUILD="$root/build/dev" CONNECT_JARS="$connect" "$venv/bin/python" "$here/lake.py" "$@"
