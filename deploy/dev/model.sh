#!/usr/bin/env bash
# ./dev model [--full]: check every state of the model of exactly once, and that it finds planted bugs (--full: with more documents, an hour)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

full=
case ${1:-} in
    --full) full=yes ;;
    '') ;;
    *) fail "model: unknown argument $1" ;;
esac
install_packages spin gcc libc6-dev
model=$root/tests/model/exactly_once.pml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check WORD…: what the verifier of the model with these settings says, in $work/said; nonzero for a state that must not be.
check() {
    rm -rf "${work:?}"/*
    (cd "$work" && spin "${@/#/-D}" -a "$model" >spin.log && gcc -O2 -w -DSAFETY -DNOREDUCE -DCOLLAPSE -DVECTORSZ=256 -DMEMLIM=8000 -o pan pan.c) ||
        fail "model: spin or gcc does not take it: $(cat "$work/spin.log")"
    (cd "$work" && ./pan -m4000000 -w22 >said 2>&1) || true
    ! grep -q -E '^error: max search depth|pan: reached -DMEMLIM|out of memory' "$work/said" || fail "model: not all states were seen: $*"
    grep -q ' errors: ' "$work/said" || fail "model: the verifier did not end: $(tail -3 "$work/said")"
    grep -q ' errors: 0$' "$work/said"
}
states() { sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$work/said" | head -1; }

none=(REBALANCES=0 CRASHES=0 LOST=0 EXPIRIES=0)
worlds=("OFFSETS=4" "OFFSETS=2 REBALANCES=1 LOST=1" "OFFSETS=2 REBALANCES=1 EXPIRIES=1" "OFFSETS=1 REBALANCES=1 CRASHES=1 LOST=1")
if [[ $full ]]; then
    worlds+=("OFFSETS=3 REBALANCES=1 LOST=1" "OFFSETS=2 REBALANCES=1 CRASHES=1 LOST=1" "OFFSETS=2 REBALANCES=2 LOST=1"
        "OFFSETS=4 REBALANCES=1 PARTITIONS=1 CRASHES=1 LOST=1" "OFFSETS=1 REBALANCES=2 CRASHES=1 LOST=1 EXPIRIES=1")
fi
for world in "${worlds[@]}"; do
    read -ra words <<<"$world"
    settings=()
    for default in "${none[@]}" PARTITIONS=2; do
        [[ " $world " == *" ${default%=*}="* ]] || settings+=("$default")
    done
    check "${settings[@]}" "${words[@]}" || fail "model: $world: $(grep -m1 '^pan:1' "$work/said")"
    printf 'ok    %s: all %s states\n' "$world" "$(states)"
done
for bug in $(grep -o 'BUG_[A-Z_]*' "$model" | sort -u); do
    if check OFFSETS=2 PARTITIONS=2 REBALANCES=1 CRASHES=0 LOST=1 EXPIRIES=0 "$bug"; then fail "model: nobody finds $bug"; fi
    printf 'ok    %s is found: %s\n' "$bug" "$(grep -m1 '^pan:1' "$work/said" | sed 's/^pan:1: //')"
done
