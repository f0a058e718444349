"""What is said of a real broker: by `./dev kafka`, with options in any order, and by our commands where a topic is missing."""

import json
import random
import signal
import string
import sys
import time

from broker import perform_on_one_broker
from parts import PRELABEL, SAMPLES, expect, expect_equal, wait_until


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


def commands_name_a_missing_topic_and_run_waits_for_it(stage, broker):
    broker.create("gone.out:1")
    config = stage.config(llm={"base_url": "http://127.0.0.1:1/v1", "model": "none"}, admin={"listen": "127.0.0.1:0"},
                          input={"kafka": {"brokers": broker.bootstrap, "topic": "gone"}}, output={"kafka": {"topic": "gone.out"}})
    source = stage.write("in.jsonl", [{"id": "a", "text": "Ada met Babbage."}])
    started = time.monotonic()
    refused = stage.prelabel("produce", source, "-c", config).expect_code(1)
    expect(time.monotonic() - started < 4, "produce took too long")
    command = f"kafka-topics.sh --bootstrap-server {broker.bootstrap} --create --topic gone --partitions 6"
    expect(f"topic gone is missing at {broker.bootstrap}; " in refused.err and command in refused.err, f"produce says {refused.err!r}")
    worker = stage.start("worker", [PRELABEL, "run", "-c", config])
    wait_until(lambda: worker.errors().count('"event":"waiting"') == 2, 4, "run names the two topics that are missing")
    expect("topic gone.out.dlq is missing" in worker.errors(), f"run says {worker.errors()!r}")
    broker.create("gone:1", "gone.out.dlq:1")
    stage.prelabel("produce", source, "-c", config).expect_code(0)
    wait_until(lambda: '"event":"found"' in worker.errors(), 20, "run says that they have come")
    worker.signal(signal.SIGTERM)
    expect_equal(worker.wait(), 0, "exit code")


def produce_names_what_the_topic_refuses_and_loads_the_rest(stage, broker):
    broker.create("large:1")
    config = stage.config(llm={"model": "none"}, input={"kafka": {"brokers": broker.bootstrap, "topic": "large"}})
    texts = ["Ada met Babbage."] * 10
    texts[1] = "".join(random.Random(1).choices(string.ascii_letters, k=1_400_000))  # the limit counts it compressed
    source = stage.write("in.jsonl", [{"id": f"d{number}", "text": text} for number, text in enumerate(texts)])
    loaded = stage.prelabel("produce", source, "-c", config).expect_code(1)
    expect("in.jsonl:2: a record of 1400" in loaded.err and "`max.message.bytes` of topic large; raise it" in loaded.err, f"produce says {loaded.err!r}")
    expect("9 documents written to large" in loaded.err and "1 record refused; load only these again" in loaded.err, f"produce says {loaded.err!r}")
    expect("output.kafka" not in loaded.err and "thrd:" not in loaded.err, f"produce says {loaded.err!r}")
    read = broker.call("read", "--keys", "large", "--dir", broker.folder).splitlines()
    expect_equal(sorted(line.split("\t")[0] for line in read), sorted(f"d{number}" for number in range(10) if number != 1), "what was loaded")


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([commands_name_a_missing_topic_and_run_waits_for_it, shows_topics_records_and_where_the_broker_is, produce_names_what_the_topic_refuses_and_loads_the_rest]))
