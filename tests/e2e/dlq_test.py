"""Dead letters are seen by kind and sent again: each document once, whoever is killed meanwhile, and labeled once. A real broker."""

import collections
import json
import random
import re
import signal
import sys
import time

from broker import perform_on_one_broker
from cases import llm
from parts import TOPIC_READER, Program, PRELABEL, Worker, expect, expect_equal, wait_until

MANY = 6_000
KILLS = 6


class Letters:
    """A worker whose documents stand under /body, while it looks for /text: all but a few become dead letters."""

    def __init__(self, stage, broker, name, delivery="exactly_once"):
        self.stage, self.broker, self.name, self.delivery = stage, broker, name, delivery
        broker.create(f"{name}:3", f"{name}.out:2", f"{name}.out.dlq:2")
        self.sim = stage.llm_sim("--latency-median", "5ms")
        self.before = self.config("before.yaml", "/text")
        self.after = self.config("after.yaml", "/body")

    def config(self, name, text):
        return self.stage.config(
            f"{self.name}.{name}",
            input={"kafka": {"brokers": self.broker.bootstrap, "topic": self.name, "group": self.name}, "text": text,
                   "max_document_bytes": "4KiB", "commit_interval": "200ms"},
            llm=llm(self.sim, limits={"max_in_flight": 128}),
            output={"delivery": self.delivery, "kafka": {"topic": f"{self.name}.out"}})

    def run(self, config, documents):
        """A worker until so many documents have their outcome."""
        worker = Worker(self.stage, config)
        wait_until(lambda: worker.finished() >= documents, 120, f"{documents} documents have their outcome")
        worker.program.signal(signal.SIGTERM)
        expect_equal(worker.program.wait(60), 0, "exit code after SIGTERM")

    def load(self, documents):
        path = self.stage.write("some.jsonl", documents)
        self.stage.prelabel("produce", path, "-c", self.before, "--set", "input.text=/id").expect_code(0)

    def dlq(self, *arguments, config=None):
        return self.stage.prelabel("dlq", *arguments, "-c", config or self.before)

    def kinds(self):
        listed = json.loads(self.dlq("list", "--format", "json").expect_code(0).out)
        return {one["class"]: (one["open"], one["sent_again"]) for one in listed["kinds"]}

    def read(self, topic, *options):
        return self.stage.run(TOPIC_READER, *options, self.broker.bootstrap, topic).expect_code(0).out.splitlines()

    def sent_again(self):
        """How often each letter's document is on the input topic, by the letter's place."""
        lines = self.read(self.name, "--headers")
        return collections.Counter(found.group(1) for line in lines if (found := re.search(r"prelabel\.redriven\.from=(\S+)", line)))


def documents(count, field="body", first=0):
    return [{"id": f"d{number}", field: f"Ada Lovelace wrote #{number} in London."} for number in range(first, first + count)]


def a_class_is_sent_again_and_labeled_once(stage, broker):
    letters = Letters(stage, broker, "classes")
    letters.load(documents(10, "text") + documents(15, "body", 10) + [{"id": "long", "text": "long " * 2_000, "body": "short"}])
    letters.run(letters.before, 26)
    shown = letters.dlq("list").expect_code(0).out
    expect(re.search(r"^16 open dead letters in classes\.out\.dlq\n", shown), shown)
    expect(re.search(r"^malformed_input +15 +0 +20\S+ +20\S+ +news-ner +[0-9a-f]{12} +sim\n    such as classes/\d/\d+: .*/text", shown, re.M), shown)
    expect_equal(letters.kinds(), {"malformed_input": (15, 0), "too_large": (1, 0)}, "kinds")

    refused = letters.dlq("redrive").expect_code(2)
    expect("--class" in refused.err and "--all" in refused.err, refused.err)
    expect("did you mean malformed_input?" in letters.dlq("redrive", "--class", "malformed_imput").expect_code(2).err, "a typo")
    dry = letters.dlq("redrive", "--class", "malformed_input", "--dry-run").expect_code(0).err
    expect("would send 15 documents to classes" in dry, dry)
    expect_equal(letters.kinds()["malformed_input"], (15, 0), "a dry run sends nothing")

    expect("4 documents sent to classes" in letters.dlq("redrive", "--class", "malformed_input", "--limit", "4").expect_code(0).err, "a few")
    expect_equal(letters.kinds()["malformed_input"], (11, 4), "after a few")
    expect("11 documents sent to classes" in letters.dlq("redrive", "--class", "malformed_input").expect_code(0).err, "the others")
    expect("0 documents sent" in letters.dlq("redrive", "--class", "malformed_input").expect_code(0).err, "none is left")

    letters.run(letters.after, 15)
    labeled = collections.Counter(json.loads(line)["id"] for line in letters.read("classes.out"))
    expect_equal(labeled, collections.Counter(f"d{number}" for number in range(25)), "labeled, each once")
    expect_equal(letters.kinds(), {"malformed_input": (0, 15), "too_large": (1, 0)}, "kinds in the end")


