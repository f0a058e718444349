"""A real Apache Kafka broker: nothing is lost when a worker is killed, and plain librdkafka properties log in with SCRAM."""

import collections
import json
import os
import re
import sys

from broker import owned, perform_on_one_broker
from parts import SAMPLES, Worker, expect, expect_equal, expect_true_spans, json_lines, wait_until

DOCUMENTS = 5_000
RESTARTED = 2_000
PARTITIONS = 6
KILL_AT = 0.4  # share of the documents
SESSION_TIMEOUT_MS = 6_000
SESSION_TIMEOUT_DEFAULT_SECONDS = 45
IN_FLIGHT = 24
LATENCY = "50ms"
# The model misbehaves now and then. A 429 holds back the whole worker for what it asks.
FAULTS = ("429=0.003", "503=0.003", "reset=0.003", "code_fence=0.02")
WNUT_LABELS = {"person": "PER", "location": "LOC", "corporation": "ORG", "group": "ORG"}

def conll_sentences(path):
    """Words and tags of each sentence."""
    words = []
    for line in path.read_text(encoding="utf-8").splitlines() + [""]:
        cells = line.split()
        if len(cells) >= 2:
            words.append((cells[0], cells[-1]))
        elif words:
            yield words
            words = []


def gold_of(words):
    """Text with the words one blank apart, and its entities. Labels that the task does not have are left out."""
    text, entities, tag_before = "", [], "O"
    for word, tag in words:
        start = len(text) + bool(text)
        text = f"{text} {word}" if text else word
        kind = WNUT_LABELS.get(tag[2:], tag[2:])
        if kind in ("PER", "ORG", "LOC"):
            if tag[0] == "I" and tag_before[2:] == tag[2:]:
                entities[-1]["end"] = len(text)
            else:
                entities.append({"label": kind, "start": start, "end": len(text)})
        tag_before = tag
    return text, entities


def gold_documents(count):
    """Real sentences where a folder of them is named, with the project's samples among them; each text is its own."""
    known = [(one["text"], one["entities"]) for one in json_lines(SAMPLES / "gold.jsonl")]
    shared = os.environ.get("PRELABEL_SHARED")
    if shared:
        folder = type(SAMPLES)(shared) / "data"
        for path in (folder / "wnut17/emerging.test.annotated", folder / "wikigold/wikigold.conll.txt", folder / "wnut17/emerging.dev.conll"):
            known += [gold_of(words) for words in conll_sentences(path)]
    documents = []
    for number in range(count):
        text, entities = known[number % len(known)]
        prefix = f"#{number} "
        moved = [{"label": one["label"], "start": one["start"] + len(prefix), "end": one["end"] + len(prefix)} for one in entities]
        documents.append({"id": f"doc-{number}", "text": prefix + text, "entities": moved})
    return documents


def kafka_config(stage, name, base_url, connection, topics, **input_settings):
    source, output, dead = topics
    return stage.config(
        name,
        input={"kafka": {"topic": source, **connection}, "commit_interval": "500ms", "drain_timeout": "5s", **input_settings},
        llm={"base_url": base_url, "model": "sim", "limits": {"max_in_flight": IN_FLIGHT}, "retry": {"max_attempts": 10}},
        output={"kafka": {"topic": output, "dead_letter_topic": dead}})


def expect_every_input_has_its_output(documents, records):
    """Gives the outputs by id, and how many are there more than once."""
    by_id = collections.defaultdict(list)
    for headers, key, value in records:
        record = json.loads(value)
        expect_equal(key, record["id"], "a record's key")
        expect_equal(headers.get("prelabel-task-version"), record["task"]["version"], f"header prelabel-task-version of {key}")
        expect_true_spans(record)
        by_id[key].append(record)
    texts = {one["id"]: one["text"] for one in documents}
    missing = texts.keys() - by_id.keys()
    expect(not missing, f"{len(missing)} documents have no output, such as {sorted(missing)[:5]}")
    for key, outputs in by_id.items():
        expect(key in texts, f"an output for {key}, which nobody asked for")
        expect(all(one["text"] == texts[key] for one in outputs), f"the text of {key} has changed")
    return by_id


