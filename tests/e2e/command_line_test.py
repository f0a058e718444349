"""The programs as people and scripts use them: what they print, what they exit with, and what is left when they are stopped.

Needs neither Java nor a network: the broker is librdkafka's mock cluster, the model is llm-sim.
"""

import csv
import io
import json
import re
import signal
import sys

from parts import LLM_SIM, PRELABEL, SAMPLES, Worker, expect, expect_equal, expect_true_spans, json_lines, perform, wait_until

COMMANDS = ("run", "label", "check", "evaluate", "produce", "schema")
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


def versions_and_help_go_to_standard_output(stage):
    for program, name in ((PRELABEL, "prelabel"), (LLM_SIM, "llm-sim")):
        version = stage.run(program, "--version").expect_code(0)
        expect(re.fullmatch(rf"{name} \d+\.\d+\.\d+\n", version.out), f"version is {version.out!r}")
        expect("Usage" in stage.run(program, "--help").expect_code(0).out, f"{name} --help shows no usage")
    for command in COMMANDS:
        shown = stage.prelabel(command, "--help").expect_code(0)
        expect(command in shown.out and not shown.err, f"{command} --help: {shown.err}")


def wrong_usage_exits_with_2(stage):
    config = stage.config(llm={"base_url": "http://127.0.0.1:1/v1", "model": "sim"})
    for arguments in ((), ("labell",), ("label",), ("label", SAMPLE_DOCUMENTS), ("run",), ("run", "-c", config, "extra"), ("check", "-c", "absent.yaml"),
                      ("evaluate", "--gold", GOLD), ("evaluate", "--gold", GOLD, "--pred", GOLD, "--mode", "loose"), ("schema", "-c", config, "--format", "xml"),
                      ("label", "absent.jsonl", "-c", config, "-o", "out.jsonl"), ("label", "document.pdf", "-c", config, "-o", "out.jsonl"),
                      ("label", SAMPLE_DOCUMENTS, "-c", config, "--set", "llm.modell=x"), ("run", "-c", config)):
        ended = stage.prelabel(*arguments).expect_code(2)
        expect(ended.err.strip() and not ended.out, f"{' '.join(arguments)}: on standard output {ended.out!r}, on standard error {ended.err!r}")
    stage.run(LLM_SIM, "--fault", "teapot=1").expect_code(2)


GOOD_CONFIG = """task: {task}
input:
  kafka: {{brokers: "127.0.0.1:9092", topic: raw}}
llm:
  model: sim
  limits: {{max_in_flight: 8}}
  timeout:
    connect: 5s
output:
  kafka: {{topic: labeled}}
"""


def check_accepts_a_good_configuration(stage):
    config = stage.write("good.yaml", GOOD_CONFIG.format(task=SAMPLES / "news-ner.yaml"))
    checked = stage.prelabel("check", "-c", config).expect_code(0)
    expect("news-ner" in checked.out and "FAIL" not in checked.out, f"printed {checked.out!r}")
    stage.prelabel("check", "-c", config, "--set", "llm.limits.max_in_flight=4").expect_code(0)
    refused = stage.prelabel("check", "-c", config, "--set", "llm.limits.max_in_flight=none").expect_code(2)
    expect("llm.limits.max_in_flight" in refused.err, f"printed {refused.err!r}")


def check_accepts_a_configuration_for_files_alone(stage):
    files_only = f"task: {SAMPLES / 'news-ner.yaml'}\nllm: {{model: sim}}\n"
    checked = stage.prelabel("check", "-c", stage.write("files.yaml", files_only)).expect_code(0)
    expect("no Kafka" in checked.out, f"printed {checked.out!r}")
    half = stage.prelabel("check", "-c", stage.write("half.yaml", files_only + "output: {kafka: {topic: labeled}}\n")).expect_code(2)
    expect("input.kafka.brokers" in half.err, f"printed {half.err!r}")


