#!/usr/bin/env bash
# ./dev docs: render the documentation into build/site, and check every link and heading in it
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

(($# == 0)) || fail "docs: takes no arguments"
cd "$root"
install_packages python3-venv
venv=$(python_venv docs deploy/dev/docs/requirements.txt)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# New files count before they are committed; files deleted but not committed do not.
git ls-files -z --cached --others --exclude-standard '*.md' docs deploy helm LICENSE |
    while IFS= read -r -d '' file; do if [[ -f $file ]]; then printf '%s\0' "$file"; fi; done |
    xargs -0 cp --parents --target-directory="$tree"
rm -rf build/site
PRELABEL_DOCS_TREE=$tree PRELABEL_DOCS_SITE=$root/build/site NO_MKDOCS_2_WARNING=1 \
    "$venv/bin/mkdocs" build --strict --config-file deploy/dev/docs/mkdocs.yml ||
    fail "docs: see the links above; paths are relative to the repository"
say "$(find build/site -name '*.html' | wc -l) pages: build/site/index.html"
