"""How `prelabel label` ends: by interrupts, closed pipes, and models that cannot be used. The model is llm-sim."""

import http.server
import json
import os
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

from cases import NEIGHBOURS, in_input_order, label_config, many_documents, start_label
from parts import LLM_SIM, PRELABEL, Simulator, Worker, expect, expect_equal, get, json_lines, perform, wait_until


def label_finishes_its_calls_on_one_interrupt_and_stops_on_two(stage):
    stage.write("in.jsonl", many_documents(600))
    sim = stage.llm_sim("--latency-median", "200ms", "--latency-sigma", "0")
    config = label_config(stage, sim, limits={"max_in_flight": 16})
    ended = start_label(stage, config, "out.jsonl")
    ended.signal(signal.SIGINT)
    expect_equal(ended.wait(), 130, "exit code after one interrupt")
    labeled = len(json_lines(stage.folder / "out.jsonl"))
    expect_equal(labeled, sim.stats()["requests"], "records: as many as were paid")
    told = re.search(r"^prelabel: (\d+) of 600 labeled; continue with: (.*)$", ended.errors(), re.MULTILINE)
    expect(told and int(told[1]) == labeled, f"what it says: {ended.errors()[-500:]!r}")
    expect_equal(shlex.split(told[2]), [*ended.process.args, "--resume"], "the command that continues")
    stage.run("sh", "-c", f"{told[2]} --set llm.limits.max_in_flight=256").expect_code(0)
    expect_equal([record["id"] for record in in_input_order(stage.folder / "out.jsonl")], [f"doc-{number}" for number in range(600)], "records")


def label_says_how_far_it_came_in_an_input_that_is_not_read_to_its_end(stage):
    stage.write("in.jsonl", many_documents(20_000))
    sim = stage.llm_sim("--latency-median", "50ms", "--latency-sigma", "0")
    config = label_config(stage, sim, limits={"max_in_flight": 16})
    for number, (more, total) in enumerate((((), 0), (("--limit", "15000"), 15_000), (("--sample", "15000"), 15_000))):
        ended = start_label(stage, config, f"out{number}.jsonl", *more)
        ended.signal(signal.SIGINT)
        expect_equal(ended.wait(), 130, "exit code after an interrupt")
        labeled = len(json_lines(stage.folder / f"out{number}.jsonl"))
        told = re.search(r"^prelabel: ([\d,]+) of (about )?([\d,]+) labeled; continue with: ", ended.errors(), re.MULTILINE)
        expect(told and int(told[1].replace(",", "")) == labeled, f"what it says: {ended.errors()[-500:]!r}")
        of = int(told[3].replace(",", ""))
        if total:
            expect_equal((told[2], of), (None, total), "documents of the selection")
        else:
            expect(told[2] and 18_000 <= of <= 22_000, f"documents, about: {of}")
        expect(re.search(rf"^labeled +{told[1]} of {told[2] or ''}{told[3]} documents$", ended.errors(), re.MULTILINE), f"the summary: {ended.errors()[-900:]!r}")
        share = re.search(r"(\d+)%  .*\nlabeled ", ended.errors())
        expect(share and abs(int(share[1]) - 100 * labeled / of) <= 2, f"the last line of progress: {ended.errors()[-900:]!r}")


def two_interrupts_end_it_at_once_and_write_what_was_paid(stage):
    stage.write("in.jsonl", [{"id": "gap", "text": "Ada Lovelace hangs."}, *NEIGHBOURS])
    sim = stage.llm_sim("--script", stage.write("script.jsonl", [{"match": "hangs", "replies": ["hang"], "repeat": True}]))
    stuck = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", label_config(stage, sim), "-o", "stuck.jsonl"])
    wait_until(lambda: sim.stats()["replies"]["ok"] == len(NEIGHBOURS), 60, "all but the one are answered")
    stuck.signal(signal.SIGTERM)  # the input is read to its end by now
    wait_until(lambda: "interrupt again" in stuck.errors(), 30, "it says how to stop at once")
    expect(stuck.running(), "it did not wait for what is in flight")
    stuck.signal(signal.SIGTERM)
    expect_equal(stuck.wait(10), 130, "exit code after two interrupts")
    expect_equal(stuck.errors().count("6 of 7 labeled; continue with: "), 1, f"the last line {stuck.errors()[-500:]!r}")
    expect_equal([record["id"] for record in json_lines(stage.folder / "stuck.jsonl")], [one["id"] for one in NEIGHBOURS], "records")


