"""Question: under an account's limits, with a provider that fails now and then, is the quota used and not hit, is anything lost?

Three runs at the same time, each against an llm-sim of its own that keeps limits as a provider does: `label` and `run` (on a real
broker) with the README's configuration and 5 % of 503s, and `label` without limits of its own against 500 requests a minute.
What was used of a limit is what the simulated provider counted.
Repeat: ./dev quota [--documents N] [--write]
"""

import argparse
import datetime
import json
import os
import pathlib
import signal
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("PRELABEL_BUILD", str(ROOT / "build"))
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "bench" / "worker")]

import kafka_restart_test  # noqa: E402
import parts  # noqa: E402
import report  # noqa: E402
from broker import Kafka  # noqa: E402

PARTITIONS = 6
PER_MINUTE = {"requests": 500, "tokens": 200_000}
LIMITED = ("--requests-per-minute", "500", "--tokens-per-minute", "200000", "--fault", "503=0.05")
# The README's configuration, but for the model's address.
LIMITS = {"requests_per_minute": 500, "tokens_per_minute": 200_000, "max_in_flight": 64}
MODEL = {"model": "gpt-4o-mini", "max_output_tokens": 512, "temperature": 0}
LATENCY = ("--latency-median", "800ms")
START_SECONDS = 10  # in which a client without limits may learn them


class Run:
    """One run and its provider: how it goes, looked at once a second."""

    def __init__(self, name, limit, sim, going, committed=None):
        self.name, self.limit, self.sim, self._going, self._committed = name, limit, sim, going, committed
        self.started = time.monotonic()
        self.seconds = None
        self.looks = [(0, 0)]  # seconds, admitted of the limit
        self.refused = self.refused_at_start = self.behind = 0

    def goes_on(self):
        stats = self.sim.stats()
        now = time.monotonic() - self.started
        self.looks.append((now, stats["admitted"][self.limit]))
        self.refused = stats["refused"]["out_of_requests"] + stats["refused"]["out_of_tokens"]
        if now <= START_SECONDS:
            self.refused_at_start = self.refused
        if self._committed:
            self.behind = max(self.behind, self._committed())
        if self._going():
            return True
        self.seconds = now
        return False

    def used(self):
        """The least used of its limit in a minute, from the end of the first minute to the last call."""
        last = next(seconds for seconds, admitted in self.looks if admitted == self.looks[-1][1])
        minutes = []
        for begin, admitted in self.looks:
            later = [look for look in self.looks if begin + 60 <= look[0] <= last]
            if begin >= 60 and later:
                minutes.append((later[0][1] - admitted) * 60 / (later[0][0] - begin) / PER_MINUTE[self.limit])
        return min(minutes, default=None)

    def row(self, records, dead_letters, documents):
        """The figures, once each record is known to be true."""
        for record in records:
            parts.expect_true_spans(record)
        ids = {record["id"] for record in records}
        stats = self.sim.stats()
        calls, used, paid = stats["requests"], self.used(), stats["paid_by_document"]
        return [self.name, f"{round(self.seconds) // 60}:{round(self.seconds) % 60:02d}", f"{len(ids):,} of {documents:,}", str(dead_letters), f"{len(records) - len(ids)}",
                f"{paid['once']:,} once, {paid['twice'] + paid['more']} more often", f"{stats['replies']['503']}",
                f"{self.refused} of {calls:,} calls, {self.refused - self.refused_at_start} after {START_SECONDS} s",
                f"**{used:.1%}** of {self.limit}" if used is not None else "too short to say", f"{self.behind} documents" if self._committed else "–"]


def worker_of(stage, broker, base_url, documents, loaded):
    """A running worker, how many documents its commits are behind what it finished, and whether it goes on."""
    broker.create(f"documents:{PARTITIONS}", f"annotations:{PARTITIONS}", "annotations.dlq:1")
    config = stage.config("run.yaml", llm={"base_url": base_url, **MODEL, "limits": LIMITS}, input={"kafka": {"brokers": broker.bootstrap, "topic": "documents", "group": "quota"}},
                          output={"kafka": {"topic": "annotations", "dead_letter_topic": "annotations.dlq"}})
    stage.prelabel("produce", loaded, "-c", config, seconds=600).expect_code(0)
    worker = parts.Worker(stage, config)

    def behind():
        status = worker.status()  # one answer: a commit between two would hide what is behind
        return worker.finished(status) - sum(max(0, one["committed"] or 0) for one in status["assignment"])

    return worker, behind, lambda: worker.finished() < documents


