#!/usr/bin/env bash
# ./dev format [--check]: format every C++ file, or only tell which ones are not
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

cd "$root"
venv=$(python_venv format deploy/dev/requirements-format.txt)
arguments=(-i)
case ${1:-} in
    '') ;;
    --check) arguments=(--dry-run --Werror --ferror-limit=3) ;;
    *) fail "format: unknown argument \"$1\"" ;;
esac

# New files count before they are committed; files deleted but not committed do not.
git ls-files -z --cached --others --exclude-standard '*.hpp' '*.cpp' | sort -zu |
    while IFS= read -r -d '' file; do if [[ -f $file ]]; then printf '%s\0' "$file"; fi; done |
    xargs -0 -r "$venv/bin/clang-format" "${arguments[@]}" ||
    fail "some files are not formatted: run ./dev format"