def check_names_file_line_key_and_fix_of_a_mistake(stage):
    good = GOOD_CONFIG.format(task=SAMPLES / "news-ner.yaml")
    mistakes = {  # what is replaced, by what, the line, what has to be said
        "misspelt key": ("max_in_flight: 8", "max_in_fligth: 8", 6, ["llm.limits.max_in_fligth", "did you mean `max_in_flight`"]),
        "unknown key": ("  model: sim", "  model: sim\n  modle: sim", 6, ["llm.modle"]),
        "wrong type": ("connect: 5s", "connect: soon", 8, ["llm.timeout.connect", "expected"]),
        "out of range": ("max_in_flight: 8", "max_in_flight: 0", 6, ["llm.limits.max_in_flight", "expected"]),
        "given twice": ("  model: sim", "  model: sim\n  model: other", 6, ["model: is given twice"]),
        "missing": ("  model: sim\n", "", 0, ["llm.model"]),
        "not YAML": ("connect: 5s", "connect: [5s", 0, []),
        "no variable": ("  model: sim", "  model: ${PRELABEL_SURELY_UNSET}", 5, ["llm.model", "PRELABEL_SURELY_UNSET"]),
        "no task file": (str(SAMPLES / "news-ner.yaml"), "absent.yaml", 1, ["absent.yaml"]),
        "refused property": ("topic: raw", "topic: raw, properties: {enable.auto.commit: \"true\"}", 0, ["enable.auto.commit"]),
    }
    for name, (old, new, line, said) in mistakes.items():
        expect(old in good, f"{name} changes nothing")
        stage.write("broken.yaml", good.replace(old, new))
        ended = stage.prelabel("check", "-c", "broken.yaml").expect_code(2)
        printed = ended.out + ended.err
        place = f"broken.yaml:{line}:" if line else ""
        for words in (place, *said):
            expect(words in printed, f"{name}: {words!r} is not in {printed!r}")
    stage.write("task.yaml", "name: t\nkind: ner\nlabels: [PER, PER]\nlables: []\n")
    stage.write("config.yaml", good.replace(str(SAMPLES / "news-ner.yaml"), "task.yaml"))
    printed = stage.prelabel("check", "-c", "config.yaml").expect_code(2).err
    expect("task.yaml:4:" in printed and "did you mean `labels`" in printed, f"a mistake in the task file: {printed!r}")


def check_online_asks_broker_and_model(stage):
    sim = stage.llm_sim("--api-key", "right-key")
    bootstrap = stage.mock_broker("raw:2", "labeled:2", "dead:1")
    config = kafka_config(stage, sim, bootstrap)
    asked = (config, "--online", "--set", "llm.api_key.env=MODEL_KEY")
    stage.prelabel("check", "-c", *asked, MODEL_KEY="right-key").expect_code(0)
    wrong = stage.prelabel("check", "-c", *asked, MODEL_KEY="wrong-key").expect_code(1)
    expect("llm.api_key" in wrong.out and "wrong-key" not in wrong.out + wrong.err, f"a wrong key: {wrong.out!r}")
    nobody = stage.prelabel("check", "-c", *asked, "--set", "llm.base_url=http://127.0.0.1:1/v1", MODEL_KEY="right-key").expect_code(1)
    expect("llm.base_url" in nobody.out, f"no server: {nobody.out!r}")


def schema_prints_all_formats(stage):
    config = stage.config()
    expect_equal(json.loads(stage.prelabel("schema", "-c", config).expect_code(0).out)["type"], "object", "type of the JSON Schema")
    expect_equal(json.loads(stage.prelabel("schema", "-c", config, "--format", "avro").expect_code(0).out)["type"], "record", "type of the Avro schema")
    for form in ("sql", "iceberg"):
        expect("CREATE TABLE" in stage.prelabel("schema", "-c", config, "--format", form).expect_code(0).out.upper(), f"{form} makes no table")


# ------------------------------------------------------------------------------------------------------------ label


