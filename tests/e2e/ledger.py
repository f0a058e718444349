"""What the tests of exactly once share: a ledger of what was put in and what came out, and workers on its topics."""

import collections
import json
import os
import random
import sys
import time

from cases import llm
from parts import TOPIC_READER, Worker, expect, expect_equal, wait_until

PARTITIONS = 6
SESSION_SECONDS = 3
TRANSACTION_SECONDS = 8
EACH = 400  # documents for one fault
IN_FLIGHT = 64
HIDDEN_SECONDS = 30  # an open transaction hides what is behind it; brokers look every 10 s for those that are over their time


def drawn():
    """Chance from PRELABEL_SEED, or from a seed of its own; the seed is printed."""
    seed = int(os.environ.get("PRELABEL_SEED", "0")) or random.randrange(1 << 30)
    print(f"  PRELABEL_SEED={seed}", file=sys.stderr, flush=True)
    return random.Random(seed)


class Ledger:
    """What was put in and what came out, for one pair of topics.

    `brokers` is where workers connect, unless to the broker itself; `reader` and `writer` are client properties of a worker.
    ${INSTANCE} in them, and in the journal's path, is the name that a worker is started with.
    """

    def __init__(self, stage, broker, name, *, brokers=None, reader=None, writer=None, journal=False, latency="60ms", **input_settings):
        self.stage, self.broker, self.name = stage, broker, name
        self.topics = (name, f"{name}.out", f"{name}.dead")
        broker.create(f"{name}:{PARTITIONS}", f"{name}.out:3", f"{name}.dead:1")
        self.sim = stage.llm_sim("--latency-median", latency, "--retry-after", "100ms", "--fault", "429=0.003", "--fault", "503=0.003")
        properties = {"session.timeout.ms": str(1000 * SESSION_SECONDS), "heartbeat.interval.ms": "500", **(reader or {})}
        self.config = stage.config(
            f"{name}.yaml",
            input={"kafka": {"brokers": brokers or broker.bootstrap, "topic": name, "group": name, "properties": properties},
                   "commit_interval": "300ms", "drain_timeout": "10s", **input_settings},
            llm=llm(self.sim, limits={"max_in_flight": IN_FLIGHT}, retry={"max_attempts": 20}),
            output={"delivery": os.environ.get("PRELABEL_DELIVERY", "exactly_once"),
                    "kafka": {"topic": self.topics[1], "dead_letter_topic": self.topics[2],
                              "properties": {"transaction.timeout.ms": str(1000 * TRANSACTION_SECONDS), **(writer or {})}}},
            **({"journal": {"path": f"{stage.folder}/{name}.journal.${{INSTANCE}}"}} if journal else {}))
        self.loaded = 0

    def load(self, count):
        # Some have no text: their outcome is a dead letter.
        some = [{"id": f"{self.name}-{number}", **({} if number % 50 == 0 else {"text": f"Ada Lovelace wrote #{number} in London."})}
                for number in range(self.loaded, self.loaded + count)]
        self.loaded += count
        self.stage.prelabel("produce", self.stage.write("some.jsonl", some), "-c", self.config,
                            "--set", f"input.kafka.brokers={self.broker.bootstrap}", INSTANCE="load").expect_code(0)

    def worker(self, *options, name="worker"):
        return Worker(self.stage, self.config, *options, INSTANCE=name)

    def committed(self):
        found = self.broker.committed(self.name)
        return sum(offset or 0 for offset, _ in found.values())

    def all_done(self, workers, seconds=120):
        def done():
            for worker in workers:
                expect(worker.program.running(), f"a worker ended\n{worker.program.errors()[-3000:]}")
            status = [worker.status() for worker in workers]
            assigned = [one for each in status for one in each["assignment"]]
            return (len(assigned) == PARTITIONS and all(one["lag"] == 0 for one in assigned)
                    and all(each["documents"]["in_flight"] == 0 for each in status))

        wait_until(done, seconds, "all documents have their outcome")
        wait_until(lambda: self.committed() == self.loaded, 60, "all are committed")

    def _read(self, topic, *options):
        return self.stage.run(TOPIC_READER, *options, self.broker.bootstrap, topic).expect_code(0).out.splitlines()

    def _outcomes(self):
        """How many there are by the input's partition and offset, and how many of them are records."""
        records = [json.loads(line)["source"] for line in self._read(self.topics[1])]
        outcomes = collections.Counter((source["partition"], source["offset"]) for source in records)
        for line in self._read(self.topics[2], "--headers"):
            headers = dict(pair.split("=", 1) for pair in line.split("\t") if "=" in pair)
            outcomes[(int(headers["prelabel.error.partition"]), int(headers["prelabel.error.offset"]))] += 1
        return outcomes, len(records)

    def expect_each_once(self):
        every = {(partition, offset) for partition, end in self.broker.end_offsets(self.name)[self.name].items() for offset in range(end)}
        expect_equal(len(every), self.loaded, "documents loaded")
        deadline = time.monotonic() + HIDDEN_SECONDS
        while True:
            outcomes, records = self._outcomes()
            lost = sorted(every - outcomes.keys())
            if not lost or time.monotonic() > deadline:
                break
        doubled = {place: times for place, times in outcomes.items() if times > 1}
        expect(not lost and not doubled and outcomes.keys() <= every,
               f"{len(lost)} lost, such as {lost[:5]}; {len(doubled)} doubled, such as {list(doubled.items())[:5]}")
        uncommitted = len(self._read(self.topics[1], "--property", "isolation.level=read_uncommitted")) - records
        return f"{self.loaded} documents, 0 lost, 0 doubled; {uncommitted} records of aborted transactions, which nobody sees"

    def paid_again(self):
        """Answers that were bought although the same document had one already."""
        paid = self.sim.stats()["paid_by_document"]
        return paid["answers"] - paid["documents"]


def end(workers):
    for worker in workers:
        worker.program.signal(15)
    for worker in workers:
        expect_equal(worker.program.wait(60), 0, "exit code after SIGTERM")
