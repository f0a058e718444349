"""`prelabel run` and `produce` on librdkafka's mock cluster: admin port, draining, signals, bad input. The model is llm-sim."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys

from cases import GOLD, NEIGHBOURS, SAMPLE_DOCUMENTS, bad_documents, kafka_config, many_documents
from parts import PRELABEL, TOPIC_READER, Worker, expect, expect_equal, get, json_lines, perform, wait_until

def metric(text, name):
    """The sum of a metric's samples that have these labels; `name` is written as in the exposition."""
    values = [float(value) for found, value in re.findall(r"^(\S+) (\S+)", text, re.M) if found == name]
    expect(values, f"there is no {name}")
    return sum(values)


def run_labels_what_produce_loads(stage):
    sim = stage.llm_sim("--gold", GOLD, "--latency-median", "20ms")
    config = kafka_config(stage, sim, stage.mock_broker("raw:3", "labeled:3", "dead:1"))
    documents = json_lines(SAMPLE_DOCUMENTS)
    produced = stage.prelabel("produce", SAMPLE_DOCUMENTS, "-c", config).expect_code(0)
    expect(f"{len(documents)} documents" in produced.err, f"produce said {produced.err!r}")
    worker = Worker(stage, config)
    expect_equal(worker.get("/healthz")[0], 200, "/healthz")
    wait_until(lambda: worker.finished() >= len(documents), 60, "all are labeled")
    worker.wait_ready()

    status = worker.status()
    expect_equal(status["documents"]["dead_lettered"], 0, "dead letters")
    expect_equal(sorted(one["partition"] for one in status["assignment"]), [0, 1, 2], "assignment")
    code, text, kind = worker.get("/metrics")
    expect(code == 200 and kind.startswith("text/plain"), f"/metrics: {code} {kind}")
    open_code, open_text, open_kind = worker.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    expect(open_code == 200 and open_kind.startswith("application/openmetrics-text") and open_text.endswith("# EOF\n"), f"OpenMetrics: {open_kind}")
    expect_equal(metric(text, 'prelabel_documents_total{outcome="complete"}') + metric(text, 'prelabel_documents_total{outcome="partial"}'),
                 len(documents), "documents in /metrics")
    expect_equal(worker.get("/")[0], 200, "the live page")
    expect_equal(worker.get("/nothing")[0], 404, "an unknown page")
    expect_equal(worker.get("/metrics", method="POST")[0], 405, "POST")

    wait_until(lambda: all(one["lag"] == 0 for one in worker.status()["assignment"]), 30, "all is committed")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    logged = [json.loads(line) for line in worker.program.errors().splitlines() if line]
    expect({"started", "stopped"} <= {line.get("event") for line in logged}, f"events {[line.get('event') for line in logged]}")
    expect(not any(document["text"][:40] in worker.program.errors() for document in documents), "document text is in the log")

    # Nothing is left for the next one: it starts behind what was committed.
    paid = sim.stats()["requests"]
    following = Worker(stage, config)
    following.wait_ready()
    stage.prelabel("produce", stage.write("more.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    wait_until(lambda: following.finished() == len(NEIGHBOURS), 60, "the next worker labels what is new")
    expect_equal(sim.stats()["requests"], paid + len(NEIGHBOURS), "requests")


def run_drains_what_is_in_flight(stage):
    sim = stage.llm_sim("--latency-median", "4s", "--latency-sigma", "0")  # longer than the first call of a model goes alone
    config = kafka_config(stage, sim, stage.mock_broker("raw:1", "labeled:1", "dead:1"))
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    worker = Worker(stage, config)
    wait_until(lambda: sim.stats()["concurrency"]["now"] == len(NEIGHBOURS), 60, "all are in flight")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    stopped = next(json.loads(line) for line in worker.program.errors().splitlines() if '"stopped"' in line)
    expect_equal((stopped["documents"], stopped["abandoned"]), (len(NEIGHBOURS), 0), "documents that were finished and abandoned")


def run_leaves_to_the_next_what_does_not_end_in_time(stage):
    sim = stage.llm_sim("--fault", "hang=1")
    config = kafka_config(stage, sim, stage.mock_broker("raw:1", "labeled:1", "dead:1"))
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    worker = Worker(stage, config)
    wait_until(lambda: worker.status()["calls_in_flight"] == len(NEIGHBOURS), 60, "all hang")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    stopped = next(json.loads(line) for line in worker.program.errors().splitlines() if '"stopped"' in line)
    expect_equal((stopped["documents"], stopped["abandoned"]), (0, len(NEIGHBOURS)), "documents that were finished and abandoned")
    following = Worker(stage, config)
    wait_until(lambda: following.status()["calls_in_flight"] == len(NEIGHBOURS), 60, "the next worker takes them up")


def run_leaves_to_the_next_what_waits_for_the_quota(stage):
    documents = many_documents(300)
    sim = stage.llm_sim("--latency-median", "20ms")
    broker = stage.mock_broker("raw:1", "labeled:1", "dead:1")
    config = kafka_config(stage, sim, broker)
    stage.prelabel("produce", stage.write("in.jsonl", documents), "-c", config).expect_code(0)
    paced = ("--set", "llm.limits.requests_per_minute=120", "--set", "input.drain_timeout=2m")
    worker = Worker(stage, config, *paced)
    wait_until(lambda: worker.finished() >= 5, 60, "some are labeled")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(20), 0, "exit code after SIGTERM, long before the drain's time is over")
    stopped = next(json.loads(line) for line in worker.program.errors().splitlines() if '"stopped"' in line)
    expect(stopped["abandoned"] > 0, "documents waited for the quota")
    following = Worker(stage, config)
    wait_until(lambda: following.finished() == len(documents) - stopped["documents"], 60, "the next worker labels the rest")
    following.program.signal(signal.SIGTERM)
    expect_equal(following.program.wait(), 0, "exit code after SIGTERM")
    records = [json.loads(line) for line in stage.run(TOPIC_READER, broker, "labeled").expect_code(0).out.splitlines()]
    expect_equal(sorted(record["id"] for record in records), sorted(one["id"] for one in documents), "records, each once")
    expect_equal(sim.stats()["requests"], len(documents), "requests: nothing is paid twice")


def run_ends_at_once_on_a_second_signal(stage):
    sim = stage.llm_sim("--fault", "hang=1")
    config = kafka_config(stage, sim, stage.mock_broker("raw:1", "labeled:1", "dead:1"))
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    worker = Worker(stage, config)
    wait_until(lambda: worker.status()["calls_in_flight"] == len(NEIGHBOURS), 60, "all hang")
    worker.program.signal(signal.SIGINT)
    wait_until(lambda: '"draining"' in worker.program.errors(), 30, "it drains")
    expect_equal(worker.get("/readyz")[0], 503, "/readyz while draining")
    worker.program.signal(signal.SIGINT)
    expect_equal(worker.program.wait(5), 130, "exit code")


def run_sets_bad_documents_and_answers_aside(stage):
    poison = {"id": "poison", "text": "Ada Lovelace wrote the poison letter."}
    script = stage.write("script.jsonl", [{"match": "poison", "replies": ["refusal"], "repeat": True}])
    sim = stage.llm_sim("--script", script)
    config = kafka_config(stage, sim, stage.mock_broker("raw:2", "labeled:2", "dead:1"))
    lines = [line for line, _, _ in bad_documents().values()]
    good = [json.dumps(one).encode() for one in (*NEIGHBOURS, poison)]
    stage.write("in.jsonl", b"\n".join(good[:3] + lines + good[3:]) + b"\n")
    produced = stage.prelabel("produce", "in.jsonl", "-c", config).expect_code(0)
    expect(f"{len(lines)} of them hold no document" in produced.err, f"produce said {produced.err!r}")
    stage.write("torn.csv", b'id,text\n{"text":"Ada Lovelace secretword"}\n')  # valid JSON, and no row
    torn = stage.prelabel("produce", "torn.csv", "-c", config).expect_code(0)
    expect("1 of them hold no document" in torn.err, f"produce said {torn.err!r}")
    worker = Worker(stage, config)
    wait_until(lambda: worker.finished() >= len(lines) + len(good) + 1, 60, "every record has its outcome")
    status = worker.status()
    expect_equal(status["documents"]["complete"], len(NEIGHBOURS), "documents labeled")
    expect_equal(status["dead_letters"], {"malformed_input": len(lines) + 1, "refused": 1}, "dead letters by class")
    wait_until(lambda: all(one["lag"] == 0 for one in worker.status()["assignment"]), 30, "the partitions move on")
    expect("secretword" not in worker.program.errors() and "poison letter" not in worker.program.errors(), "document text is in the log")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 0, "exit code")


