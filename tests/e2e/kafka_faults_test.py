"""A real Apache Kafka broker that does what brokers do: a topic that takes less than configured, an input topic that is deleted,
made again and cut, and a broker that is gone when the worker is to end."""

import json
import signal
import sys
import time

from broker import owned, perform_on_one_broker
from parts import Worker, expect, expect_equal, expect_true_spans, wait_until

DRAIN_SECONDS = 2
CLOSING_SECONDS = 4  # docs/operations.md: the end has one deadline
SPARE_SECONDS = 6  # for a machine that is busy with other tests


def config(stage, broker, sim, name, **input_settings):
    return stage.config(
        f"{name}.yaml",
        input={"kafka": {"brokers": broker.bootstrap, "topic": name, "group": name, "properties": {"topic.metadata.refresh.interval.ms": "1000"}},
               "commit_interval": "200ms", "drain_timeout": f"{DRAIN_SECONDS}s", **input_settings},
        llm={"base_url": sim.base_url, "model": "sim"},
        output={"kafka": {"topic": f"{name}.out", "dead_letter_topic": f"{name}.dead"}})


def documents(first, count, words):
    return [{"id": f"doc-{number}", "text": f"#{number} Ada Lovelace met Charles Babbage. " + words} for number in range(first, first + count)]


def records_of(broker, topic):
    """The topic's records by their key, each of which is there once."""
    records = broker.read(topic, sum(broker.end_offsets(topic)[topic].values()))
    by_key = {key: (headers, value) for headers, key, value in records}
    expect_equal(len(by_key), len(records), f"records of {topic} with a key of their own")
    return by_key


def small_records_are_not_lost_with_a_batch_that_is_refused(stage, broker):
    name = "narrow"
    broker.create(f"{name}:2")
    broker.create_with(f"{name}.out", 2, max_message_bytes=20_000)
    broker.create(f"{name}.dead:1")
    sim = stage.llm_sim()
    path = config(stage, broker, sim, name)
    small = documents(0, 2_000, "then nothing happened for a while. " * 80)  # records of 3.5 KB
    no_text = documents(2_000, 1, "".join(f"{number * 7919:x}" for number in range(6_000)))  # its record is too large with its text
    no_record = [{"id": "".join(f"{number * 7919:x}" for number in range(5_000)), "text": "Ada Lovelace."}]  # and this one also without
    stage.prelabel("produce", stage.write("narrow.jsonl", small + no_text + no_record), "-c", path).expect_code(0)
    told = stage.prelabel("check", "-c", path, "--online").expect_code(1)
    expect("set output.kafka.max_record_bytes to 20000" in told.out + told.err, f"check does not name the topic's limit: {told.out}{told.err}")
    worker = Worker(stage, path)
    wait_until(lambda: worker.finished() >= 2_002, 90, "all documents have their outcome")
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")

    outputs, letters = records_of(broker, f"{name}.out"), records_of(broker, f"{name}.dead")
    expect_equal({key for key in outputs}, {one["id"] for one in small + no_text}, "documents with a record")
    for one in small:
        record = json.loads(outputs[one["id"]][1])
        expect_equal(record["text"], one["text"], f"text of {one['id']}")
        expect_true_spans(record)
    expect_equal(json.loads(outputs[no_text[0]["id"]][1])["status"], "text_dropped", "status of the record that is too large with its text")
    expect_equal(list(letters), [no_record[0]["id"]], "dead letters")
    expect_equal(letters[no_record[0]["id"]][0]["prelabel.error.class"], "too_large", "class of the dead letter")


def lines_of(worker, event):
    return [line for line in (json.loads(text) for text in worker.program.errors().splitlines() if text.startswith("{")) if line["event"] == event]


def all_read(worker, finished):
    def done():
        expect(worker.program.running(), f"the worker ended\n{worker.program.errors()[-3000:]}")
        return worker.finished() >= finished and worker.status()["documents"]["in_flight"] == 0

    return done


