"""What the tests of the commands share: configurations, good neighbours and bad documents."""

import json

from parts import PRELABEL, SAMPLES, expect, expect_equal, expect_true_spans, json_lines, wait_until

GOLD = str(SAMPLES / "gold.jsonl")

SAMPLE_DOCUMENTS = str(SAMPLES / "documents.jsonl")

NEIGHBOURS = [{"id": f"neighbour-{number}", "text": f"Ada Lovelace met Charles Babbage in London, part {number} 🎉."} for number in range(6)]


def llm(sim, **settings):
    return {"base_url": sim.base_url, "model": "sim", **settings}


def label_config(stage, sim, **settings):
    return stage.config(llm=llm(sim, **settings))


def kafka_config(stage, sim, bootstrap, **sections):
    return stage.config(
        "kafka.yaml",
        # The mock cluster makes a newcomer wait for as long as the last member's session would have lasted, though it left.
        input={"kafka": {"brokers": bootstrap, "topic": "raw", "properties": {"session.timeout.ms": "3000"}},
               "commit_interval": "100ms", "drain_timeout": "4s"},
        llm=llm(sim), output={"kafka": {"topic": "labeled", "dead_letter_topic": "dead"}}, **sections)


def by_id(path):
    records = json_lines(path)
    found = {record["id"]: record for record in records}
    expect_equal(len(found), len(records), "records with an id of their own")
    return found


def expect_neighbours_labeled(records):
    for neighbour in NEIGHBOURS:
        expect(neighbour["id"] in records, f"{neighbour['id']} was not labeled")
        record = records[neighbour["id"]]
        expect_true_spans(record)
        expect_equal(record["status"], "complete", f"status of {neighbour['id']}")
        expect("Ada Lovelace" in [entity["text"] for entity in record["entities"]], f"{neighbour['id']} lacks an entity")


# ---------------------------------------------------------------------------------------------- usage and configuration


def bad_documents():
    """The line, the dead letter's class, and what its message says."""
    return {
        "not JSON": (b"{nonsense", "malformed_input", "not JSON"),
        "not an object": (b"[1, 2]", "malformed_input", "no text"),
        "no text field": (b'{"id": "a", "body": "b"}', "malformed_input", "no text at /text"),
        "text is a number": (b'{"id": "a", "text": 7}', "malformed_input", "not a string"),
        "empty text": (b'{"id": "a", "text": ""}', "malformed_input", "empty"),
        "invalid UTF-8": (b'{"id": "a", "text": "caf\xe9 secretword"}', "malformed_input", "byte 0xE9 at column 25 is not UTF-8"),
        "unpaired surrogate": (b'{"id": "a", "text": "x \\udc00 secretword"}', "malformed_input", ""),
        "duplicate keys": (b'{"id": "a", "text": "secretword", "text": "b"}', "malformed_input", "twice"),
        "depth 10,000": (b'{"id": "a", "text": "b", "c": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "malformed_input", "deeper"),
        "NUL byte": (b'{"id": "a", "text": "b\x00 secretword"}', "malformed_input", "not JSON"),
        "escaped NUL": (b'{"id": "a", "text": "b\\u0000 secretword"}', "malformed_input", "U+0000"),
        "NUL after the value": (b'{"id": "a", "text": "b"}\x00secretword', "malformed_input", "follows"),
    }


def expect_bad_documents_set_aside(letters, cases):
    expect_equal(len(letters), len(cases), "dead letters")
    for letter, (name, (line, reason, words)) in zip(letters, cases.items()):
        expect_equal(letter["error"]["class"], reason, f"class of {name}")
        expect(words in letter["error"]["message"], f"message for {name}: {letter['error']['message']!r}")
        expect("secretword" not in json.dumps(letter["error"]), f"{name}: the document's text is in the error")
        expect_equal(letter["error"]["cost_usd"], 0, f"cost of {name}")
        if letter["encoding"] == "utf-8":
            expect_equal(letter["value"].encode(), line, f"value of {name}")


def in_input_order(path):
    """Outputs stand nearly in the order of the input; each one says its own place."""
    return sorted(json_lines(path), key=lambda one: one["source"]["offset"])


def many_documents(count):
    samples = json_lines(SAMPLE_DOCUMENTS)
    return [{"id": f"doc-{number}", "text": f"#{number} {samples[number % len(samples)]['text']}"} for number in range(count)]


def start_label(stage, config, out, *more):
    """A `label` that has written something and is not done."""
    program = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", config, "-o", out, *more])
    path = stage.folder / out

    def some_written():
        expect(program.running(), f"it ended too early\n{program.errors()[-2000:]}")
        return path.exists() and path.read_bytes().count(b"\n") >= 100

    wait_until(some_written, 60, "a part is labeled")
    return program