def two_interrupts_end_it_also_when_nobody_reads_what_it_writes(stage):
    stage.write("in.jsonl", many_documents(600))
    sim = stage.llm_sim()
    os.mkfifo(stage.folder / "out.pipe")
    reader = os.open(stage.folder / "out.pipe", os.O_RDONLY | os.O_NONBLOCK)
    stage.at_end(lambda: os.close(reader))
    stuck = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", label_config(stage, sim), "-o", "out.pipe"])
    wait_until(lambda: sim.stats()["replies"]["ok"] == 600, 60, "all are answered")
    for _ in range(2):
        stuck.signal(signal.SIGINT)
        time.sleep(0.5)
    expect_equal(stuck.wait(4), 130, "exit code")
    expect(re.search(r"prelabel: \d+ of 600 labeled\n$", stuck.errors()), f"the last line of what cannot be resumed: {stuck.errors()[-300:]!r}")


def label_waits_for_a_model_that_comes_back(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = label_config(stage, Simulator(f"http://127.0.0.1:{port}"))
    for wait, least, most in (("0", 0, 10), ("1s", 1, 12)):
        started = time.monotonic()
        ended = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--wait-for-model", wait).expect_code(4)
        took = time.monotonic() - started
        expect(least <= took <= most, f"--wait-for-model {wait} took {took:.1f} s")
        expect("connection refused; check llm.base_url, the network and whether the server runs" in ended.err, f"it says {ended.err!r}")
        expect("0 of 6 labeled; continue with: " in ended.err, f"it says {ended.err!r}")
    waiting = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--wait-for-model", "60s"])
    time.sleep(2)
    stage.start("llm-sim", [LLM_SIM, "--listen", f"127.0.0.1:{port}"])
    expect_equal(waiting.wait(60), 0, "exit code after the model came")


def label_serves_its_live_page(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    config = label_config(stage, stage.llm_sim("--fault", "hang=1"))
    running = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--page"])
    url = wait_until(lambda: re.search(r"the live page is at (http://127.0.0.1:\d+/)", running.errors()), 60, "it says where")[1]
    status, _, kind = get(url, Accept="text/html")
    expect(status == 200 and "html" in kind, f"the page: {status} {kind}")
    expect_equal(json.loads(get(url + "status")[1])["documents"]["in_flight"], len(NEIGHBOURS), "documents in flight")


def label_says_early_that_nothing_answers(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    sim = stage.llm_sim("--fault", "hang=1")
    config = label_config(stage, sim)
    hanging = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", config, "-o", "out.jsonl"])
    wait_until(lambda: (stage.folder / "out.jsonl").exists(), 60, "it has started")
    wait_until(lambda: "waiting for the first answer, 2 s" in hanging.errors(), 5, "it says what it waits for")


def one_interrupt_ends_it_also_when_no_answer_comes(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    sim = stage.llm_sim("--fault", "hang=1")
    config = label_config(stage, sim)
    hanging = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--set", "input.drain_timeout=1s"])
    wait_until(lambda: sim.stats()["requests"] > 0, 60, "it has asked")
    hanging.signal(signal.SIGTERM)
    expect_equal(hanging.wait(), 130, "exit code")


def label_ends_when_its_output_goes_nowhere(stage):
    sim = stage.llm_sim("--latency-median", "50ms")
    config = label_config(stage, sim, limits={"max_in_flight": 4})
    stage.write("in.jsonl", many_documents(400))
    head = stage.run("bash", "-c", f"'{PRELABEL}' label in.jsonl -c '{config}' | head -n 3; exit ${{PIPESTATUS[0]}}")
    expect_equal((head.code, len(head.out.splitlines())), (141, 3), "exit code of a closed pipe, as every tool has it, and lines")
    expect(sim.stats()["requests"] < 100, f"it went on buying: {sim.stats()['requests']} requests")
    expect("prelabel:" not in head.err, f"a closed pipe is no news: {head.err!r}")


# ------------------------------------------------------------------------------------------ models that cannot be used


def ends_with_4(stage, base_url, *sentences, **model):
    """`label` and `check --online` against it. Both say the same, and soon."""
    config = stage.config(llm={"base_url": base_url, "model": "sim", **model})
    checked = stage.prelabel("check", "-c", config, "--online").expect_code(1)
    started = time.monotonic()
    ended = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl").expect_code(4)
    took = time.monotonic() - started
    expect(took < 20, f"{base_url} took {took:.1f} s")
    for sentence in sentences:
        expect(sentence in checked.out, f"check --online does not say {sentence!r}: {checked.out!r}")
        expect(sentence in ended.err, f"label does not say {sentence!r}: {ended.err!r}")
    expect("0 of 6 labeled; continue with: " in ended.err, f"it does not say how to go on: {ended.err!r}")
    expect_equal(json_lines(stage.folder / "out.jsonl"), [], "records")
    expect(not (stage.folder / "out.dead_letters.jsonl").exists(), "a document was buried for the model's trouble")


def server_of(stage, answer, tls=None):
    """A server that does this for each POST."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = answer(self)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage.at_end(server.shutdown)
    return server


def serving(stage, answer, tls=None):
    return server_of(stage, answer, tls).server_address[1]


def tls_at_home(folder):
    """What a server needs that speaks TLS with a certificate that nobody else has signed."""
    certificate = folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{certificate}.key", "-out", str(certificate)], check=True, capture_output=True, timeout=60)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, f"{certificate}.key")
    return tls


def permanent_failures_at_the_start_end_it(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    error = b'{"error": {"message": "no", "type": "invalid_request_error", "param": null, "code": null}}'
    for status, sentence in ((401, "no key is configured: llm.api_key says where it is"),
                             (403, "the key is not allowed to use this model, or a firewall stops the request: check llm.api_key"),
                             (404, "check llm.base_url (it ends in /v1 for most servers) and llm.model"),
                             (400, "the server refuses the request: check llm.model and llm.api_key"),
                             (422, "the server refuses the request: check llm.model and llm.api_key")):
        port = serving(stage, lambda _, status=status: (status, {}, error))
        ends_with_4(stage, f"http://127.0.0.1:{port}/v1", str(status), sentence)
    port = serving(stage, lambda request: (307, {"Location": "https://127.0.0.1:1" + request.path}, b""))
    ends_with_4(stage, f"http://127.0.0.1:{port}/v1", "307", "check llm.base_url")


def an_address_without_a_model_ends_it(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    try:
        socket.getaddrinfo("no-such-host.invalid", 80)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:  # without a name server nobody knows, which is an outage
            ends_with_4(stage, "http://no-such-host.invalid/v1", "cannot resolve no-such-host.invalid", "check llm.base_url", proxy="none")
            ends_with_4(stage, "http://model.example/v1", "cannot resolve the proxy no-such-host.invalid:3128", "check llm.proxy", proxy="no-such-host.invalid:3128")
    plain = serving(stage, lambda _: (200, {}, b"{}"))
    ends_with_4(stage, f"https://127.0.0.1:{plain}/v1", "does not speak TLS; write http://", "check llm.base_url")
    secure = serving(stage, lambda _: (200, {}, b"{}"), tls_at_home(stage.folder))
    ends_with_4(stage, f"http://127.0.0.1:{secure}/v1", "speaks TLS, and the request was plain HTTP; write https://", "check llm.base_url")
    ends_with_4(stage, f"https://127.0.0.1:{secure}/v1", "certificate", "llm.ca_file", "check llm.base_url")


def an_address_without_a_model_pauses_run_until_it_has_one(stage):
    broker = stage.mock_broker("raw:1", "labeled:1", "labeled.dlq:1")
    other = server_of(stage, lambda _: (200, {}, b"{}"), tls_at_home(stage.folder))
    port = other.server_address[1]
    config = stage.config(input={"kafka": {"brokers": broker, "topic": "raw"}}, output={"kafka": {"topic": "labeled"}},
                          llm={"base_url": f"http://127.0.0.1:{port}/v1", "model": "sim"})
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    worker = Worker(stage, config)
    paused = wait_until(lambda: re.search(r'"event":"paused".*', worker.program.errors()), 60, "it pauses")[0]
    expect('"cause":"person"' in paused and "write https:// in llm.base_url" in paused, f"it says {paused!r}")
    other.shutdown()
    other.server_close()
    stage.start("llm-sim", [LLM_SIM, "--listen", f"127.0.0.1:{port}"])
    wait_until(lambda: worker.finished() == len(NEIGHBOURS), 90, "all are labeled when a model is there")
    expect_equal(worker.status()["documents"]["dead_lettered"], 0, "dead letters")


if __name__ == "__main__":
    sys.exit(perform([
        label_finishes_its_calls_on_one_interrupt_and_stops_on_two, label_says_how_far_it_came_in_an_input_that_is_not_read_to_its_end,
        two_interrupts_end_it_at_once_and_write_what_was_paid,
        two_interrupts_end_it_also_when_nobody_reads_what_it_writes, one_interrupt_ends_it_also_when_no_answer_comes,
        label_waits_for_a_model_that_comes_back, label_serves_its_live_page, label_says_early_that_nothing_answers,
        label_ends_when_its_output_goes_nowhere,
        permanent_failures_at_the_start_end_it, an_address_without_a_model_ends_it, an_address_without_a_model_pauses_run_until_it_has_one,
    ]))
