#!/usr/bin/env bash
# ./dev chart [--update]: check the Helm chart, its values and what it refuses; or renew what it copies and generates
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"
. "$root/deploy/dev/alerts/prometheus.sh"

case ${1:-} in
    '' | --update) ;;
    *) fail "chart: unknown argument \"$1\"" ;;
esac

here=$root/deploy/dev/chart
# The operators whose own definitions say what their objects may hold, and which keys a trigger has.
keda=github.com/kedacore/keda/v2@v2.21.0
prometheus_operator=github.com/prometheus-operator/prometheus-operator@v0.85.0

venv=$(python_venv chart "$root/deploy/dev/requirements-chart.txt")
helm=$(go_tool helm.sh/helm/v3/cmd/helm@v3.22.0)
helm_docs=$(go_tool github.com/norwoodj/helm-docs/cmd/helm-docs@v1.14.2)
kubeconform=$(go_tool github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0)
kube_score=$(go_tool github.com/zegl/kube-score/cmd/kube-score@v1.20.0)
install_packages openssl
promtool=$(prometheus_program promtool)

# helm-unittest, from its own list of modules.
go=$(go_program helm-unittest)
unittest=$cache/go-$(content_hash "$(cat "$here/unittest/go.mod" "$here/unittest/go.sum")")/helm-unittest
if [[ ! -x $unittest ]]; then
    say "building helm-unittest"
    (cd "$here/unittest" && GOFLAGS="-trimpath -mod=readonly" "$go" build -o "$unittest" \
        github.com/helm-unittest/helm-unittest/cmd/helm-unittest >&2) || fail "could not build helm-unittest"
fi

# The source of a module, as the module proxy has it.
go_source() {
    local folder
    folder=$(cd / && "$go" mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    [[ -d $folder ]] || fail "could not fetch $1; is the Go module proxy reachable?"
    printf '%s' "$folder"
}
keda_source=$(go_source "$keda")
operator_source=$(go_source "$prometheus_operator")

# Schemas, made once for each choice of versions.
schemas=$cache/chart-schemas-$(content_hash "$keda" "$prometheus_operator" "$(cat "$here"/{schemas,versions}.py "$here"/schemas/*)" \
    "$(cat "$root/deploy/dev/requirements-chart.txt")")
if [[ ! -f $schemas/complete ]]; then
    made=$(mktemp -d "$cache/chart-schemas.XXXXXX")
    "$venv/bin/python" "$here/schemas.py" "$made" "$schemas" "$keda_source/config/crd/bases" \
        "$operator_source/example/prometheus-operator-crd" "$here/schemas" || fail "could not make the schemas"
    touch "$made/complete"
    rm -rf "$schemas"
    mv -T "$made" "$schemas" 2>/dev/null || rm -rf "$made"  # another checkout was quicker
fi

exec "$venv/bin/python" "$here/check.py" --root "$root" --schemas "$schemas" --keda "$keda_source" \
    --helm "$helm" --helm-docs "$helm_docs" --kubeconform "$kubeconform" --kube-score "$kube_score" \
    --unittest "$unittest" --promtool "$promtool" "$@"
