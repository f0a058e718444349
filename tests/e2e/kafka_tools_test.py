"""`./dev kafka`, which developers use to look at a broker: what it lists and reads is what is there, with options in any order."""

import json
import sys

from broker import perform_on_one_broker
from parts import SAMPLES, expect, expect_equal


def shows_topics_records_and_where_the_broker_is(stage, broker):
    broker.create("looked-at:3", "empty.topic:1")
    documents = [{"id": f"d{number}", "text": f"Ada met Babbage {number} times 🎉."} for number in range(7)]
    source = stage.write("in.jsonl", "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents))
    config = stage.config(task=str(SAMPLES / "news-ner.yaml"), llm={"model": "none"},
                          input={"kafka": {"brokers": broker.bootstrap, "topic": "looked-at", "group": "g"}})
    stage.prelabel("produce", source, "-c", config).expect_code(0)

    expect(f"bootstrap {broker.bootstrap}" in broker.call("--dir", broker.folder, "status"), "status does not say where the broker is")
    listed = {line.split()[0]: line.split()[1:] for line in broker.call("topics", "--dir", broker.folder).splitlines()}
    expect_equal(listed["looked-at"], ["partitions", "3", "records", "written", "7"], "what topics says")
    expect_equal(listed["empty.topic"], ["partitions", "1", "records", "written", "0"], "what topics says")
    read = broker.call("read", "--keys", "looked-at", "--dir", broker.folder).splitlines()
    expect_equal(sorted(read), sorted(f"{d['id']}\t{json.dumps(d, ensure_ascii=False)}" for d in documents), "what read prints")
    expect_equal(len(broker.call("read", "looked-at", "-n", "2", "--dir", broker.folder).splitlines()), 2, "records of read -n 2")
    expect_equal(broker.call("read", "empty.topic", "--dir", broker.folder), "", "records of an empty topic")


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([shows_topics_records_and_where_the_broker_is]))