def measure(documents):
    with parts.Stage() as stage:
        gold = kafka_restart_test.gold_documents(documents)
        gold_file = stage.write("gold.jsonl", gold)
        loaded = stage.write("documents.jsonl", [{"id": one["id"], "text": one["text"]} for one in gold])

        def provider(*options):
            return stage.llm_sim("--gold", gold_file, *LATENCY, *options)

        def label(name, limit, sim, limits):
            output = stage.folder / f"{limit}.jsonl"
            config = stage.config(f"{limit}.yaml", llm={"base_url": sim.base_url, **MODEL, **limits})
            program = stage.start("label", [parts.PRELABEL, "label", loaded, "-c", config, "-o", output])
            return Run(name, limit, sim, program.running), program, output

        broker = Kafka(stage)
        model = provider(*LIMITED)
        worker, behind, going = worker_of(stage, broker, model.base_url, documents, loaded)
        run = Run("`run` on a real broker, the same", "tokens", model, going, behind)
        limited = label("`label`, the README's limits, 5 % of 503s", "tokens", provider(*LIMITED), {"limits": LIMITS})
        unlimited = label("`label` without limits, provider of 500 a minute", "requests", provider("--requests-per-minute", "500"), {})
        runs = [limited[0], run, unlimited[0]]
        left, deadline = list(runs), time.monotonic() + 300 + 60 * documents / 100
        while left:
            parts.expect(time.monotonic() < deadline, f"{left[0].name} has not ended")
            left = [one for one in left if one.goes_on()]
            time.sleep(1)

        rows = []
        for one, program, output in (limited, unlimited):
            parts.expect(program.wait() in (0, 3), program.errors()[-2000:])
            rows.append(one.row(parts.json_lines(output), len(parts.json_lines(output.with_suffix(".dead_letters.jsonl"))), documents))
        worker.program.signal(signal.SIGTERM)
        parts.expect_equal(worker.program.wait(60), 0, "the worker's exit code")
        ends = {topic: sum(broker.end_offsets(topic)[topic].values()) for topic in ("annotations", "annotations.dlq")}
        records = [json.loads(value) for _, _, value in broker.read("annotations", ends["annotations"])]
        rows.insert(1, run.row(records, ends["annotations.dlq"], documents))
        return rows


def markdown(rows, documents, day):
    head = ["run", "time", "labeled", "dead letters", "labeled twice", "paid answers a document", "503s", "429s", "least used in a minute", "commits behind, at most"]
    return f"""# How much of a quota is used

<!-- Written by bench/quota/quota_bench.py: `./dev quota --write`. Do not edit the figures. -->

{documents:,} documents with a simulated provider that enforces the limits of an account (500 requests and 200,000 tokens per minute;
prompt and `max_output_tokens` count; the median latency is 0.8 s). Repeat with `./dev quota`; `--documents N` runs fewer.

Measured {day} on {report.machine()}; the three runs at the same time.

{report.table(head, rows)}

- *Least used in a minute* is the provider's count in the worst 60 seconds between the first minute and the last call, as a share
  of its limit.
- *Commits behind* are documents with an outcome and without a committed offset, checked once a second. After a crash they would be
  paid again, besides the documents in flight.
- A 429 costs neither an attempt nor a document. Without configured limits the client learns the provider's from its first 429s.
"""


def main():
    parser = argparse.ArgumentParser(prog="./dev quota", description="How much of a quota is used, at full length.")
    parser.add_argument("--documents", type=int, default=4_000, metavar="N", help="default 4,000: about 27 minutes")
    parser.add_argument("--write", action="store_true", help="write docs/quota.md")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # so that what was started is stopped
    text = markdown(measure(options.documents), options.documents, datetime.date.today().isoformat())
    if options.write:
        (ROOT / "docs" / "quota.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
