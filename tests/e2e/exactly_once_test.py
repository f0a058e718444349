"""Exactly once on a real broker: whatever is killed, paused or restarted, a reader of what is committed sees each input's outcome once.

CI kills a worker five times; PRELABEL_KILLS=300 tests/e2e/exactly_once_test.py whoever_is_killed takes its time.
"""

import collections
import json
import os
import random
import signal
import sys
import time

from broker import owned, perform_on_one_broker
from cases import llm
from parts import TOPIC_READER, Worker, expect, expect_equal, wait_until

PARTITIONS = 6
WORKERS = 3
SESSION_SECONDS = 6
KILLS = int(os.environ.get("PRELABEL_KILLS", "5"))
EACH = 400  # documents for one fault


class Ledger:
    """What was put in and what came out, for one pair of topics."""

    def __init__(self, stage, broker, name, **input_settings):
        self.stage, self.broker, self.name = stage, broker, name
        self.topics = (name, f"{name}.out", f"{name}.dead")
        broker.create(f"{name}:{PARTITIONS}", f"{name}.out:3", f"{name}.dead:1")
        self.sim = stage.llm_sim("--latency-median", "60ms", "--retry-after", "100ms", "--fault", "429=0.003", "--fault", "503=0.003")
        properties = {"session.timeout.ms": str(1000 * SESSION_SECONDS), "heartbeat.interval.ms": "500"}
        self.config = stage.config(
            f"{name}.yaml",
            input={"kafka": {"brokers": broker.bootstrap, "topic": name, "group": name, "properties": properties},
                   "commit_interval": "300ms", "drain_timeout": "10s", **input_settings},
            llm=llm(self.sim, limits={"max_in_flight": 64}, retry={"max_attempts": 20}),
            output={"delivery": "exactly_once",
                    "kafka": {"topic": self.topics[1], "dead_letter_topic": self.topics[2], "properties": {"transaction.timeout.ms": "8000"}}})
        self.loaded = 0

    def load(self, count):
        # Some have no text: their outcome is a dead letter.
        some = [{"id": f"{self.name}-{number}", **({} if number % 50 == 0 else {"text": f"Ada Lovelace wrote #{number} in London."})}
                for number in range(self.loaded, self.loaded + count)]
        self.loaded += count
        self.stage.prelabel("produce", self.stage.write("some.jsonl", some), "-c", self.config).expect_code(0)

    def worker(self, *options):
        return Worker(self.stage, self.config, *options)

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
        wait_until(lambda: self.committed() == self.loaded, 30, "all are committed")

    def expect_each_once(self):
        def read(topic, *options):
            return self.stage.run(TOPIC_READER, *options, self.broker.bootstrap, topic).expect_code(0).out.splitlines()

        records = [json.loads(line) for line in read(self.topics[1])]
        outcomes = collections.Counter((one["source"]["partition"], one["source"]["offset"]) for one in records)
        for line in read(self.topics[2], "--headers"):
            headers = dict(pair.split("=", 1) for pair in line.split("\t") if "=" in pair)
            outcomes[(int(headers["prelabel.error.partition"]), int(headers["prelabel.error.offset"]))] += 1
        every = {(partition, offset) for partition, end in self.broker.end_offsets(self.name)[self.name].items() for offset in range(end)}
        expect_equal(len(every), self.loaded, "documents loaded")
        lost = sorted(every - outcomes.keys())
        doubled = {place: times for place, times in outcomes.items() if times > 1}
        expect(not lost and not doubled and outcomes.keys() <= every,
               f"{len(lost)} lost, such as {lost[:5]}; {len(doubled)} doubled, such as {list(doubled.items())[:5]}")
        uncommitted = len(read(self.topics[1], "--property", "isolation.level=read_uncommitted")) - len(records)
        return f"{self.loaded} documents, 0 lost, 0 doubled; {uncommitted} records of aborted transactions, which nobody sees"


def end(workers):
    for worker in workers:
        worker.program.signal(15)
    for worker in workers:
        expect_equal(worker.program.wait(60), 0, "exit code after SIGTERM")