def label_reads_every_format(stage):
    sim = stage.llm_sim()
    config = label_config(stage, sim)
    texts = [neighbour["text"] for neighbour in NEIGHBOURS]
    table = io.StringIO()
    csv.writer(table).writerows([["id", "text"], *([one["id"], one["text"]] for one in NEIGHBOURS)])
    inputs = {
        "in.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in NEIGHBOURS),
        "in.csv": table.getvalue().encode(),
        "in.txt": "\n".join(texts).encode(),
        "in.conll": "\n\n".join("\n".join(f"{word} O" for word in text.split()) for text in texts).encode() + b"\n",
    }
    for name, content in inputs.items():
        stage.write(name, content)
        out = name + ".out"
        stage.prelabel("label", name, "-c", config, "-o", out).expect_code(0)
        records = json_lines(stage.folder / out)
        expect_equal([record["text"] for record in records], texts, f"texts of {name}, in order")
        if name in ("in.jsonl", "in.csv"):
            expect_equal([record["id"] for record in records], [one["id"] for one in NEIGHBOURS], f"ids of {name}")
        for record in records:
            expect_true_spans(record)
            expect("Ada Lovelace" in [entity["text"] for entity in record["entities"]], f"{name}: an entity is missing")
        expect_equal(len(by_id(stage.folder / out)), len(texts), f"ids of {name}")
    piped = stage.prelabel("label", "-", "--input-format", "jsonl", "-c", config, stdin=inputs["in.jsonl"]).expect_code(0)
    expect_equal([json.loads(line)["id"] for line in piped.out.splitlines()], [one["id"] for one in NEIGHBOURS], "ids from standard input")
    expect("documents" in piped.err, "no progress on standard error")


def label_does_not_overwrite(stage):
    config = label_config(stage, stage.llm_sim())
    stage.write("in.jsonl", NEIGHBOURS)
    stage.write("out.jsonl", "precious\n")
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl").expect_code(2)
    expect_equal((stage.folder / "out.jsonl").read_text(), "precious\n", "the output that was there")