def health_tells_a_probe_how_the_worker_is(stage):
    sim = stage.llm_sim("--fault", "hang=1")
    config = kafka_config(stage, sim, stage.mock_broker("raw:1", "labeled:1", "dead:1"))
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    worker = Worker(stage, config, "--set", "input.drain_timeout=1m")

    def health(*arguments, code):
        return stage.prelabel("health", "--url", worker.admin, *arguments).expect_code(code)

    expect_equal(health(code=0).out, f"{worker.admin}/healthz: ok\n", "a turning loop")
    worker.wait_ready()
    port = worker.admin.rsplit(":", 1)[1]
    asked = stage.prelabel("health", "--ready", "-c", config, "--set", f"admin.listen=0.0.0.0:{port}").expect_code(0)
    expect_equal(asked.out, f"http://localhost:{port}/readyz: ready\n", "a worker with a partition, by its configuration")
    expect("/readyz: 404, " in stage.prelabel("health", "--url", sim.base_url.removesuffix("/v1"), "--ready").expect_code(1).err, "llm-sim is no worker")

    worker.program.signal(signal.SIGSTOP)
    expect("no answer within 2 s" in health(code=1).err, "a stuck loop")
    worker.program.signal(signal.SIGCONT)
    health(code=0)
    worker.program.signal(signal.SIGTERM)
    wait_until(lambda: '"draining"' in worker.program.errors(), 30, "it drains")
    health(code=0)
    expect("503, not ready: draining" in health("--ready", code=1).err, "a worker that drains")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 130, "exit code after a second SIGTERM")
    expect("connection refused" in health(code=1).err, "no worker")


