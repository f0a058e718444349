#!/usr/bin/env bash
# ./dev kafka COMMAND: a real Apache Kafka broker on loopback, from Maven Central (see deploy/dev/kafka/README.md)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
    cat <<'TEXT'
usage: ./dev kafka COMMAND [ARGUMENT…] [--dir DIR]
  fetch                                 download the broker once (55 MB)
  start [--port N] [--sasl | --advertise PORT] [--heap M]
                                        start it, fresh or as it was left; prints `bootstrap HOST:PORT`
  status                                says whether it runs, where it listens and where its data is
  create-topic NAME:PARTITIONS…         create topics
  topics                                list topics with their partitions and the records written to each
  read TOPIC [-n N] [--keys] [--follow] print the values of a topic from the beginning; with --follow, also what comes later
  stop                                  let it shut down
  kill                                  SIGKILL it, as a crash would
  tool CLASS [ARGUMENT…]                run one of Kafka's command-line tools, such as org.apache.kafka.tools.TopicCommand
DIR (default: the cache's kafka-state) holds the broker's data, log and ports. Ports below 32768 are chosen where none is given.
Options may stand anywhere, but for `tool`: there they stand before CLASS, and the rest is the tool's.
With --sasl it prints `sasl_ssl HOST:PORT` and `ca FILE` too: user alice, password alice-secret, SCRAM-SHA-512.
With --advertise it prints `behind HOST:PORT` too: who connects there is told that the broker is at the advertised port.
TEXT
}

need_java() {
    command -v java >/dev/null || fail "kafka: Java 17 or newer is needed: ./dev install --e2e"
    local major
    major=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    ((${major:-0} >= 17)) || fail "kafka: Java 17 or newer is needed, found ${major:-an unknown version}: ./dev install --e2e"
}

fetch() {
    need_java
    libs=$(maven_jars kafka "$here/pom.xml" "$here/jars.sha256")
}

java_with() {
    local log=$1
    shift
    # The serial collector and the quick compiler: a broker for development starts often and does little.
    exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto \
        -Dlog4j2.configurationFile="$here/$log" -cp "$libs/*" "$@"
}

# A process is ours while its start time is the one we wrote down: a number may be used again after a crash.
started_at() { cut -d ' ' -f 22 "/proc/$1/stat" 2>/dev/null || true; }

running_pid() {
    local pid start
    read -r pid start 2>/dev/null <"$dir/pid" || return 1
    [[ -n $start && $(started_at "$pid") == "$start" ]] || return 1
    printf '%s' "$pid"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12768))
        listening "$port" || break
    done
    printf '%s' "$port"
}

make_certificates() (
    mkdir -p "$dir/tls"
    cd "$dir/tls"
    command -v openssl >/dev/null || fail "kafka: openssl is needed for --sasl: apt-get install openssl"
    {
        openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=prelabel development CA" -keyout ca.key -out ca.pem
        openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -out server.pem \
            -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
        # The broker wants one file: the key as PKCS#8, then the certificates up to the CA.
        { openssl pkcs8 -topk8 -nocrypt -in server.key && cat server.pem ca.pem; } >keystore.pem
    } 2>openssl.log || fail "kafka: openssl failed, see $dir/tls/openssl.log"
)

