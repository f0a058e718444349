"""`prelabel label`: formats, bad documents and answers, kills, and going on. The model is llm-sim."""

import csv
import io
import json
import sys

from cases import NEIGHBOURS, label_config, by_id, expect_neighbours_labeled, bad_documents, expect_bad_documents_set_aside, in_input_order, many_documents, start_label
from parts import expect, expect_equal, expect_true_spans, json_lines, perform

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
    expect(f"dead letters  {len(cases)} in out.dead_letters.jsonl: 12 malformed_input, 1 too_large" in ended.err, f"standard error: {ended.err[-500:]!r}")
    expect("secretword" not in ended.err, "a document's text is in the log")
    expect_bad_documents_set_aside(in_input_order(stage.folder / "out.dead_letters.jsonl"), cases)
    records = by_id(stage.folder / "out.jsonl")
    expect_equal(len(records), len(NEIGHBOURS), "records")
    expect_neighbours_labeled(records)
    expect_equal(sim.stats()["requests"], len(NEIGHBOURS), "requests: what cannot be read is not sent")


def what_a_reader_finds_wrong_is_the_reason(stage):
    sim = stage.llm_sim()
    config = label_config(stage, sim)
    table = b'id,text\n1,Ada Lovelace wrote.\n{"text":"Ada Lovelace secretword"}\n2,Ada Lovelace read.\n3,"open secretword\n'
    for name, content, messages in (
        ("in.txt", b"Ada Lovelace wrote.\ncaf\xe9 secretword\nAda Lovelace read.\n", ["byte 0xE9 at column 4 is not UTF-8; it looks like Latin-1: iconv -f LATIN1 -t UTF-8 in.txt > in.utf8.txt"]),
        ("in.csv", table, ["the row at line 3 has 1 fields, the header 2", "a quote opened at line 5 is never closed"]),
    ):
        stage.write(name, content)
        bought = sim.stats()["requests"]
        ended = stage.prelabel("label", name, "-c", config, "-o", name + ".jsonl").expect_code(3)
        expect("secretword" not in ended.err, "a document's text is in the log")
        letters = in_input_order(stage.folder / (name + ".dead_letters.jsonl"))
        expect_equal([letter["error"]["message"] for letter in letters], messages, f"messages of {name}")
        expect_equal({letter["error"]["class"] for letter in letters}, {"malformed_input"}, f"classes of {name}")
        expect_equal({key for letter in letters for key in letter["headers"]}, set(), f"headers of {name}")
        expect_equal(len(json_lines(stage.folder / (name + ".jsonl"))), 2, f"records of {name}")
        expect(sim.stats()["requests"] <= bought + 2, f"{name}: what is broken was sent")


# What the model does to the document with this name in it; then the stated end: the record's status, or a dead letter's class.