def each_document_has_one_outcome_and_its_transaction(stage, broker):
    ledger = Ledger(stage, broker, "plain")
    ledger.load(EACH)
    worker = ledger.worker()
    ledger.all_done([worker])
    expect(worker.metric('prelabel_transactions_total{outcome="committed"}') >= 1, "no transaction was counted")
    expect_equal(worker.metric('prelabel_transactions_total{outcome="aborted"}'), 0, "transactions aborted")
    expect(worker.metric("prelabel_transaction_duration_seconds_count") >= 1, "no transaction was measured")
    end([worker])
    print("  " + ledger.expect_each_once(), file=sys.stderr)


def whoever_is_killed(stage, broker):
    seed = int(os.environ.get("PRELABEL_SEED", "0")) or random.randrange(1 << 30)
    print(f"  PRELABEL_SEED={seed}", file=sys.stderr)
    chance = random.Random(seed)
    ledger = Ledger(stage, broker, "killed", commit_interval="20ms")  # so that a kill often meets an open transaction
    workers = [ledger.worker() for _ in range(WORKERS)]
    for _ in range(KILLS):
        ledger.load(EACH)
        time.sleep(chance.uniform(0.2, 3.0))
        victim = workers.pop(chance.randrange(len(workers)))
        victim.program.process.kill()
        victim.program.wait()
        workers.append(ledger.worker())
    ledger.all_done(workers, 180)
    end(workers)
    print(f"  {KILLS} kills: " + ledger.expect_each_once(), file=sys.stderr)


def a_zombie_commits_nothing(stage, broker):
    ledger = Ledger(stage, broker, "zombie")
    workers = [ledger.worker() for _ in range(2)]
    wait_until(lambda: all(owned(worker) for worker in workers), 60, "both have partitions")
    zombie, heir = workers
    for pause in (0.2, 0.7):
        before = zombie.finished()
        ledger.load(EACH)
        wait_until(lambda: zombie.finished() > before, 30, "it is at work")
        time.sleep(pause)
        zombie.program.signal(signal.SIGSTOP)
        wait_until(lambda: len(owned(heir)) == PARTITIONS, 60, "the other has all partitions")
        wait_until(lambda: heir.status()["documents"]["in_flight"] == 0 and ledger.committed() == ledger.loaded, 90, "and has done all")
        zombie.program.signal(signal.SIGCONT)
        wait_until(lambda: owned(zombie) and owned(heir), 60, "both have partitions again")
    ledger.load(EACH)
    ledger.all_done(workers)
    end(workers)
    print("  " + ledger.expect_each_once(), file=sys.stderr)


def the_broker_is_killed(stage, broker):
    ledger = Ledger(stage, broker, "restarted")
    workers = [ledger.worker() for _ in range(2)]
    wait_until(lambda: all(owned(worker) for worker in workers), 60, "both have partitions")
    for pause in (0.3, 0.9):
        ledger.load(EACH)
        time.sleep(pause)
        broker.kill()
        time.sleep(1)
        broker.call("start", "--dir", broker.folder)
    ledger.all_done(workers, 180)
    end(workers)
    print("  " + ledger.expect_each_once(), file=sys.stderr)


def two_workers_with_one_name(stage, broker):
    ledger = Ledger(stage, broker, "twins")
    ledger.load(EACH)
    options = ("--set", "output.kafka.instance=worker-0")
    first = ledger.worker(*options)
    wait_until(lambda: first.finished() > 0, 60, "the first works")
    second = ledger.worker(*options)
    wait_until(lambda: owned(second), 60, "the second has partitions")
    ledger.load(EACH)
    code = first.program.wait(60)
    expect(code > 0, f"exit code {code} of the worker whose name another one uses")
    expect("give each its own `output.kafka.instance`" in first.program.errors(), f"it does not say why it ends: {first.program.errors()[-2000:]}")
    ledger.all_done([second])
    end([second])
    print("  " + ledger.expect_each_once(), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([each_document_has_one_outcome_and_its_transaction, whoever_is_killed, a_zombie_commits_nothing,
                                    the_broker_is_killed, two_workers_with_one_name]))