def expect_only_uncommitted_repeated(by_id, lost):
    """Only what the killed worker had read and not committed may be there twice. Gives how many that are."""
    repeated = [outputs for outputs in by_id.values() if len(outputs) > 1]
    for outputs in repeated:
        source = outputs[0]["source"]
        expect(len(outputs) == 2, f"{outputs[0]['id']} came {len(outputs)} times")
        expect(source["partition"] in lost, f"{outputs[0]['id']} of partition {source['partition']} came twice, and its worker lived")
        expect(source["offset"] >= lost[source["partition"]], f"{outputs[0]['id']} came twice although it was committed")
    return len(repeated)


def nothing_is_lost_when_a_worker_is_killed(stage, broker):
    topics = ("raw-documents", "pre-annotations", "pre-annotations.dlq")
    broker.create(*(f"{topic}:{PARTITIONS if topic != topics[2] else 1}" for topic in topics))
    documents = gold_documents(DOCUMENTS)
    gold = stage.write("gold.jsonl", documents)
    loaded = stage.write("documents.jsonl", [{"id": one["id"], "text": one["text"]} for one in documents])
    sim = stage.llm_sim("--gold", gold, "--latency-median", LATENCY, "--retry-after", "100ms", *(word for fault in FAULTS for word in ("--fault", fault)))
    connection = {"brokers": broker.bootstrap, "properties": {"session.timeout.ms": str(SESSION_TIMEOUT_MS), "heartbeat.interval.ms": "1000"}}
    config = kafka_config(stage, "worker.yaml", sim.base_url, connection, topics)

    # Both have their partitions before anything is there to read: all that is read twice is then the kill's doing.
    killed, survivor = Worker(stage, config), Worker(stage, config)
    wait_until(lambda: sorted(list(owned(killed)) + list(owned(survivor))) == list(range(PARTITIONS)) and owned(killed) and owned(survivor),
               60, "both workers have partitions")
    stage.prelabel("produce", loaded, "-c", config).expect_code(0)

    wait_until(lambda: killed.finished() + survivor.finished() >= KILL_AT * DOCUMENTS, 120, f"{KILL_AT:.0%} of the documents are labeled")
    lost = owned(killed)  # what it commits from now on only makes the repeated fewer
    finished_by_killed = killed.finished()
    killed.program.process.kill()
    expect_equal(killed.program.wait(), -9, "the killed worker's exit code")
    expect(finished_by_killed > 0.05 * DOCUMENTS, f"the killed worker had done only {finished_by_killed} documents")
    expect(finished_by_killed + survivor.finished() < 0.9 * DOCUMENTS, "the kill came too late to mean anything")

    def all_read():
        expect(survivor.program.running(), f"the other worker ended\n{survivor.program.errors()[-3000:]}")
        status = survivor.status()
        return len(status["assignment"]) == PARTITIONS and status["documents"]["in_flight"] == 0 and all(one["lag"] == 0 for one in status["assignment"])

    wait_until(all_read, 120, "the other worker reads everything")
    survivor.program.signal(15)
    expect_equal(survivor.program.wait(), 0, "exit code after SIGTERM")

    ends = broker.end_offsets(*topics)
    expect_equal(sum(ends[topics[0]].values()), DOCUMENTS, "documents loaded")
    expect(all(ends[topics[0]].values()), "a partition got no documents")
    expect_equal(sum(ends[topics[2]].values()), 0, "dead letters")
    by_id = expect_every_input_has_its_output(documents, broker.read(topics[1], sum(ends[topics[1]].values())))
    repeated = expect_only_uncommitted_repeated(by_id, lost)
    expect(repeated < 0.5 * DOCUMENTS, f"{repeated} documents came twice")
    print(f"  {repeated} documents came twice; the killed worker had done {finished_by_killed}", file=sys.stderr)

    committed = broker.committed("prelabel")
    expect_equal(committed, {(topics[0], partition): (end, end) for partition, end in ends[topics[0]].items()}, "committed offsets and ends")

    # The model knew the answers: spans must not only be true, they must be the right ones.
    predicted = stage.write("predicted.jsonl", [outputs[0] for outputs in by_id.values()])
    scored = json.loads(stage.prelabel("evaluate", "--gold", gold, "--pred", predicted, "--format", "json").expect_code(0).out)
    expect_equal(scored["documents"], DOCUMENTS, "documents evaluated")
    expect(scored["micro"]["f1"] > 0.98, f"F1 against what the model was told to answer is {scored['micro']['f1']:.4f}")