def run_shows_a_person_its_page_and_how_far_it_is(stage):
    config = kafka_config(stage, stage.llm_sim(), stage.mock_broker("raw:1", "labeled:1", "dead:1"), admin={"listen": "127.0.0.1:0"})
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PRELABEL, "run", "-c", config], stdin=theirs, stdout=theirs, stderr=theirs, cwd=stage.folder)
    stage.at_end(process.kill)
    os.close(theirs)
    os.set_blocking(ours, False)
    seen = []

    def shows(pattern):
        with contextlib.suppress(BlockingIOError, OSError):
            seen.append(os.read(ours, 65536).decode(errors="replace"))
        return re.search(pattern, "".join(seen))

    url = wait_until(lambda: shows(r"the live page is at (http://127\.0\.0\.1:\d+/)"), 30, "it says where its page is")[1]
    expect_equal(get(url)[0], 200, "the live page")
    wait_until(lambda: shows(rf"\r\033\[K{len(NEIGHBOURS)} documents  [^\n]*lag 0"), 30, "the row says that all is done")
    process.send_signal(signal.SIGTERM)
    expect_equal(process.wait(30), 0, "exit code")
    os.close(ours)


def a_key_file_that_is_gone_is_counted_though_nothing_is_called(stage):
    key = stage.write("key", "sk-one\n")
    config = kafka_config(stage, stage.llm_sim(), stage.mock_broker("raw:3", "labeled:3", "dead:1"))
    worker = Worker(stage, config, "--set", f"llm.api_key.file={key}")

    def failing(count):
        return lambda: worker.metric("prelabel_key_files_failing") == count

    worker.wait_ready()
    expect(failing(0)(), "a file that is there is counted")
    (stage.folder / "key").unlink()
    wait_until(failing(1), 30, "the file is missed")
    expect('"key_file"' in worker.program.errors() and "sk-one" not in worker.program.errors(), "the log does not say so")
    stage.write("key", "sk-two\n")
    wait_until(failing(0), 30, "the file is read again")
    expect_equal(worker.status()["summary"], "Has nothing to do: all documents are done.", "what it says of itself")


if __name__ == "__main__":
    sys.exit(perform([
        run_labels_what_produce_loads, run_drains_what_is_in_flight, run_leaves_to_the_next_what_does_not_end_in_time,
        run_leaves_to_the_next_what_waits_for_the_quota,
        run_ends_at_once_on_a_second_signal, run_sets_bad_documents_and_answers_aside,
        health_tells_a_probe_how_the_worker_is, a_key_file_that_is_gone_is_counted_though_nothing_is_called, run_shows_a_person_its_page_and_how_far_it_is,
    ]))