def bad_documents():
    """The line, the dead letter's class, and what its message says."""
    return {
        "not JSON": (b"{nonsense", "malformed_input", "not JSON"),
        "not an object": (b"[1, 2]", "malformed_input", "no text"),
        "no text field": (b'{"id": "a", "body": "b"}', "malformed_input", "no text at /text"),
        "text is a number": (b'{"id": "a", "text": 7}', "malformed_input", "not a string"),
        "empty text": (b'{"id": "a", "text": ""}', "malformed_input", "empty"),
        "invalid UTF-8": (b'{"id": "a", "text": "caf\xe9 secretword"}', "malformed_input", "not JSON"),
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


def bad_documents_are_dead_lettered_one_by_one(stage):
    sim = stage.llm_sim()
    cases = bad_documents()
    huge = json.dumps({"id": "huge", "text": "Ada Lovelace wrote. " * 524_288}).encode()  # 10 MiB
    cases["10 MiB text"] = (huge, "too_large", "bytes")
    lines = [line for line, _, _ in cases.values()]
    neighbours = [json.dumps(one).encode() for one in NEIGHBOURS]
    mixed = neighbours[:2] + lines[:6] + neighbours[2:4] + lines[6:] + neighbours[4:]
    stage.write("in.jsonl", b"\n".join(mixed) + b"\n")
    ended = stage.prelabel("label", "in.jsonl", "-c", label_config(stage, sim), "-o", "out.jsonl").expect_code(3)
    expect(f"{len(cases)} documents were dead-lettered" in ended.err, f"standard error: {ended.err[-500:]!r}")
    expect("secretword" not in ended.err, "a document's text is in the log")
    expect_bad_documents_set_aside(json_lines(stage.folder / "out.dead_letters.jsonl"), cases)
    records = by_id(stage.folder / "out.jsonl")
    expect_equal(len(records), len(NEIGHBOURS), "records")
    expect_neighbours_labeled(records)
    expect_equal(sim.stats()["requests"], len(NEIGHBOURS), "requests: what cannot be read is not sent")


# What the model does to the document with this name in it; then the stated end: the record's status, or a dead letter's class.
BAD_ANSWERS = {
    "unknown label": (["unknown_label"] * 9, "partial"),
    "entity not in the text": (["hallucinated"] * 9, "partial"),
    "code fence": (["code_fence"] * 9, "partial"),
    "truncated once": (["truncated_answer"], "complete"),
    "truncated always": (["truncated_answer"] * 9, "invalid_answer"),
    "invalid JSON once": (["invalid_json"], "complete"),
    "invalid JSON always": (["invalid_json"] * 9, "invalid_answer"),
    "empty answer once": (["empty"], "complete"),
    "other document once": (["wrong_document"], "complete"),
    "other document always": (["wrong_document"] * 9, "partial"),
    "refusal": (["refusal"] * 9, "refused"),
    "content filter": (["content_filter"] * 9, "content_filter"),
    "too long for the model": (["context_length"] * 9, "context_length"),
    "server errors, then well": (["500", "503", "reset", "truncated", "wrong_content_type", "broken_envelope"], "complete"),
}
SET_ASIDE = {"unknown label": "unknown_label", "entity not in the text": "not_in_text"}


def bad_answers_end_as_stated(stage):
    script = [{"match": f"case <{name}>", "replies": replies} for name, (replies, _) in BAD_ANSWERS.items()]
    sim = stage.llm_sim("--script", stage.write("script.jsonl", script), "--retry-after", "50ms")
    cases = [{"id": name, "text": f"Ada Lovelace wrote about case <{name}> in London."} for name in BAD_ANSWERS]
    stage.write("in.jsonl", [*NEIGHBOURS[:3], *cases, *NEIGHBOURS[3:]])
    config = label_config(stage, sim, retry={"max_attempts": 8})
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl").expect_code(3)
    records = by_id(stage.folder / "out.jsonl")
    letters = {json.loads(letter["value"])["id"]: letter["error"] for letter in json_lines(stage.folder / "out.dead_letters.jsonl")}
    expect_equal(len(records) + len(letters), len(cases) + len(NEIGHBOURS), "documents with an outcome")
    expect_neighbours_labeled(records)
    for name, (replies, end) in BAD_ANSWERS.items():
        if end not in ("complete", "partial"):
            expect(name in letters, f"{name}: there is no dead letter")
            expect_equal(letters[name]["class"], end, f"class of {name}")
            expect("Lovelace" not in json.dumps(letters[name]), f"{name}: the document's text is in the error")
            continue
        expect(name in records, f"{name}: dead-lettered as {letters.get(name)}")
        record = records[name]
        expect_true_spans(record)
        expect_equal(record["status"], end, f"status of {name}")
        found = [entity["text"] for entity in record["entities"]]
        if name == "other document always":
            expect(not found and {one["reason"] for one in record["discarded"]} == {"not_in_text"}, f"{name}: {record['discarded']}")
        elif name != "unknown label":
            expect("Ada Lovelace" in found, f"{name}: found {found}")
        if name in SET_ASIDE:
            expect_equal([one["reason"] for one in record["discarded"]], [SET_ASIDE[name]], f"what {name} set aside")
        if end == "complete":  # a reset of a used connection is answered by sending again at once, which is no new attempt
            least = len(replies) + 1 - replies.count("reset")
            expect(least <= record["run"]["attempts"] <= len(replies) + 1, f"attempts of {name}: {record['run']['attempts']}")


def many_documents(count):
    samples = json_lines(SAMPLE_DOCUMENTS)
    return [{"id": f"doc-{number}", "text": f"#{number} {samples[number % len(samples)]['text']}"} for number in range(count)]


def start_label(stage, config, out):
    """A `label` that has written something and is not done."""
    program = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", config, "-o", out])
    path = stage.folder / out

    def some_written():
        expect(program.running(), f"it ended too early\n{program.errors()[-2000:]}")
        return path.exists() and path.read_bytes().count(b"\n") >= 100

    wait_until(some_written, 60, "a part is labeled")
    return program


def label_resumes_after_kill(stage):
    documents = many_documents(600)
    stage.write("in.jsonl", documents[:300] + [{"id": "no text"}] + documents[300:])
    sim = stage.llm_sim("--latency-median", "100ms")
    config = label_config(stage, sim, limits={"max_in_flight": 16})
    killed = start_label(stage, config, "out.jsonl")
    killed.process.kill()
    killed.wait()
    before = (stage.folder / "out.jsonl").read_bytes()
    expect(100 <= before.count(b"\n") < 590, f"the kill came at {before.count(10)} records")
    with (stage.folder / "out.jsonl").open("ab") as torn:  # as if it had died in the middle of a line
        torn.write(b'{"id": "doc-599", "text": "#599')
    paid = sim.stats()["requests"]
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl").expect_code(2)
    resumed = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume").expect_code(3)
    expect("done before" in resumed.err, f"progress says nothing about resuming: {resumed.err[-300:]!r}")
    records = json_lines(stage.folder / "out.jsonl")
    expect_equal([record["id"] for record in records], [one["id"] for one in documents], "records in the input's order")
    expect_equal(len(json_lines(stage.folder / "out.dead_letters.jsonl")), 1, "dead letters")
    expect((stage.folder / "out.jsonl").read_bytes().startswith(before[: before.rfind(b"\n") + 1]), "what was written has changed")
    done_before = before.count(b"\n")
    expect(sim.stats()["requests"] - paid <= len(documents) - done_before, "documents that were done were asked for again")
    again = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume")
    expect_equal((again.code, len(json_lines(stage.folder / "out.jsonl"))), (0, len(documents)), "exit code and records of resuming what is done")


def label_drains_on_one_interrupt_and_stops_on_two(stage):
    stage.write("in.jsonl", many_documents(600))
    config = label_config(stage, stage.llm_sim("--latency-median", "200ms", "--latency-sigma", "0"), limits={"max_in_flight": 16})
    drained = start_label(stage, config, "out.jsonl")
    drained.signal(signal.SIGINT)
    expect_equal(drained.wait(), 1, "exit code after one interrupt")
    expect("--resume" in drained.errors(), "it does not say how to go on")
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume", "--set", f"llm.limits.max_in_flight=256").expect_code(0)
    expect_equal([record["id"] for record in json_lines(stage.folder / "out.jsonl")], [f"doc-{number}" for number in range(600)], "records")

    hanging = label_config(stage, stage.llm_sim("--fault", "hang=1"), limits={"max_in_flight": 16})
    stuck = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", hanging, "-o", "stuck.jsonl"])
    wait_until(lambda: (stage.folder / "stuck.jsonl").exists(), 60, "it has started")
    stuck.signal(signal.SIGINT)
    wait_until(lambda: "interrupt again" in stuck.errors(), 30, "it says how to stop at once")
    expect(stuck.running(), "it did not wait for what is in flight")
    stuck.signal(signal.SIGINT)
    expect_equal(stuck.wait(5), 1, "exit code after two interrupts")


# --------------------------------------------------------------------------------------------------------- evaluate


def evaluate_says_how_good_it_was(stage):
    sim = stage.llm_sim("--gold", GOLD, "--error-rate", "0.2")
    stage.prelabel("label", SAMPLE_DOCUMENTS, "-c", label_config(stage, sim), "-o", "out.jsonl").expect_code(0)
    perfect = json.loads(stage.prelabel("evaluate", "--gold", GOLD, "--pred", GOLD, "--format", "json").expect_code(0).out)
    expect_equal((perfect["micro"]["f1"], perfect["documents"]), (1, len(json_lines(GOLD))), "F1 and documents of gold against itself")
    scored = json.loads(stage.prelabel("evaluate", "--gold", GOLD, "--pred", "out.jsonl", "--format", "json").expect_code(0).out)
    expect_equal((scored["mode"], scored["level"]), ("strict", "entity"), "defaults")
    expect(0.6 < scored["micro"]["f1"] < 0.95, f"F1 with 20 % of errors is {scored['micro']['f1']}")
    support = {label: sum(one["label"] == label for document in json_lines(GOLD) for one in document["entities"]) for label in ("PER", "ORG", "LOC")}
    expect_equal({one["label"]: one["support"] for one in scored["classes"]}, support, "support")
    table = stage.prelabel("evaluate", "--gold", GOLD, "--pred", "out.jsonl").expect_code(0).out
    for words in ("precision", "recall", "f1", "support", "PER", "ORG", "LOC", "micro", "macro", "weighted"):
        expect(words.lower() in table.lower(), f"{words} is not in the table")
    stage.prelabel("evaluate", "--gold", GOLD, "--pred", "absent.jsonl").expect_code(2)


# --------------------------------------------------------------------------------------------------- the Kafka worker


def metric(text, name):
    """The sum of a metric's samples that have these labels; `name` is written as in the exposition."""
    values = [float(value) for found, value in re.findall(r"^(\S+) (\S+)", text, re.M) if found == name]
    expect(values, f"there is no {name}")
    return sum(values)


def run_labels_what_produce_loads(stage):
    sim = stage.llm_sim("--gold", GOLD, "--latency-median", "20ms")
    config = kafka_config(stage, sim, stage.mock_broker("raw:3", "labeled:3", "dead:1"))
    documents = json_lines(SAMPLE_DOCUMENTS)
    produced = stage.prelabel("produce", SAMPLE_DOCUMENTS, "-c", config).expect_code(0)
    expect(f"{len(documents)} documents" in produced.err, f"produce said {produced.err!r}")
    worker = Worker(stage, config)
    expect_equal(worker.get("/healthz")[0], 200, "/healthz")
    wait_until(lambda: worker.finished() >= len(documents), 60, "all are labeled")
    worker.wait_ready()

    status = worker.status()
    expect_equal(status["documents"]["dead_lettered"], 0, "dead letters")
    expect_equal(sorted(one["partition"] for one in status["assignment"]), [0, 1, 2], "assignment")
    code, text, kind = worker.get("/metrics")
    expect(code == 200 and kind.startswith("text/plain"), f"/metrics: {code} {kind}")
    open_code, open_text, open_kind = worker.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    expect(open_code == 200 and open_kind.startswith("application/openmetrics-text") and open_text.endswith("# EOF\n"), f"OpenMetrics: {open_kind}")
    expect_equal(metric(text, 'prelabel_documents_total{outcome="complete"}') + metric(text, 'prelabel_documents_total{outcome="partial"}'),
                 len(documents), "documents in /metrics")
    expect_equal(worker.get("/")[0], 200, "the live page")
    expect_equal(worker.get("/nothing")[0], 404, "an unknown page")
    expect_equal(worker.get("/metrics", method="POST")[0], 405, "POST")

    wait_until(lambda: all(one["lag"] == 0 for one in worker.status()["assignment"]), 30, "all is committed")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    logged = [json.loads(line) for line in worker.program.errors().splitlines() if line]
    expect({"started", "stopped"} <= {line.get("event") for line in logged}, f"events {[line.get('event') for line in logged]}")
    expect(not any(document["text"][:40] in worker.program.errors() for document in documents), "document text is in the log")

    # Nothing is left for the next one: it starts behind what was committed.
    paid = sim.stats()["requests"]
    following = Worker(stage, config)
    following.wait_ready()
    stage.prelabel("produce", stage.write("more.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    wait_until(lambda: following.finished() == len(NEIGHBOURS), 60, "the next worker labels what is new")
    expect_equal(sim.stats()["requests"], paid + len(NEIGHBOURS), "requests")


def run_drains_what_is_in_flight(stage):
    sim = stage.llm_sim("--latency-median", "2s", "--latency-sigma", "0")
    config = kafka_config(stage, sim, stage.mock_broker("raw:1", "labeled:1", "dead:1"))
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    worker = Worker(stage, config)
    wait_until(lambda: sim.stats()["concurrency"]["now"] == len(NEIGHBOURS), 60, "all are in flight")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    stopped = next(json.loads(line) for line in worker.program.errors().splitlines() if '"stopped"' in line)
    expect_equal((stopped["documents"], stopped["abandoned"]), (len(NEIGHBOURS), 0), "documents that were finished and abandoned")


def run_leaves_to_the_next_what_does_not_end_in_time(stage):
    sim = stage.llm_sim("--fault", "hang=1")
    config = kafka_config(stage, sim, stage.mock_broker("raw:1", "labeled:1", "dead:1"))
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    worker = Worker(stage, config)
    wait_until(lambda: worker.status()["calls_in_flight"] == len(NEIGHBOURS), 60, "all hang")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    stopped = next(json.loads(line) for line in worker.program.errors().splitlines() if '"stopped"' in line)
    expect_equal((stopped["documents"], stopped["abandoned"]), (0, len(NEIGHBOURS)), "documents that were finished and abandoned")
    following = Worker(stage, config)
    wait_until(lambda: following.status()["calls_in_flight"] == len(NEIGHBOURS), 60, "the next worker takes them up")


def run_ends_at_once_on_a_second_signal(stage):
    sim = stage.llm_sim("--fault", "hang=1")
    config = kafka_config(stage, sim, stage.mock_broker("raw:1", "labeled:1", "dead:1"))
    stage.prelabel("produce", stage.write("in.jsonl", NEIGHBOURS), "-c", config).expect_code(0)
    worker = Worker(stage, config)
    wait_until(lambda: worker.status()["calls_in_flight"] == len(NEIGHBOURS), 60, "all hang")
    worker.program.signal(signal.SIGINT)
    wait_until(lambda: '"draining"' in worker.program.errors(), 30, "it drains")
    expect_equal(worker.get("/readyz")[0], 503, "/readyz while draining")
    worker.program.signal(signal.SIGINT)
    expect_equal(worker.program.wait(5), 1, "exit code")


def run_sets_bad_documents_and_answers_aside(stage):
    poison = {"id": "poison", "text": "Ada Lovelace wrote the poison letter."}
    script = stage.write("script.jsonl", [{"match": "poison", "replies": ["refusal"], "repeat": True}])
    sim = stage.llm_sim("--script", script)
    config = kafka_config(stage, sim, stage.mock_broker("raw:2", "labeled:2", "dead:1"))
    lines = [line for line, _, _ in bad_documents().values()]
    good = [json.dumps(one).encode() for one in (*NEIGHBOURS, poison)]
    stage.write("in.jsonl", b"\n".join(good[:3] + lines + good[3:]) + b"\n")
    produced = stage.prelabel("produce", "in.jsonl", "-c", config).expect_code(0)
    expect(f"{len(lines)} of them hold no document" in produced.err, f"produce said {produced.err!r}")
    worker = Worker(stage, config)
    wait_until(lambda: worker.finished() >= len(lines) + len(good), 60, "every record has its outcome")
    status = worker.status()
    expect_equal(status["documents"]["complete"], len(NEIGHBOURS), "documents labeled")
    expect_equal(status["dead_letters"], {"malformed_input": len(lines), "refused": 1}, "dead letters by class")
    wait_until(lambda: all(one["lag"] == 0 for one in worker.status()["assignment"]), 30, "the partitions move on")
    expect("secretword" not in worker.program.errors() and "poison letter" not in worker.program.errors(), "document text is in the log")
    worker.program.signal(signal.SIGTERM)
    expect_equal(worker.program.wait(), 0, "exit code")


if __name__ == "__main__":
    sys.exit(perform([
        versions_and_help_go_to_standard_output, wrong_usage_exits_with_2, check_accepts_a_good_configuration,
        check_accepts_a_configuration_for_files_alone,
        check_names_file_line_key_and_fix_of_a_mistake, check_online_asks_broker_and_model, schema_prints_all_formats,
        label_reads_every_format, label_does_not_overwrite, bad_documents_are_dead_lettered_one_by_one, bad_answers_end_as_stated,
        label_resumes_after_kill, label_drains_on_one_interrupt_and_stops_on_two, evaluate_says_how_good_it_was,
        run_labels_what_produce_loads, run_drains_what_is_in_flight, run_leaves_to_the_next_what_does_not_end_in_time,
        run_ends_at_once_on_a_second_signal,
        run_sets_bad_documents_and_answers_aside,
    ]))
