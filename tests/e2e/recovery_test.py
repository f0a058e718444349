"""What docs/upgrade-and-recovery.md tells people to type, on a real broker: offsets are moved with Kafka's own tool, and are made again
from the output when the group has lost them."""

import collections
import json
import re
import sys

from broker import perform_on_one_broker
from cases import llm
from parts import BUILD, ROOT, TOPIC_READER, Worker, expect, expect_equal, wait_until

PAGE = ROOT / "docs/upgrade-and-recovery.md"
COUNT, WINDOW = 90, 8


def block_of(heading, number=0):
    """A shell block of the page below a heading."""
    section = PAGE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[number]


def type_in(stage, broker, block):
    """Runs the block; `kafka-consumer-groups.sh` is that tool of the broker."""
    tools = stage.folder / "tools"
    tools.mkdir(exist_ok=True)
    tool = tools / "kafka-consumer-groups.sh"
    tool.write_text(f'#!/bin/sh\nexec bash {broker.script} tool org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@"\n')
    tool.chmod(0o755)
    path = f"{tools}:{BUILD}/bin:{BUILD}/libexec:/usr/local/bin:/usr/bin:/bin"
    return stage.run("bash", "-c", "set -eu -o pipefail\n" + block, BROKERS=broker.bootstrap, PATH=path).expect_code(0)


def label_all(stage, broker, config, count):
    """Runs a worker until it has labeled so many. Gives how often each document is in the output by now."""
    worker = Worker(stage, config)
    wait_until(lambda: worker.finished() == count, 90, f"{count} documents are labeled")
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    records = stage.run(TOPIC_READER, broker.bootstrap, "labels").expect_code(0).out.splitlines()
    return collections.Counter(json.loads(record)["id"] for record in records)


def offsets_are_moved_and_made_again_from_the_output(stage, broker):
    broker.create("tickets:3", "labels:3", "labels.dlq:1")
    config = stage.config(llm=llm(stage.llm_sim()), output={"kafka": {"topic": "labels", "dead_letter_topic": "labels.dlq"}},
                          input={"kafka": {"brokers": broker.bootstrap, "topic": "tickets", "group": "prelabel"}, "window_per_partition": WINDOW})
    documents = [{"id": f"t{number}", "text": f"Ada Lovelace wrote ticket {number} in London."} for number in range(COUNT)]
    stage.prelabel("produce", stage.write("in.jsonl", documents), "-c", config).expect_code(0)
    every = {one["id"] for one in documents}
    expect_equal(label_all(stage, broker, config, COUNT), {id: 1 for id in every}, "records of the first run")

    type_in(stage, broker, block_of("Label again", 0))
    expect_equal(label_all(stage, broker, config, COUNT), {id: 2 for id in every}, "records after the offsets were reset to the earliest")
    type_in(stage, broker, re.sub(r"2026-11-30T", "2020-01-01T", block_of("Label again", 1)))
    expect_equal(label_all(stage, broker, config, COUNT), {id: 3 for id in every}, "records after they were reset to a time")

    type_in(stage, broker, "kafka-consumer-groups.sh --bootstrap-server $BROKERS --group prelabel --delete")
    block = block_of("Offsets from the output")
    expect("WINDOW = 4096" in block, "the page knows the default of input.window_per_partition")
    type_in(stage, broker, block.replace("WINDOW = 4096", f"WINDOW = {WINDOW}"))
    expect_equal(sum(end - offset for offset, end in broker.committed("prelabel").values()), 3 * WINDOW, "records that are read again")
    again = label_all(stage, broker, config, 3 * WINDOW)
    expect_equal(sorted(set(again.values())), [3, 4], "records of a document")
    expect_equal(sum(again.values()), 3 * COUNT + 3 * WINDOW, "records in all")


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([offsets_are_moved_and_made_again_from_the_output]))
