#!/usr/bin/env bash
# ./dev coverage: run the tests with coverage counted; prints the share of lines run, by library
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

cd "$root"
find build/coverage -name '*.gcda' -delete 2>/dev/null || true
failed=0
PRELABEL_TEST_PRESET=coverage bash deploy/dev/test.sh || failed=$?  # what was run is counted all the same
venv=$(python_venv coverage deploy/dev/requirements-coverage.txt)
"$venv/bin/gcovr" --root . --filter src/ --filter include/ --object-directory build/coverage \
    --gcov-ignore-errors=no_working_dir_found --json-summary build/coverage/summary.json --html-details build/coverage/index.html
/usr/bin/python3 - build/coverage/summary.json <<'END'
import collections, json, sys

lines, run = collections.Counter(), collections.Counter()
for file in json.load(open(sys.argv[1]))["files"]:
    parts = file["filename"].split("/")
    library = parts[2] if parts[0] == "include" else parts[1]
    lines[library] += file["line_total"]
    run[library] += file["line_covered"]
for library in sorted(lines):
    print(f"{library:12} {100 * run[library] / max(1, lines[library]):5.1f} % of {lines[library]} lines")
END
say "line by line: build/coverage/index.html"
exit "$failed"