def make_again(broker, topic):
    broker.tool("TopicCommand", "--delete", "--topic", topic)
    wait_until(lambda: topic not in broker.tool("TopicCommand", "--list").split(), 30, "the topic is gone")
    broker.create(f"{topic}:2")


def a_topic_that_is_made_again_is_read_from_its_start(stage, broker):
    name = "again"
    broker.create(*(f"{topic}:2" for topic in (name, f"{name}.out", f"{name}.dead")))
    path = config(stage, broker, stage.llm_sim(), name)
    first, second, third = documents(0, 300, "in the first."), documents(300, 100, "in the second."), documents(400, 50, "in the third.")

    def produce(some):
        stage.prelabel("produce", stage.write("some.jsonl", some), "-c", path).expect_code(0)

    produce(first)
    worker = Worker(stage, path)
    wait_until(all_read(worker, 300), 60, "the first topic is read")
    wait_until(lambda: sum(owned(worker).values()) == 300, 30, "and committed")
    make_again(broker, name)  # it hears that the topic is gone
    produce(second)
    wait_until(all_read(worker, 400), 60, "the second topic is read")
    expect(any(line["lost"] for line in lines_of(worker, "revoked")), "no partition was lost")

    worker.program.signal(signal.SIGSTOP)  # and now it does not hear of it: offsets are lower than they were, no more
    make_again(broker, name)
    produce(third)
    assigned = len(lines_of(worker, "assigned"))
    worker.program.signal(signal.SIGCONT)
    wait_until(all_read(worker, 450), 60, "the third topic is read")
    expect(len(lines_of(worker, "assigned")) > assigned, "nothing was assigned again")
    wait_until(lambda: broker.committed(name) == {(name, partition): (end, end) for partition, end in broker.end_offsets(name)[name].items()}, 30,
               "the group's place is in the new topic")
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    expect_equal({key for key in records_of(broker, f"{name}.out")}, {one["id"] for one in first + second + third}, "documents with a record")


def cut(stage, broker, topic, first):
    """Nothing before `first` is left in partition 0; -1: nothing at all."""
    where = {"partitions": [{"topic": topic, "partition": 0, "offset": first}], "version": 1}
    broker.tool("DeleteRecordsCommand", "--offset-json-file", stage.write("where.json", json.dumps(where)))


def lost(worker):
    """How many records the worker says were gone before it read them, which is the same wherever it says so."""
    lines = lines_of(worker, "records_lost")
    count = sum(line["records"] for line in lines)
    status = worker.status()
    expect_equal(status["documents"]["lost"], count, "records lost, of /status and of the log")
    expect_equal(worker.metric("prelabel_records_lost_total"), count, "records lost, of /metrics and of the log")
    expect_equal(len([one for one in status["troubles"] if one["event"] == "records_lost"]), len(lines), "troubles of /status")
    return count