BAD_ANSWERS = {
    "unknown label": (["unknown_label"] * 9, "partial"),
    "entity not in the text": (["hallucinated"] * 9, "partial"),
    "code fence": (["code_fence"], "complete"),
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
            least = len(replies) + 1 - replies.count("reset") - replies.count("code_fence")
            expect(least <= record["run"]["attempts"] <= len(replies) + 1, f"attempts of {name}: {record['run']['attempts']}")


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
    records.sort(key=lambda one: one["source"]["offset"])
    expect_equal([record["id"] for record in records], [one["id"] for one in documents], "records, each one once")
    expect_equal(len(json_lines(stage.folder / "out.dead_letters.jsonl")), 1, "dead letters")
    expect((stage.folder / "out.jsonl").read_bytes().startswith(before[: before.rfind(b"\n") + 1]), "what was written has changed")
    done_before = before.count(b"\n")
    expect(sim.stats()["requests"] - paid <= len(documents) - done_before, "documents that were done were asked for again")
    again = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume")
    expect_equal((again.code, len(json_lines(stage.folder / "out.jsonl"))), (3, len(documents)), "exit code and records of resuming what is done")


def label_resumes_after_kill_among_many_files(stage):
    documents = many_documents(800)
    (stage.folder / "in.jsonl").mkdir()  # a folder
    for number, document in enumerate(documents):
        stage.write(f"in.jsonl/a-document-in-a-file-of-its-own-{number:04}.jsonl", [document])
    sim = stage.llm_sim("--latency-median", "100ms")
    config = label_config(stage, sim, limits={"max_in_flight": 16})
    few_at_once = ("--set", "input.max_documents_in_memory=50")
    killed = start_label(stage, config, "out.jsonl", *few_at_once)
    killed.process.kill()
    killed.wait()
    remembered = (stage.folder / "out.jsonl.prelabel.json").read_text()
    expect('\n{"input": 99, "records": 1, ' in remembered, f"no lines are added: {remembered[-300:]!r}")
    done_before = (stage.folder / "out.jsonl").read_bytes().count(b"\n")
    expect(100 <= done_before < 790, f"the kill came at {done_before} records")
    paid = sim.stats()["requests"]
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume", *few_at_once).expect_code(0)
    records = json_lines(stage.folder / "out.jsonl")
    expect_equal(sorted(record["id"] for record in records), sorted(one["id"] for one in documents), "records, each one once")
    expect(sim.stats()["requests"] - paid <= len(documents) - done_before, "documents that were done were asked for again")


def label_goes_on_only_with_what_is_unchanged(stage):
    config = label_config(stage, stage.llm_sim())
    stage.write("in.jsonl", NEIGHBOURS[:4])
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl").expect_code(0)
    labeled = (stage.folder / "out.jsonl").read_bytes()

    def refused(words, *arguments, source="in.jsonl"):
        ended = stage.prelabel("label", source, "-c", config, "-o", "out.jsonl", "--resume", *arguments).expect_code(2)
        expect(words in ended.err, f"it does not say {words!r}: {ended.err!r}")
        expect_equal((stage.folder / "out.jsonl").read_bytes(), labeled, f"the output ({words})")

    refused("was made with model sim, now it is other", "--set", "llm.model=other")
    refused("was made with input.text /text, now it is /body", "--set", "input.text=/body")
    stage.write("task.yaml", "name: other\nkind: ner\nlabels: [{name: PER, description: people}]\n")
    refused("of the task, now it is", "--set", f"task={stage.folder / 'task.yaml'}")
    stage.write("other.jsonl", NEIGHBOURS)
    refused("in.jsonl: is not among the inputs", source="other.jsonl")
    stage.write("in.jsonl", [NEIGHBOURS[1], NEIGHBOURS[0], *NEIGHBOURS[2:4]])
    refused("has changed in its first 4 records")
    before = (stage.folder / "in.jsonl").read_bytes()
    for arguments in (["-o", "in.jsonl"], ["-o", "in.jsonl", "--resume"], ["-o", "new.jsonl", "--dead-letters", "in.jsonl"]):
        stage.prelabel("label", "in.jsonl", "-c", config, *arguments).expect_code(2)
        expect_equal((stage.folder / "in.jsonl").read_bytes(), before, f"the input after {arguments}")

    stage.write("in.jsonl", NEIGHBOURS)  # what was read, and two more
    stage.prelabel("label", stage.folder / "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume").expect_code(0)
    expect_equal([record["id"] for record in json_lines(stage.folder / "out.jsonl")], [one["id"] for one in NEIGHBOURS], "records")
    (stage.folder / "out.jsonl.prelabel.json").unlink()  # as before there were checkpoints
    unchecked = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume").expect_code(0)
    expect("cannot be checked" in unchecked.err, f"it does not say what it cannot check: {unchecked.err!r}")


if __name__ == "__main__":
    sys.exit(perform([
        label_reads_every_format, bad_documents_are_dead_lettered_one_by_one,
        what_a_reader_finds_wrong_is_the_reason,
        bad_answers_end_as_stated, label_resumes_after_kill, label_resumes_after_kill_among_many_files,
        label_goes_on_only_with_what_is_unchanged,
    ]))
