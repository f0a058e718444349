"""No secret leaves the process: one is planted in every place of a configuration, every part is made to fail, and nothing that
the program prints, logs or serves holds it. The broker is librdkafka's mock cluster, the model a server that quotes its request.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import urllib.error

from json_server import json_server
from parts import PRELABEL, SAMPLES, expect, expect_equal, get, perform, wait_until

PLANTED = "planted-7c0f95d2e1"
SIGNS = ("7c0f95d2", "N2MwZjk1", "djMGY5NW", "3YzBmOTV")  # eight bytes of it, and what base64 makes of them
ENVIRONMENT = {"PLANTED": PLANTED, "PLANTED_LIST": f"principal=me clientSecret={PLANTED}", "PLANTED_URL": f"http://me:{PLANTED}@127.0.0.1:1/token?key={PLANTED}"}


def expect_nothing_leaks(where, text):
    for sign in SIGNS:
        at = text.find(sign)
        expect(at < 0, f"{where} shows the secret: …{text[max(0, at - 200):at + 30]!r}")


def quoting_server(stage, status=401, document=""):
    """Refuses every call and quotes what it was sent, as some gateways do."""

    def reply(headers, _):
        key = headers.get("Authorization", "").removeprefix("Bearer ")
        words = f"Incorrect API key provided: {key}" + (f"\nfor {document}" if document else "")
        return status, {"error": {"message": words, "type": "invalid_request_error", "code": key}}

    return json_server(stage, reply)


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


def check_and_produce(stage, name, config):
    for arguments in (("check", "-c", config), ("check", "-c", config, "--online")):
        ended = stage.prelabel(*arguments, **ENVIRONMENT)
        expect_nothing_leaks(f"{name}: {' '.join(arguments)}", ended.out + ended.err)
    command = [PRELABEL, "produce", str(SAMPLES / "documents.jsonl"), "-c", config]
    producing = stage.start("produce", command, **ENVIRONMENT)  # it goes on trying: what it says until then is looked at
    with contextlib.suppress(subprocess.TimeoutExpired):
        producing.process.wait(timeout=5)
    kill(producing)
    expect_nothing_leaks(f"{name}: produce", producing.errors() + "\n".join(producing.output))


def kill(program):
    program.signal(signal.SIGKILL)
    program.wait()


def run_for_a_moment(stage, name, config):
    program = stage.start("worker", [PRELABEL, "run", "-c", config, "--set", "admin.listen=127.0.0.1:0"], **ENVIRONMENT)
    with contextlib.suppress(AssertionError):  # some trouble is never mentioned
        wait_until(lambda: not program.running() or re.search(r'"event":"(paused|kafka|assigned)"', program.errors()), 15, f"{name}: trouble")
    port = re.search(r'"admin_port":(\d+)', program.errors())
    if port and program.running():
        # A topic that exists is no secret: its name is a label.
        for page in ("/readyz", "/") if name == "topic" else ("/status", "/history", "/metrics", "/readyz", "/"):
            try:
                expect_nothing_leaks(f"{name}: {page}", get(f"http://127.0.0.1:{port.group(1)}{page}")[1])
            except (urllib.error.URLError, ConnectionError):
                pass  # it has just ended
    kill(program)
    expect_nothing_leaks(f"{name}: run", program.errors() + "\n".join(program.output))


def no_output_holds_a_secret(stage):
    cases = places(stage, stage.mock_broker("raw:1", "labeled:1", "labeled.dlq:1"), quoting_server(stage))
    configs = {name: stage.config(f"config-{number}.yaml", **sections) for number, (name, sections) in enumerate(cases.items())}

    def try_out(name):
        check_and_produce(stage, name, configs[name])
        run_for_a_moment(stage, name, configs[name])

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        outcomes = [(name, pool.submit(try_out, name)) for name in cases]
    failures = [f"{name}: {outcome.exception()}" for name, outcome in outcomes if outcome.exception()]
    print("\n".join(failures), file=sys.stderr)
    expect(not failures, f"{len(failures)} of {len(cases)} places: {failures[:1]}")


def a_wrong_value_of_a_variable_is_shown(stage):
    """It is what a person has to see, where it is no secret."""
    broker = stage.mock_broker("raw:1", "labeled:1", "labeled.dlq:1")
    config = stage.config(input={"kafka": {"brokers": "${KB}", "topic": "${TOPIC}"}}, output={"kafka": {"topic": "labeled"}},
                          llm={"base_url": "http://${LLM}/v1", "model": "${MODEL}"})
    variables = {"KB": broker, "TOPIC": "documents-of-nobody", "LLM": "127.0.0.1:1", "MODEL": "gpt-4o-mini"}
    checked = stage.prelabel("check", "-c", config, "--online", **variables).expect_code(1)
    expect(f"topic documents-of-nobody is missing at {broker}" in checked.out, f"check printed {checked.out!r}")
    expect("model gpt-4o-mini at http://127.0.0.1:1/v1: cannot connect" in checked.out, f"check printed {checked.out!r}")
    checked = stage.prelabel("check", "-c", config, "--online", **{**variables, "KB": "127.0.0.1:1"}).expect_code(1)
    expect("brokers 127.0.0.1:1 do not answer: " in checked.out and "${" not in checked.out, f"check printed {checked.out!r}")


def what_a_server_quotes_is_shown_without_the_key(stage):
    config = stage.config(llm={"base_url": quoting_server(stage), "model": "m", "api_key": {"env": "PLANTED"}})
    checked = stage.prelabel("check", "-c", config, "--online", **ENVIRONMENT).expect_code(1)
    expect("HTTP 401" in checked.out and "***" in checked.out, f"check printed {checked.out!r}")
    expect_nothing_leaks("check", checked.out + checked.err)


def what_a_provider_says_is_logged_only_when_it_is_asked_for(stage):
    """It quotes the key, and the document: the first is never shown, the second only in the log that was told to."""
    config = stage.config(llm={"base_url": quoting_server(stage, status=400, document="Ada Lovelace"), "model": "m", "api_key": {"env": "PLANTED"}})
    stage.write("in.jsonl", [{"id": str(number), "text": f"Ada Lovelace met Charles Babbage on day {number}."} for number in range(6)])
    for asked in (False, True):
        ended = stage.prelabel("label", "in.jsonl", "-c", config, "-o", f"out-{asked}.jsonl", "--set", f"log.provider_errors={str(asked).lower()}", **ENVIRONMENT).expect_code(4)
        expect_nothing_leaks("label", ended.out + ended.err)
        paused = [json.loads(line) for line in ended.err.splitlines() if '"event":"paused"' in line]
        expect_equal(len(paused), 1, f"pauses in {ended.err!r}")
        expect_equal(paused[0].get("provider_error"), "Incorrect API key provided: ***\nfor Ada Lovelace" if asked else None, "the provider's words")
        expect_equal(ended.err.count("Lovelace"), int(asked), "how often the document is quoted")


def a_key_over_plain_http_warns(stage):
    far = {"base_url": "http://model.example/v1", "model": "m", "api_key": {"env": "PLANTED"}}
    for llm, warns in ((far, True), ({**far, "base_url": "http://127.0.0.1:1/v1"}, False), ({**far, "base_url": "https://model.example/v1"}, False),
                       ({name: value for name, value in far.items() if name != "api_key"}, False)):
        checked = stage.prelabel("check", "-c", stage.config(llm=llm), **ENVIRONMENT).expect_code(0)
        expect_equal("warn  llm.base_url" in checked.out, warns, f"a warning for {llm}")


def memory_stays_private(stage):
    """No core file, and other processes of the same user may not look inside."""
    config = stage.config(llm={"base_url": "http://127.0.0.1:1/v1", "model": "m"})
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    # Root may look into everything: all three go without that right.
    alike = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"] if os.geteuid() == 0 else []
    program = stage.start("label", [*alike, PRELABEL, "label", "-", "--input-format", "jsonl", "-c", config, "-q"])
    other = stage.start("sleep", [*alike, "sleep", "100"])

    def private(process):
        return "Permission denied" in stage.run(*alike, "head", "-c", "1", f"/proc/{process.process.pid}/mem", LC_ALL="C").err

    limits = pathlib.Path(f"/proc/{program.process.pid}/limits")
    wait_until(lambda: re.search(r"Max core file size +0 +0 ", limits.read_text()), 30, "no core files")
    wait_until(lambda: private(program), 30, "the process is not to be looked into")
    expect(program.running(), f"it ended: {program.errors()}")
    expect(not private(other), "any process is private here, so the question makes no sense")


if __name__ == "__main__":
    sys.exit(perform([no_output_holds_a_secret, a_wrong_value_of_a_variable_is_shown, what_a_server_quotes_is_shown_without_the_key,
                      what_a_provider_says_is_logged_only_when_it_is_asked_for, a_key_over_plain_http_warns, memory_stays_private]))