def whoever_is_killed_sends_each_once(stage, broker):
    letters = Letters(stage, broker, "killed")
    letters.load(documents(MANY))
    letters.run(letters.before, MANY)
    broker.take_from_producers(10_000)  # so that it takes a while
    chance = random.Random(7)
    sent = []
    for _ in range(KILLS):
        redrive = Program("redrive", [PRELABEL, "dlq", "redrive", "--all", "-c", letters.before], stage.folder, None)
        time.sleep(chance.uniform(0.5, 3.0))
        redrive.process.kill()
        redrive.wait()
        redrive.stop()
        sent.append(len(letters.sent_again()))
    broker.take_from_producers(1 << 40)
    expect(any(0 < count < MANY for count in sent), f"no kill was in the middle: {sent} of {MANY} documents sent by then")
    letters.dlq("redrive", "--all").expect_code(0)
    again = letters.sent_again()
    expect_equal((len(again), set(again.values())), (MANY, {1}), "documents sent again, and how often each")
    expect_equal(letters.kinds(), {"malformed_input": (0, MANY)}, "kinds")
    print(f"  documents sent by the time of each kill: {sent}", file=sys.stderr)


def two_at_once_send_each_once(stage, broker):
    letters = Letters(stage, broker, "twice")
    letters.load(documents(MANY))
    letters.run(letters.before, MANY)
    both = [Program(f"redrive-{number}", [PRELABEL, "dlq", "redrive", "--all", "-c", letters.before], stage.folder, None) for number in range(2)]
    codes = sorted(program.wait(60) for program in both)
    expect(codes[0] == 0, f"one of both ends well: {codes}\n{both[0].errors()}\n{both[1].errors()}")
    letters.dlq("redrive", "--all").expect_code(0)
    expect_equal(set(letters.sent_again().values()), {1}, "how often each was sent")
    expect_equal(letters.kinds(), {"malformed_input": (0, MANY)}, "kinds")
    for program in both:
        program.stop()


def without_transactions_too(stage, broker):
    letters = Letters(stage, broker, "plain", "at_least_once")
    letters.load(documents(20))
    letters.run(letters.before, 20)
    expect("20 documents sent to plain" in letters.dlq("redrive", "--all").expect_code(0).err, "sent")
    expect_equal(set(letters.sent_again().values()), {1}, "how often each was sent")
    expect_equal(letters.kinds(), {"malformed_input": (0, 20)}, "kinds")


def trouble_is_said(stage, broker):
    config = stage.config("missing.yaml", input={"kafka": {"brokers": broker.bootstrap, "topic": "nowhere"}},
                          output={"kafka": {"topic": "nowhere.out"}})
    missing = stage.prelabel("dlq", "list", "-c", config).expect_code(1)
    expect("topic nowhere.out.dlq is missing" in missing.err and missing.err.count("\n") == 1, missing.err)
    silent = stage.prelabel("dlq", "list", "-c", config, "--set", "input.kafka.brokers=127.0.0.1:1").expect_code(1)
    expect("brokers 127.0.0.1:1 do not answer" in silent.err, silent.err)


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([a_class_is_sent_again_and_labeled_once, whoever_is_killed_sends_each_once, two_at_once_send_each_once,
                                    without_transactions_too, trouble_is_said]))
