#!/usr/bin/env bash
# ./dev demo: build, then run the whole job with a simulated broker and model: no key, no network, 20 seconds
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

here=$root/deploy/dev/demo
data=$root/tests/data
programs=$root/build     # or a build folder named as argument, used as it is: for tests
out=${1:-$programs}/demo # stays, for looking at
pids=()

end_all() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    if [[ -n ${1:-} ]]; then   # interrupted: nobody waits for the worker to drain, a second signal ends it
        sleep 0.2
        for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    fi
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    pids=()
}
trap 'end_all now' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
    colour=1 bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
else
    colour='' bold='' dim='' plain=''
fi
heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
row() { printf '  %-26s %s\n' "$1" "$2"; }

# ---- What a job needs: programs, a broker, a model, documents
prepare() {
    if [[ -n ${1:-} ]]; then programs=$1; else bash "$root/deploy/dev/build.sh" release >&2; fi
    rm -rf "$out"
    mkdir -p "$out"
}

# wait_for PATTERN FILE PID: prints the first line that matches, as soon as the program has written it.
wait_for() {
    local tries
    for ((tries = 0; tries < 200; ++tries)); do
        if grep -m 1 -e "$1" "$2" 2>/dev/null; then return 0; fi
        kill -0 "$3" 2>/dev/null || break
        sleep 0.05
    done
    cat "$2" "${2%.out}.log" >&2 2>/dev/null || true
    fail "demo: a program did not start; its messages are above"
}

