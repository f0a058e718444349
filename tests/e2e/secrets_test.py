"""No secret leaves the process: one is planted in every place of a configuration, every part is made to fail, and nothing that
the program prints, logs or serves holds it. The broker is librdkafka's mock cluster, the model a server that quotes its request.
"""

import concurrent.futures
import http.server
import json
import os
import re
import resource
import signal
import sys
import threading
import urllib.error

from parts import PRELABEL, SAMPLES, Skip, expect, expect_equal, get, perform, wait_until

PLANTED = "planted-7c0f95d2e1"
SIGNS = ("7c0f95d2", "N2MwZjk1", "djMGY5NW", "3YzBmOTV")  # eight bytes of it, and what base64 makes of them
ENVIRONMENT = {"PLANTED": PLANTED, "PLANTED_LIST": f"principal=me clientSecret={PLANTED}", "PLANTED_URL": f"http://me:{PLANTED}@127.0.0.1:1/token?key={PLANTED}"}


def expect_nothing_leaks(where, text):
    for sign in SIGNS:
        at = text.find(sign)
        expect(at < 0, f"{where} shows the secret: …{text[max(0, at - 200):at + 30]!r}")


class Quoting(http.server.BaseHTTPRequestHandler):
    """Refuses every call and quotes what it was sent, as some gateways do."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        said = {"error": {"message": f"Incorrect API key provided: {key}", "type": "invalid_request_error", "code": key}}
        body = json.dumps(said).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def quoting_server(stage):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quoting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage.at_end(server.shutdown)
    return f"http://127.0.0.1:{server.server_address[1]}/v1"


def places(stage, broker, model):
    """Name → configuration. Each holds the secret in one place."""
    good = {"input": {"kafka": {"brokers": broker, "topic": "raw"}}, "output": {"kafka": {"topic": "labeled"}},
            "llm": {"base_url": model, "model": "m", "retry": {"max_attempts": 1}}, "log": {"format": "json", "level": "debug"}}

    def with_(path, value, base=good):
        changed = json.loads(json.dumps(base))
        *groups, last = path.split("/")
        at = changed
        for group in groups:
            at = at.setdefault(group, {})
        at[last] = value
        return changed

    def properties(**named):
        return with_("input/kafka/properties", {name.replace("__", "."): value for name, value in named.items()})

    sasl = {"security__protocol": "SASL_PLAINTEXT"}
    key_file = stage.write("key", PLANTED + "\n")
    return {
        "api_key": with_("llm/api_key", PLANTED),
        "api_key.env expanded": with_("llm/api_key", {"env": "${PLANTED}"}),
        "api_key.env written": with_("llm/api_key", {"env": PLANTED}),
        "api_key from a variable": with_("llm/api_key", {"env": "PLANTED"}),
        "api_key from a file": with_("llm/api_key", {"file": key_file}),
        "base_url, query": with_("llm/base_url", f"{model}?key={PLANTED}"),
        "base_url, user": with_("llm/base_url", f"http://me:{PLANTED}@127.0.0.1/v1"),
        "base_url, variable": with_("llm/base_url", "${PLANTED_URL}"),
        "model": with_("llm/model", "${PLANTED}"),
        "brokers": with_("input/kafka/brokers", "${PLANTED}"),
        "topic": with_("input/kafka/topic", "${PLANTED}"),
        "output topic": with_("output/kafka/topic", "${PLANTED}"),
        "a number": with_("llm/limits/max_in_flight", "${PLANTED}"),
        "a choice": with_("log/level", "${PLANTED}"),
        "properties as a text": with_("input/kafka/properties", f"sasl.password={PLANTED}"),
        "sasl.mechanism": properties(**sasl, sasl__mechanism="${PLANTED}"),
        "sasl.password": properties(**sasl, sasl__mechanism="PLAIN", sasl__username="me", sasl__password=PLANTED),
        "sasl.username": properties(**sasl, sasl__mechanism="SCRAM-SHA-512", sasl__username=PLANTED, sasl__password="${PLANTED}"),
        "oauthbearer.config": properties(**sasl, sasl__mechanism="OAUTHBEARER", sasl__oauthbearer__config="${PLANTED_LIST}"),
        "oauthbearer.config written": properties(**sasl, sasl__mechanism="OAUTHBEARER", sasl__oauthbearer__config=ENVIRONMENT["PLANTED_LIST"]),
        "token endpoint": properties(**sasl, sasl__mechanism="OAUTHBEARER", sasl__oauthbearer__method="oidc", sasl__oauthbearer__client__id="me",
                                     sasl__oauthbearer__client__secret=PLANTED, sasl__oauthbearer__token__endpoint__url="${PLANTED_URL}"),
        "security.protocol": properties(security__protocol="${PLANTED}"),
        "ssl.key.pem": properties(security__protocol="SSL", ssl__key__pem=PLANTED, ssl__key__password=PLANTED),
        "ssl.ca.location": properties(security__protocol="SSL", ssl__ca__location="/${PLANTED}"),
        "ssl.cipher.suites": properties(security__protocol="SSL", ssl__cipher__suites="${PLANTED}"),
        "client.id, everything logged": properties(client__id="${PLANTED}", group__instance__id="${PLANTED}", debug="all"),
        "an integer property": properties(session__timeout__ms="${PLANTED}"),
    }


def check_produce_and_label(stage, name, config):
    for arguments in (("check", "-c", config), ("check", "-c", config, "--online"),
                      ("produce", str(SAMPLES / "documents.jsonl"), "-c", config, "--set", "input.kafka.properties.message.timeout.ms=1500")):
        ended = stage.prelabel(*arguments, **ENVIRONMENT)
        expect_nothing_leaks(f"{name}: {arguments[0]}", ended.out + ended.err)


def run_for_a_moment(stage, name, config):
    program = stage.start("worker", [PRELABEL, "run", "-c", config, "--set", "admin.listen=127.0.0.1:0"], **ENVIRONMENT)
    wait_until(lambda: not program.running() or re.search(r'"event":"(paused|kafka|assigned)"', program.errors()), 60, f"{name}: the worker says something")
    port = re.search(r'"admin_port":(\d+)', program.errors())
    if port and program.running():
        for page in ("/status", "/metrics", "/readyz", "/"):
            try:
                expect_nothing_leaks(f"{name}: {page}", get(f"http://127.0.0.1:{port.group(1)}{page}")[1])
            except (urllib.error.URLError, ConnectionError):
                pass  # it has just ended
    program.stop() if name != "brokers" else program.signal(signal.SIGKILL)
    expect_nothing_leaks(f"{name}: run", program.errors() + "\n".join(program.output))


def no_output_holds_a_secret(stage):
    cases = places(stage, stage.mock_broker("raw:1", "labeled:1", "labeled.dlq:1"), quoting_server(stage))
    configs = {name: stage.config(f"config-{number}.yaml", **sections) for number, (name, sections) in enumerate(cases.items())}

    def try_out(name):
        check_produce_and_label(stage, name, configs[name])
        run_for_a_moment(stage, name, configs[name])

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        outcomes = [(name, pool.submit(try_out, name)) for name in cases]
    failures = [f"{name}: {outcome.exception()}" for name, outcome in outcomes if outcome.exception()]
    print("\n".join(failures), file=sys.stderr)
    expect(not failures, f"{len(failures)} of {len(cases)} places: {failures[:1]}")


def what_a_server_quotes_is_shown_without_the_key(stage):
    config = stage.config(llm={"base_url": quoting_server(stage), "model": "m", "api_key": {"env": "PLANTED"}})
    checked = stage.prelabel("check", "-c", config, "--online", **ENVIRONMENT).expect_code(1)
    expect("HTTP 401" in checked.out and "***" in checked.out, f"check printed {checked.out!r}")
    expect_nothing_leaks("check", checked.out + checked.err)


def a_key_over_plain_http_warns(stage):
    far = {"base_url": "http://model.example/v1", "model": "m", "api_key": {"env": "PLANTED"}}
    for llm, warns in ((far, True), ({**far, "base_url": "http://127.0.0.1:1/v1"}, False), ({**far, "base_url": "https://model.example/v1"}, False),
                       ({name: value for name, value in far.items() if name != "api_key"}, False)):
        checked = stage.prelabel("check", "-c", stage.config(llm=llm), **ENVIRONMENT).expect_code(0)
        expect_equal("warn  llm.base_url" in checked.out, warns, f"a warning for {llm}")


def memory_stays_private(stage):
    """No core file, and not readable for other processes of the same user: then /proc/PID belongs to root."""
    user = {} if os.geteuid() else {"user": 65534, "group": 65534, "extra_groups": []}
    config = stage.config(llm={"base_url": "http://127.0.0.1:1/v1", "model": "m"})
    stage.folder.chmod(0o755)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    try:
        program = stage.start("label", [PRELABEL, "label", "-", "--input-format", "jsonl", "-c", config, "-q"], as_user=user)
    except PermissionError:
        raise Skip("another user may not run the program here") from None
    wait_until(lambda: "Max core file size" in (found := limits(program)) and re.search(r"Max core file size +0 +0 ", found), 30, "no core files")
    wait_until(lambda: os.stat(f"/proc/{program.process.pid}/mem").st_uid == 0, 30, "the process is not to be looked into")


def limits(program):
    with open(f"/proc/{program.process.pid}/limits", encoding="ascii") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(perform([no_output_holds_a_secret, what_a_server_quotes_is_shown_without_the_key, a_key_over_plain_http_warns, memory_stays_private]))