def a_topic_that_is_cut_is_read_from_what_is_left(stage, broker):
    name, count = "cut", 5_000
    broker.create(f"{name}:1", f"{name}.out:1", f"{name}.dead:1")
    # It reads 400 documents a second, and librdkafka at most some 1,500 ahead: the cut is well before it.
    path = config(stage, broker, stage.llm_sim("--latency-median", "50ms", "--latency-sigma", "0"), name, window_per_partition=20)
    stage.prelabel("produce", stage.write("cut.jsonl", documents(0, count, "to be cut. " * 180)), "-c", path).expect_code(0)
    worker = Worker(stage, path)
    wait_until(lambda: worker.finished() >= 20, 60, "the worker reads")
    cut(stage, broker, name, count - 10)
    wait_until(lambda: owned(worker).get(0) == count, 60, "what is left is read and committed")
    outputs = records_of(broker, f"{name}.out")
    expect(len(outputs) < count, "the cut came too late to mean anything")
    expect({f"doc-{number}" for number in range(count - 10, count)} <= set(outputs), "what was left of the topic is not labeled")
    expect_equal(lost(worker), count - len(outputs), "records lost")
    gap = lines_of(worker, "records_lost")[-1]
    expect_equal((gap["level"], gap["topic"], gap["partition"], gap["to"], gap["to"] - gap["from"]), ("error", name, 0, count - 10, count - len(outputs)), "the line in the log")

    # All is cut that is there, and what comes behind is read.
    cut(stage, broker, name, -1)
    stage.prelabel("produce", stage.write("more.jsonl", documents(count, 10, "behind the cut.")), "-c", path).expect_code(0)
    wait_until(lambda: owned(worker).get(0) == count + 10, 60, "what came behind is read and committed")
    expect_equal(lost(worker), count - len(outputs), "records lost: all of this cut was read before")
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")

    # Nobody runs, and retention passes the group's place.
    stage.prelabel("produce", stage.write("late.jsonl", documents(count + 10, 30, "while nobody runs.")), "-c", path).expect_code(0)
    cut(stage, broker, name, count + 17)
    worker = Worker(stage, path)
    wait_until(lambda: owned(worker).get(0) == count + 40, 60, "what is left is read and committed")
    expect_equal(lost(worker), 7, "records lost while nobody ran")
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    expect_equal(len(records_of(broker, f"{name}.out")), len(outputs) + 10 + 23, "documents with a record")
    expect_equal(sum(broker.end_offsets(f"{name}.dead")[f"{name}.dead"].values()), 0, "dead letters")


def transactions_of_a_producer_leave_no_lag(stage, broker):
    """Each ends with a marker, which takes an offset and is no record: what is committed has to pass the last one."""
    name, count = "marked", 60
    broker.create(*(f"{topic}:2" for topic in (name, f"{name}.out", f"{name}.dead")))
    path = config(stage, broker, stage.llm_sim(), name)
    line = stage.write("line.jsonl", documents(0, 1, "in a transaction."))
    worker = Worker(stage, path)
    for already in (0, count):  # also behind what was committed before
        broker.load(name, count, line, "--transactional-id", "marked", "--transaction-duration-ms", 5)
        wait_until(all_read(worker, already + count), 60, "all documents are labeled")
        ends = broker.end_offsets(name)[name]
        expect(sum(ends.values()) > already + count, f"there is no marker: {ends}")
        wait_until(lambda: all((at or 0) == end for at, end in broker.committed(name).values()), 30, "the group has no lag")
        wait_until(lambda: all(one["lag"] == 0 for one in worker.status()["assignment"]), 30, "and the worker says so")
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")


def a_worker_ends_in_time_though_its_broker_is_gone(stage, broker):
    name = "gone"
    broker.create(*(f"{topic}:2" for topic in (name, f"{name}.out", f"{name}.dead")))
    path = config(stage, broker, stage.llm_sim("--latency-median", "200ms"), name)
    stage.prelabel("produce", stage.write("gone.jsonl", documents(0, 20_000, "while the broker goes.")), "-c", path).expect_code(0)
    worker = Worker(stage, path)
    wait_until(lambda: worker.finished() >= 500, 60, "documents are labeled")
    broker.kill()
    wait_until(lambda: worker.status()["documents"]["in_flight"] > 100, 30, "documents are under way")
    started = time.monotonic()
    worker.program.signal(15)
    code = worker.program.wait(60)
    took = time.monotonic() - started
    print(f"  the end took {took:.1f} s with a drain_timeout of {DRAIN_SECONDS} s", file=sys.stderr)
    expect_equal(code, 0, "exit code after SIGTERM")
    expect(took < DRAIN_SECONDS + CLOSING_SECONDS + SPARE_SECONDS, f"the end took {took:.1f} s")


if __name__ == "__main__":
    # The last one kills the broker.
    sys.exit(perform_on_one_broker([small_records_are_not_lost_with_a_batch_that_is_refused, a_topic_that_is_made_again_is_read_from_its_start,
                                    a_topic_that_is_cut_is_read_from_what_is_left, transactions_of_a_producer_leave_no_lag,
                                    a_worker_ends_in_time_though_its_broker_is_gone]))