configure() {
    local plain=$1 controller secure proxied scram=() listeners=''
    controller=$(free_port)
    rm -rf "$dir/data" "$dir/tls" "$dir/secure" "$dir/proxied"
    mkdir -p "$dir"
    if [[ -n $sasl ]]; then
        secure=$(free_port)
        make_certificates
        printf '%s\n' "$secure" >"$dir/secure"
        scram=(--add-scram "SCRAM-SHA-512=[name=alice,password=alice-secret]")
        listeners=$(cat "$here/sasl.properties.in")
    fi
    if [[ -n $advertised ]]; then
        proxied=$(free_port)
        printf '%s\n' "$proxied" >"$dir/proxied"
        listeners=$(cat "$here/proxied.properties.in")
    fi
    { cat "$here/broker.properties.in" && printf '%s\n' "$listeners"; } |
        sed "s|@PORT@|$plain|g; s|@CONTROLLER_PORT@|$controller|g; s|@SECURE_PORT@|${secure:-}|g; s|@DIR@|$dir|g
            s|@PROXIED_PORT@|${proxied:-}|g; s|@ADVERTISED_PORT@|$advertised|g" >"$dir/broker.properties"
    printf '%s\n' "$plain" >"$dir/port"
    local id
    id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | tr -d '=')
    (java_with tool.log4j2.properties kafka.tools.StorageTool format --standalone -t "$id" -c "$dir/broker.properties" "${scram[@]}") \
        >"$dir/format.log" 2>&1 || fail "kafka: the data folder could not be prepared, see $dir/format.log"
    touch "$dir/formatted"
}

launch() {
    : >"$dir/broker.log"
    (java_with broker.log4j2.properties -Xms64m "-Xmx$heap" kafka.Kafka "$dir/broker.properties" </dev/null >>"$dir/broker.log" 2>&1) &
    local pid=$!
    disown "$pid"
    printf '%s %s\n' "$pid" "$(started_at "$pid")" >"$dir/pid.new"
    mv "$dir/pid.new" "$dir/pid"
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        [[ $(started_at "$pid") != '' ]] || return 1
        if grep -q 'Kafka Server started' "$dir/broker.log" && listening "$(cat "$dir/port")"; then return 0; fi
        sleep 0.1
    done
    return 1
}

start() {
    fetch
    running_pid >/dev/null && fail "kafka: the broker of $dir is already running"
    local tries
    for ((tries = 0; tries < 3; tries++)); do
        if [[ ! -f $dir/formatted ]]; then configure "${port:-$(free_port)}"; fi
        launch && break
        # Somebody may have taken a port between our choosing and the broker's binding; data of an earlier run is never dropped for it.
        if [[ -z $port && -n $fresh ]] && grep -q 'Address already in use' "$dir/broker.log"; then
            rm -f "$dir/formatted"
            continue
        fi
        tail -n 20 "$dir/broker.log" >&2
        fail "kafka: the broker did not start, see $dir/broker.log"
    done
    ((tries < 3)) || fail "kafka: no free port was found"
    printf 'bootstrap 127.0.0.1:%s\n' "$(cat "$dir/port")"
    if [[ -f $dir/secure ]]; then printf 'sasl_ssl localhost:%s\nca %s\n' "$(cat "$dir/secure")" "$dir/tls/ca.pem"; fi
    if [[ -f $dir/proxied ]]; then printf 'behind 127.0.0.1:%s\n' "$(cat "$dir/proxied")"; fi
}

end_with() {
    local pid
    pid=$(running_pid) || return 0
    kill "-$1" "$pid"
    while running_pid >/dev/null; do sleep 0.1; done
    rm -f "$dir/pid"
}

status() {
    local pid
    if pid=$(running_pid); then
        printf 'running (process %s)\nbootstrap 127.0.0.1:%s\n' "$pid" "$(cat "$dir/port")"
        if [[ -f $dir/secure ]]; then printf 'sasl_ssl localhost:%s\nca %s\n' "$(cat "$dir/secure")" "$dir/tls/ca.pem"; fi
    else
        printf 'not running\n'
    fi
    printf 'data %s\n' "$dir"
    [[ -n $pid ]]
}

need_running() { running_pid >/dev/null || fail "kafka: no broker runs on $dir; start it: ./dev kafka start"; }

# TOPIC:PARTITION:OFFSET lines: of the first record that is kept (-2), or behind the last (-1)
offsets() {
    (java_with tool.log4j2.properties org.apache.kafka.tools.GetOffsetShell --bootstrap-server "127.0.0.1:$(cat "$dir/port")" \
        --exclude-internal-topics --time "$@")
}