def what_is_done_is_not_labeled_again_after_a_restart(stage, broker):
    topics = ("restarted-documents", "restarted-annotations", "restarted-annotations.dlq")
    broker.create(*(f"{topic}:1" for topic in topics))
    documents = gold_documents(RESTARTED)
    loaded = stage.write("documents.jsonl", [{"id": one["id"], "text": one["text"]} for one in documents])
    # The first document holds the offset back until the worker is killed.
    script = stage.write("script.jsonl", [{"match": "#0 ", "replies": ["hang"]}])
    sim = stage.llm_sim("--gold", stage.write("gold.jsonl", documents), "--latency-median", LATENCY, "--script", script)
    connection = {"brokers": broker.bootstrap, "group": "restarted",
                  "properties": {"session.timeout.ms": str(SESSION_TIMEOUT_MS), "heartbeat.interval.ms": "1000"}}
    config = kafka_config(stage, "restarted.yaml", sim.base_url, connection, topics)
    stage.prelabel("produce", loaded, "-c", config).expect_code(0)

    killed = Worker(stage, config)
    wait_until(lambda: killed.finished() == RESTARTED - 1, 120, "all documents but the first are labeled")
    killed.program.process.kill()
    expect_equal(killed.program.wait(), -9, "the killed worker's exit code")
    expect_equal(broker.committed("restarted"), {(topics[0], 0): (0, RESTARTED)}, "the committed offset and the end")

    follower = Worker(stage, config)

    def skipped():
        return int(re.search(r"^prelabel_documents_skipped_total (\d+)", follower.get("/metrics")[1], re.M).group(1))

    wait_until(lambda: follower.finished() + skipped() == RESTARTED, 60, "each document is labeled or skipped")
    again, known = follower.finished(), skipped()
    follower.program.signal(15)
    expect_equal(follower.program.wait(), 0, "exit code after SIGTERM")
    print(f"  {known} documents were known to be done; {again} were labeled", file=sys.stderr)
    expect(again < 0.4 * RESTARTED, f"{again} documents were labeled though only what was not committed had to be")
    ends = broker.end_offsets(*topics)
    outputs = ends[topics[1]][0]
    expect_equal(outputs, RESTARTED - 1 + again, "outputs")
    expect_every_input_has_its_output(documents, broker.read(topics[1], outputs))
    expect_equal(broker.committed("restarted"), {(topics[0], 0): (RESTARTED, RESTARTED)}, "the committed offset and the end")


def scram_over_tls_works_through_plain_properties(stage, broker):
    topics = ("secure-documents", "secure-annotations", "secure-annotations.dlq")
    broker.create(*(f"{topic}:2" for topic in topics))
    documents = gold_documents(50)
    loaded = stage.write("documents.jsonl", [{"id": one["id"], "text": one["text"]} for one in documents])
    sim = stage.llm_sim("--gold", stage.write("gold.jsonl", documents))
    connection = {"brokers": broker.secure, "group": "secure",
                  "properties": {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "alice",
                                 "sasl.password": "${SCRAM_PASSWORD}", "ssl.ca.location": broker.ca}}
    config = kafka_config(stage, "secure.yaml", sim.base_url, connection, topics)

    right = {"SCRAM_PASSWORD": "alice-secret"}
    stage.prelabel("check", "-c", config, "--online", **right).expect_code(0)
    wrong = stage.prelabel("check", "-c", config, "--online", SCRAM_PASSWORD="quite-another-one").expect_code(1)
    expect("sasl.password" in wrong.out + wrong.err, f"a wrong password is not named as the cause: {wrong.out}{wrong.err}")
    expect("not-her-password" not in wrong.out + wrong.err, "the password is shown")

    stage.prelabel("produce", loaded, "-c", config, **right).expect_code(0)
    worker = Worker(stage, config, **right)
    wait_until(lambda: worker.finished() >= len(documents), 60, "all documents are labeled")
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    follower = Worker(stage, config, **right)
    follower.wait_ready(SESSION_TIMEOUT_DEFAULT_SECONDS / 2)  # the first one has left the group, and need not be missed first
    expect_equal(follower.finished(), 0, "documents that are labeled again")
    expect("alice-secret" not in worker.program.errors(), "the password is in the log")
    ends = broker.end_offsets(*topics)
    expect_equal(sum(ends[topics[2]].values()), 0, "dead letters")
    expect_equal(len(expect_every_input_has_its_output(documents, broker.read(topics[1], sum(ends[topics[1]].values())))), 50, "documents")


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([nothing_is_lost_when_a_worker_is_killed, what_is_done_is_not_labeled_again_after_a_restart,
                                    scram_over_tls_works_through_plain_properties], sasl=True))
