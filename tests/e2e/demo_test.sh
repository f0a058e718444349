#!/usr/bin/env bash
# The demo as people see it, with the programs of the build under test: everything is labeled, marked where it stands,
# evaluated, and nothing stays behind.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${PRELABEL_BUILD:-$root/build/${PRELABEL_TEST_PRESET:-dev}}
export LC_ALL=C.UTF-8

verdict() {
    if [[ $2 == 0 ]]; then printf 'PASS %s\n' "$1"; else printf 'FAIL %s: %s\n' "$1" "$3"; fi
}
has() { grep -qF -e "$1" <<<"$printed"; }

printed=$(timeout 150 bash "$root/deploy/dev/demo/demo.sh" "$build" 2>"$build/demo.log")
code=$?
if [[ $code != 0 ]]; then
    tail -n 20 "$build/demo.log"
    verdict the_demo_ends_well 1 "it exited with $code"
    exit 0
fi
verdict the_demo_ends_well 0

missing=
for part in '551/551 documents' 'micro avg' '546 documents, entity level' 'malformed_input: the text is empty' \
    'The same job with a real broker, model and key'; do
    has "$part" || missing+=" \"$part\""
done
[[ -z $missing ]]
verdict it_shows_outcome_evaluation_and_what_comes_next $? "missing:$missing"

# Taking the marks away must give the documents again: byte for byte, emoji, Arabic and Japanese too.
wrong=
for id in news-003 news-018 news-057 news-062; do
    shown=$(sed -n "/^  $id  /{n;s/^ *//;p;}" <<<"$printed" | sed -E 's/ (PER|ORG|LOC)\]//g; s/\[//g')
    text=$(sed -n "s/^{\"id\": \"$id\", \"text\": \"\(.*\)\"}\$/\1/p" "$root/tests/data/documents.jsonl")
    [[ -n $text && $shown == "$text" ]] || wrong+=" $id"
done
[[ -z $wrong ]]
verdict its_marks_stand_where_the_entities_are $? "not so:$wrong"

[[ $printed != *$'\e'* ]]
verdict it_prints_no_colour_where_no_terminal_is $? "there is an escape sequence"

broker=$(sed -n 's/.*broker 127\.0\.0\.1:\([0-9]*\),.*/\1/p' "$build/demo.log")
[[ -n $broker ]] && ! (: <"/dev/tcp/127.0.0.1/$broker") 2>/dev/null
verdict it_leaves_no_broker_behind $? "the broker still listens"

# --keep: the page is there after the last line, and one Ctrl-C ends all of it.
env --default-signal=INT timeout 150 bash "$root/deploy/dev/demo/demo.sh" --keep "$build" >"$build/demo.out" 2>"$build/demo.log" &
kept=$!
page=
for ((turn = 0; turn < 1400; ++turn)); do
    page=$(sed -n 's|^The live page stays at \(http://[^ ]*\) until Ctrl-C$|\1|p' "$build/demo.out")
    [[ -z $page ]] && kill -0 "$kept" 2>/dev/null || break
    sleep 0.1
done
status=$(curl -fsS --noproxy '*' --max-time 5 "$page" | grep -c '<html')
kill -INT "$kept"
wait "$kept"
code=$?
[[ -n $page && $status == 1 && $code == 0 ]] && ! curl -fs --noproxy '*' --max-time 5 "$page" >"$build/demo.page"
verdict it_keeps_the_live_page_until_it_is_interrupted $? "page '$page', served $status, exit code $code"