start_broker() {
    "$programs/libexec/mock-broker" --topic raw-documents:6 --topic pre-annotations:6 --topic pre-annotations.dlq:1 \
        >"$out/broker.out" 2>"$out/broker.log" &
    pids+=($!)
    KAFKA_BROKERS=$(wait_for '^bootstrap ' "$out/broker.out" $!)
    export KAFKA_BROKERS=${KAFKA_BROKERS#bootstrap }
}

# A model that answers from gold with one mention in ten wrong, and a provider with good and bad moments.
start_model() {
    "$programs/bin/llm-sim" --seed 7 --gold "$out/gold.jsonl" --error-rate 0.1 --latency-median 200ms \
        --requests-per-minute 3000 --tokens-per-minute 6000000 --retry-after 500ms \
        --fault 429=0.004 --fault 500=0.01 --fault 503=0.002 --fault reset=0.005 --fault hang=0.002 --fault truncated=0.004 \
        --fault wrong_content_type=0.004 --fault invalid_json=0.01 --fault code_fence=0.02 --fault truncated_answer=0.01 \
        --fault hallucinated=0.03 --fault unknown_label=0.01 --fault wrong_document=0.005 --fault refusal=0.004 \
        >"$out/model.out" 2>"$out/model.log" &
    pids+=($!)
    LLM_BASE_URL=$(wait_for '^listening on ' "$out/model.out" $!)
    export LLM_BASE_URL=${LLM_BASE_URL#listening on }
}

# Every sample three times, told apart by a last word; some once more, word for word; and five that are broken.
make_documents() {
    local copy
    cp "$data/gold.jsonl" "$out/gold.jsonl"
    for copy in 2 3; do
        sed -e "s/^{\"id\": \"/&copy-$copy-/" -e "s/\", \"entities\": \\[/ [$copy]&/" "$data/gold.jsonl"
    done >>"$out/gold.jsonl"
    head -n 30 "$data/gold.jsonl" | sed 's/^{"id": "/&again-/' >>"$out/gold.jsonl"
    sed 's/, "entities": \[.*/}/' "$out/gold.jsonl" >"$out/documents.jsonl"
    {
        printf '%s\n' '{"id": "no-text", "body": "the text is elsewhere"}' '{"id": "empty", "text": ""}' \
            '{"id": "twice", "text": "one", "text": "two"}' 'this is not JSON' '{"id": "cut", "text": "cut o'
    } >"$out/broken.jsonl"
    total=$(cat "$out/documents.jsonl" "$out/broken.jsonl" | wc -l)
}

# ---- The worker, and what it says of itself
start_worker() {
    PRELABEL_ADMIN_PORT=0 "$programs/bin/prelabel" run -c "$here/prelabel.yaml" --set log.format=json \
        >"$out/worker.out" 2>"$out/worker.log" &
    worker=$!
    pids+=("$worker")
    local line
    line=$(wait_for '"admin_port"' "$out/worker.log" "$worker")
    line=${line##*\"admin_port\":}
    admin_port=${line%%[!0-9]*}
}

# get PORT PATH: the body, by bash alone.
get() {
    exec {http}<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&"$http"
    timeout 5 sed '1,/^\r$/d' <&"$http"
    exec {http}>&-
}

# number NAME [JSON]: the first number of that name.
number() {
    local json=${2-$status}
    if [[ $json =~ \"$1\":([0-9.eE+-]+) ]]; then printf '%s' "${BASH_REMATCH[1]}"; else printf 0; fi
}
# counts NAME [JSON]: what an object of numbers holds, in words.
counts() {
    local json=${2-$status}
    if [[ $json =~ \"$1\":\{([^}]*)\} ]]; then
        json=${BASH_REMATCH[1]//\"/}
        json=${json//:/ }
        printf '%s' "${json//,/, }"
    fi
}

now_ms() { printf '%s' $((${EPOCHREALTIME/[.,]/} / 1000)); }

show_progress() {
    local width=30 full
    full=$((done_documents * width / total))
    printf '%s  [%s%s] %d/%d documents  %ss  $%.4f' "$1" "$(printf '%*s' "$full" '' | tr ' ' '#')" \
        "$(printf '%*s' $((width - full)) '' | tr ' ' '.')" "$done_documents" "$total" $((elapsed_ms / 1000)) "$(number cost_usd)"
}

watch_worker() {
    local started next=0
    started=$(now_ms)
    for (( ; ; )); do
        status=$(get "$admin_port" /status) || fail "demo: the worker is gone; see $out/worker.log"
        done_documents=$(($(number complete) + $(number partial) + $(number dead_lettered)))
        elapsed_ms=$(($(now_ms) - started))
        if [[ -n $colour ]]; then
            show_progress $'\r\e[K'
        elif ((elapsed_ms >= next)); then
            show_progress ''
            printf '\n'
            next=$((elapsed_ms + 2000))
        fi
        ((done_documents < total)) || break
        ((elapsed_ms < 120000)) || fail "demo: not done after two minutes; see $out/worker.log"
        sleep 0.2
    done
    if [[ -n $colour ]]; then printf '\n'; else show_progress ''; printf '\n'; fi
    # Idle now, the worker commits its last offsets within a second; draining does it anyway.
    model_port=${LLM_BASE_URL##*:}
    bill=$(get "${model_port%%/*}" /stats || true)
}

# ---- What came of it
read_topics() {
    "$programs/libexec/topic-reader" "$KAFKA_BROKERS" pre-annotations >"$out/pre-annotations.jsonl"
    "$programs/libexec/topic-reader" --headers "$KAFKA_BROKERS" pre-annotations.dlq >"$out/dead-letters.txt"
}

show_annotations() {
    heading "Pre-annotations"
    if [[ -n $colour ]]; then
        printf '  %-12s \e[30;46m person \e[0m \e[30;43m organisation \e[0m \e[30;42m place \e[0m\n' ''
    fi
    LC_ALL=C awk -v colour="$colour" -v ids="news-002 news-003 news-018 news-053 news-057 news-062 support-026 partial" \
        -f "$here/mark.awk" "$out/pre-annotations.jsonl"
}

show_outcome() {
    heading "What became of $total documents"
    row "complete" "$(number complete)"
    row "partial" "$(number partial)   mentions set aside, or an answer mended: $(counts discarded)"
    row "dead-lettered" "$(number dead_lettered)   with key, value and headers as they came:"
    sed 's/.*prelabel\.error\.class=\([^\t]*\)\tprelabel\.error\.message=\([^\t]*\).*/\1: \2/' "$out/dead-letters.txt" |
        sort | uniq -c | sort -rn | cut -c1-110 | sed 's/^ */                               /'
}

show_quality() {
    heading "Against gold (the simulated model gets one mention in ten wrong; a dead letter counts as nothing found)"
    "$programs/bin/prelabel" evaluate --gold "$out/gold.jsonl" --pred "$out/pre-annotations.jsonl" --missing-as-empty \
        2>/dev/null | sed 's/^/  /'
}

show_numbers() {
    local hundredths=$((total * 100000 / elapsed_ms))
    heading "In numbers"
    row "time" "$((elapsed_ms / 1000)).$((elapsed_ms % 1000 / 100)) s, $((hundredths / 100)).$((hundredths % 100 / 10)) documents/s; the limit of 3,000 requests a minute is 50/s"
    row "calls by reply" "$(counts calls); retries $(number retries), asked again $(number reasks)"
    row "answers from" "$(counts cache)   (a miss is a call; the same text is never paid twice)"
    row "tokens" "$(counts tokens)"
    row "cost" "$(printf '$%.4f at the prices in the configuration' "$(number cost_usd)")"
    [[ -z $bill ]] || row "the provider's own count" "$(number answers "$bill") answers charged, $(number undelivered "$bill") of them lost on the way"
    row "worker" "$(($(number resident_bytes) / 1048576)) MiB, $(LC_ALL=C printf %.2f "$(number cpu_seconds)") CPU-s"
}

show_next() {
    heading "Kept for looking: ${out#"$root"/}/{pre-annotations.jsonl,dead-letters.txt,worker.log}"
    heading "The same job with a real broker, model and key"
    cat <<TEXT
  1. Copy deploy/dev/demo/prelabel.yaml and change these lines:
       task: tests/data/news-ner.yaml          # or your own labels; paths are relative to the file
       input:
         kafka: {brokers: "kafka:9092", topic: raw-documents, group: prelabel}
       llm:
         base_url: https://api.openai.com/v1   # or your vLLM, Ollama, LiteLLM … up to and with /v1
         model: gpt-4o-mini
         api_key: {env: OPENAI_API_KEY}
         limits: {requests_per_minute: 500, tokens_per_minute: 200000, max_in_flight: 64}   # your account's
         max_output_tokens: 512                # providers count these too, used or not
         timeout: {connect: 5s, idle: 30s, total: 2m}
  2. export OPENAI_API_KEY=…
     build/bin/prelabel check -c FILE --online      # brokers, topics, permissions, key, model: what to fix
     build/bin/prelabel produce documents.jsonl -c FILE
     build/bin/prelabel run -c FILE                 # live page: http://127.0.0.1:9464/
  Files instead of Kafka: build/bin/prelabel label documents.jsonl -c FILE -o labeled.jsonl
TEXT
}

prepare "$@"
make_documents
start_broker
start_model
say "broker $KAFKA_BROKERS, model $LLM_BASE_URL: both simulated, both on this machine only"
"$programs/bin/prelabel" produce "$out/documents.jsonl" "$out/broken.jsonl" -c "$here/prelabel.yaml" 2>"$out/produce.log" ||
    fail "demo: produce failed: $(cat "$out/produce.log")"
say "$total documents in raw-documents (30 repeat a text, 5 are broken); starting the worker"
start_worker
say "live page while it works: http://127.0.0.1:$admin_port/"
watch_worker
kill -TERM "$worker"
wait "$worker" || fail "demo: the worker ended with $?; see $out/worker.log"
read_topics
end_all
show_annotations
show_outcome
show_quality
show_numbers
show_next