topics() {
    need_running
    offsets -1 | awk -F: '
        { partitions[$1]++; written[$1] += $3 }
        END { for (topic in partitions) printf "%s\t%d\t%d\n", topic, partitions[topic], written[topic] }' | sort |
        while IFS=$'\t' read -r topic partitions written; do
            printf '%-40s partitions %-4d records written %d\n' "$topic" "$partitions" "$written"
        done
}

read_topic() {
    (($# == 1)) || fail "kafka: read wants one TOPIC"
    need_running
    local options=(--topic "$1" --from-beginning) behind first there
    behind=$(offsets -1 --topic "${1//./\\.}" 2>/dev/null) && [[ -n $behind ]] ||
        fail "kafka: there is no topic \"$1\"; ./dev kafka topics lists them"
    first=$(offsets -2 --topic "${1//./\\.}")
    # What is there now is read, however long that takes: the tool's own end would be a time-out.
    there=$(($(cut -d: -f3 <<<"$behind" | paste -sd+) - ($(cut -d: -f3 <<<"$first" | paste -sd+))))
    [[ -n $follow ]] || count=$((${count:-$there} < there ? ${count:-$there} : there))
    [[ -n $follow ]] || ((count > 0)) || return 0
    [[ -z $count ]] || options+=(--max-messages "$count")
    [[ -n $follow ]] || options+=(--timeout-ms 30000)
    [[ -z $keys ]] || options+=(--formatter-property print.key=true)
    (java_with tool.log4j2.properties org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "127.0.0.1:$(cat "$dir/port")" \
        "${options[@]}") 2> >(grep -v 'Processed a total\|KIP-848' >&2 || true)
}

create_topics() {
    local topic
    (($#)) || fail "kafka: create-topic wants NAME:PARTITIONS"
    for topic in "$@"; do
        [[ $topic == *:* ]] || fail "kafka: create-topic wants NAME:PARTITIONS, not \"$topic\""
        (java_with tool.log4j2.properties org.apache.kafka.tools.TopicCommand --bootstrap-server "127.0.0.1:$(cat "$dir/port")" \
            --create --if-not-exists --topic "${topic%:*}" --partitions "${topic##*:}" --replication-factor 1) >&2
    done
}

dir=$cache/kafka-state libs='' port='' sasl='' advertised='' heap=256m count='' keys='' follow='' words=()
while (($#)); do
    case $1 in
        --dir) dir=$(realpath -m "${2:?--dir wants a folder}") && shift 2 ;;
        --port) port=${2:?--port wants a number} && shift 2 ;;
        --heap) heap=${2:?--heap wants a size} && shift 2 ;;
        --sasl) sasl=yes && shift ;;
        --advertise) advertised=${2:?--advertise wants a port} && shift 2 ;;
        -n) count=${2:?-n wants a number} && shift 2 ;;
        --keys) keys=yes && shift ;;
        --follow) follow=yes && shift ;;
        -h | --help) words=(help) && break ;;
        -*) fail "kafka: unknown option \"$1\"; ./dev kafka help" ;;
        *)
            words+=("$1") && shift
            if [[ ${words[0]} == tool && ${#words[@]} == 2 ]]; then words+=("$@") && break; fi
            ;;
    esac
done
command=${words[0]:-}
set -- "${words[@]:1}"
fresh=yes
[[ ! -f $dir/formatted ]] || fresh=''

case $command in
    fetch) fetch ;;
    start) start ;;
    status) status ;;
    topics) fetch && topics ;;
    read) fetch && read_topic "$@" ;;
    stop) end_with TERM ;;
    kill) end_with KILL ;;
    create-topic) fetch && create_topics "$@" ;;
    tool) fetch && (($#)) && java_with tool.log4j2.properties "$@" ;;
    help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
