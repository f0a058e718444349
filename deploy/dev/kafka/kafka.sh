#!/usr/bin/env bash
# ./dev kafka COMMAND: a real Apache Kafka broker on loopback, from Maven Central (see deploy/dev/kafka/README.md)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's|.*<kafka.version>\(.*\)</kafka.version>.*|\1|p' "$here/pom.xml")
home=$cache/kafka-$version

usage() {
    cat <<'TEXT'
usage: ./dev kafka COMMAND [--dir DIR] …
  fetch                                 download the broker once (55 MB)
  start [--port N] [--sasl] [--heap M]  start it, fresh or as it was left; prints `bootstrap HOST:PORT`
  create-topic NAME:PARTITIONS…         create topics
  stop                                  let it shut down
  kill                                  SIGKILL it, as a crash would
  tool CLASS [ARGUMENT…]                run one of Kafka's command-line tools, such as org.apache.kafka.tools.TopicCommand
DIR (default: the cache's kafka-state) holds the broker's data, log and ports. Ports below 32768 are chosen where none is given.
With --sasl it prints `sasl_ssl HOST:PORT` and `ca FILE` too: user alice, password alice-secret, SCRAM-SHA-512.
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
    [[ ! -f $home/complete ]] || return 0
    exec {lock}>"$cache/kafka.lock"
    flock "$lock"
    if [[ ! -f $home/complete ]]; then
        command -v mvn >/dev/null || fail "kafka: Maven is needed to fetch the broker: ./dev install --e2e"
        say "fetching Apache Kafka $version from Maven Central (once, 55 MB)"
        rm -rf "$home"
        mkdir -p "$home"
        # Strict checksums: a jar that does not match its repository's checksum is an error, not a warning.
        mvn --batch-mode -Dstyle.color=never --quiet --strict-checksums -f "$here/pom.xml" dependency:copy-dependencies \
            -DincludeScope=runtime -DoutputDirectory="$home/libs" >&2 ||
            fail "kafka: Maven could not fetch the broker; is Maven Central reachable?"
        (cd "$home/libs" && sha256sum --check --quiet --strict "$here/jars.sha256" >&2) ||
            fail "kafka: what was fetched is not what deploy/dev/kafka/jars.sha256 pins"
        touch "$home/complete"
    fi
    flock -u "$lock"
}

java_with() {
    local log=$1
    shift
    # The serial collector and the quick compiler: a broker for development starts often and does little.
    exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto \
        -Dlog4j2.configurationFile="$here/$log" -cp "$home/libs/*" "$@"
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
    local plain=$1 controller secure scram=() listeners=''
    controller=$(free_port)
    rm -rf "$dir/data" "$dir/tls" "$dir/secure"
    mkdir -p "$dir"
    if [[ -n $sasl ]]; then
        secure=$(free_port)
        make_certificates
        printf '%s\n' "$secure" >"$dir/secure"
        scram=(--add-scram "SCRAM-SHA-512=[name=alice,password=alice-secret]")
        listeners=$(cat "$here/sasl.properties.in")
    fi
    { cat "$here/broker.properties.in" && printf '%s\n' "$listeners"; } |
        sed "s|@PORT@|$plain|g; s|@CONTROLLER_PORT@|$controller|g; s|@SECURE_PORT@|${secure:-}|g; s|@DIR@|$dir|g" >"$dir/broker.properties"
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
}

end_with() {
    local pid
    pid=$(running_pid) || return 0
    kill "-$1" "$pid"
    while running_pid >/dev/null; do sleep 0.1; done
    rm -f "$dir/pid"
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

command=${1:-}
(($# == 0)) || shift
dir=$cache/kafka-state port='' sasl='' heap=256m
while (($#)); do
    case $1 in
        --dir) dir=$(realpath -m "${2:?--dir wants a folder}") && shift 2 ;;
        --port) port=${2:?--port wants a number} && shift 2 ;;
        --heap) heap=${2:?--heap wants a size} && shift 2 ;;
        --sasl) sasl=yes && shift ;;
        *) break ;;
    esac
done
fresh=yes
[[ ! -f $dir/formatted ]] || fresh=''

case $command in
    fetch) fetch ;;
    start) start ;;
    stop) end_with TERM ;;
    kill) end_with KILL ;;
    create-topic) fetch && create_topics "$@" ;;
    tool) fetch && (($#)) && java_with tool.log4j2.properties "$@" ;;
    help | --help | -h) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
