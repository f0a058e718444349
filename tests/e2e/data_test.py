"""`prelabel label` and `evaluate` on data as people have it: columns, packed files, folders, metadata, encodings."""

import gzip
import json
import sys

from cases import NEIGHBOURS, by_id, expect_neighbours_labeled, label_config, llm
from parts import expect, expect_equal, expect_true_spans, json_lines, perform

TEXTS = [one["text"] for one in NEIGHBOURS]


def configured(stage, sim, **sections):
    return stage.config("data.yaml", llm=llm(sim), **sections)


def texts_of(stage, out):
    return [record["text"] for record in json_lines(stage.folder / out)]


def csv_takes_its_columns_and_its_delimiter(stage):
    sim = stage.llm_sim()
    config = configured(stage, sim, input={"text": "body", "id": "/ticket"})
    for name, delimiter in (("in.csv", ","), ("semicolons.csv", ";"), ("pipes.csv", "|"), ("in.tsv", "\t")):
        rows = ["ticket" + delimiter + "body"] + [f'{one["id"]}{delimiter}"{one["text"]}"' for one in NEIGHBOURS]
        stage.write(name, "\n".join(rows) + "\n")
        stage.prelabel("label", name, "-c", config, "-o", name + ".out").expect_code(0)
        expect_neighbours_labeled(by_id(stage.folder / (name + ".out")))
    plain = label_config(stage, sim)
    stage.write("odd.csv", "a;b#text\n1#Ada Lovelace wrote.\n")
    stage.prelabel("label", "odd.csv", "--delimiter", "#", "-c", plain, "-o", "odd.jsonl").expect_code(0)
    expect_equal(texts_of(stage, "odd.jsonl"), ["Ada Lovelace wrote."], "texts")


def packed_files_folders_and_globs_are_inputs(stage):
    sim = stage.llm_sim()
    config = label_config(stage, sim)
    (stage.folder / "docs" / "deep").mkdir(parents=True)
    lines = b"".join(json.dumps(one).encode() + b"\n" for one in NEIGHBOURS[:2])
    stage.write("docs/a.jsonl.gz", gzip.compress(lines))
    stage.write("docs/b.json", json.dumps(NEIGHBOURS[2:4], indent=1).encode())
    stage.write("docs/deep/c.txt", "\n".join(TEXTS[4:]).encode())
    stage.write("docs/readme.pdf", b"%PDF")
    stage.prelabel("label", "docs", "-c", config, "-o", "docs/out.jsonl").expect_code(0)
    expect_equal(texts_of(stage, "docs/out.jsonl"), TEXTS, "texts of a folder")
    records = json_lines(stage.folder / "docs/out.jsonl")
    expect_equal(records[1]["source"], {"file": "docs/a.jsonl.gz", "line": 2, "offset": 1}, "source")
    expect_equal(records[4]["id"], "docs/deep/c.txt:1", "id of a line of text")
    bought = sim.stats()["requests"]
    stage.prelabel("label", "docs", "-c", config, "-o", "docs/out.jsonl", "--resume").expect_code(0)
    expect_equal(sim.stats()["requests"], bought, "requests of a run that was done")
    stage.prelabel("label", "docs/*.gz", "-c", config, "-o", "glob.jsonl").expect_code(0)
    expect_equal(texts_of(stage, "glob.jsonl"), TEXTS[:2], "texts of a glob")


def metadata_passes_through(stage):
    sim = stage.llm_sim()
    documents = [{**one, "customer": {"tier": "gold", "n": [1, 2.50]}, "lang": "de"} for one in NEIGHBOURS]
    stage.write("in.jsonl", documents)
    config = configured(stage, sim, input={"pass": ["/customer/tier", "lang", "/missing"]})
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "some.jsonl").expect_code(0)
    for record in json_lines(stage.folder / "some.jsonl"):
        expect_equal(record["metadata"], {"tier": "gold", "lang": "de", "missing": None}, "metadata")
    stage.prelabel("label", "in.jsonl", "-c", config, "--set", "input.pass=true", "-o", "all.jsonl").expect_code(0)
    expect_equal(json_lines(stage.folder / "all.jsonl")[0]["metadata"], {"customer": {"tier": "gold", "n": [1, 2.5]}, "lang": "de"}, "metadata")
    stage.write("in.csv", "id,text,lang\n" + "".join(f'{one["id"]},"{one["text"]}",de\n' for one in NEIGHBOURS))
    stage.prelabel("label", "in.csv", "-c", config, "--set", "input.pass=true", "-o", "csv.jsonl").expect_code(0)
    expect_equal(json_lines(stage.folder / "csv.jsonl")[0]["metadata"], {"lang": "de"}, "metadata of a row")
    ended = stage.prelabel("check", "-c", config, "--set", "input.pass=[/customer, /customer/tier]").expect_code(2)
    expect("goes through as a whole" in ended.err, ended.err)


def a_record_says_where_it_is_from_and_who_answered(stage):
    sim = stage.llm_sim()
    stage.write("in.jsonl", NEIGHBOURS)
    config = configured(stage, sim, output={"include_raw_answer": True})
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl").expect_code(0)
    for number, record in enumerate(sorted(json_lines(stage.folder / "out.jsonl"), key=lambda one: one["source"]["line"])):
        expect_equal(record["source"], {"file": "in.jsonl", "line": number + 1, "offset": number}, "source")
        expect_true_spans(record)
        expect(record["model"]["answered_by"] and record["model"]["finish_reason"] == "stop", f"model: {record['model']}")
        expect("entities" in json.loads(record["model"]["raw_answer"]), "there is no raw answer")
        expect(record["run"]["latency_ms"] >= 0, "there is no latency")
        expect(record["usage"]["cost_usd"] is None, "a cost without a price")
        expect(not {"relations", "labels", "fields", "output_text", "metadata"} & set(record), f"fields: {sorted(record)}")
    script = stage.write("script.jsonl", [{"match": "London", "replies": ["invalid_json"] * 9}])
    broken = stage.llm_sim("--script", script)
    config = configured(stage, broken, output={"include_raw_answer": True})
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "none.jsonl").expect_code(3)
    letters = json_lines(stage.folder / "none.dead_letters.jsonl")
    expect(letters and all(letter["error"]["raw_answer"] for letter in letters), "dead letters without the raw answer")
    expect_equal(letters[0]["source"]["file"], "in.jsonl", "source of a dead letter")


def wrong_encodings_are_named_with_their_cure(stage):
    sim = stage.llm_sim()
    config = label_config(stage, sim)
    stage.write("latin.csv", "id,text\n1,Ada Lovelace wrote.\n2,caf\u00e9 secretword\n".encode("latin-1"))
    ended = stage.prelabel("label", "latin.csv", "-c", config, "-o", "latin.jsonl").expect_code(3)
    letter = json_lines(stage.folder / "latin.dead_letters.jsonl")[0]
    expected = "byte 0xE9 at column 6 is not UTF-8; it looks like Latin-1: iconv -f LATIN1 -t UTF-8 latin.csv > latin.utf8.csv"
    expect_equal(letter["error"]["message"], expected, "message")
    expect_equal(letter["source"], {"file": "latin.csv", "line": 3, "offset": 1}, "source")
    expect("latin.csv:3" in ended.err and "secretword" not in ended.err, ended.err)


def equal_ids_are_said_once(stage):
    sim = stage.llm_sim()
    stage.write("in.jsonl", [{"id": "same", "text": text} for text in TEXTS])
    ended = stage.prelabel("label", "in.jsonl", "-c", label_config(stage, sim), "-o", "out.jsonl").expect_code(0)
    expect_equal(ended.err.count("has the id of an earlier document"), 1, f"warnings in {ended.err!r}")
    expect("in.jsonl:" in ended.err, ended.err)


def evaluate_lists_errors_and_warns_of_other_labels(stage):
    gold = [{"id": "1", "text": "Ada met Bob in Rome.", "entities": [{"label": "PER", "start": 0, "end": 3}, {"label": "LOC", "start": 15, "end": 19}]}]
    found = [{"id": "1", "text": "Ada met Bob in Rome.", "entities": [{"label": "ORG", "start": 0, "end": 3}, {"label": "PER", "start": 8, "end": 11}]}]
    stage.write("gold.jsonl", gold)
    stage.write("found.jsonl", found)
    ended = stage.prelabel("evaluate", "--gold", "gold.jsonl", "--pred", "found.jsonl", "--errors").expect_code(0)
    for line in ("1 missed, 1 invented, 1 confused, 0 cut", "confused  PER as ORG  gold.jsonl:1  [Ada] met Bob in Rome.",
                 "invented  PER  gold.jsonl:1  Ada met [Bob] in Rome.", "missed  LOC  gold.jsonl:1  Ada met Bob in [Rome]."):
        expect(line in ended.out, f"{line!r} is not in {ended.out!r}")
    few = stage.prelabel("evaluate", "--gold", "gold.jsonl", "--pred", "found.jsonl", "--errors=1").expect_code(0)
    expect("the first 1 (--errors=N shows more)" in few.out, few.out)
    stage.write("other.jsonl", [{**found[0], "entities": [{"label": "person", "start": 0, "end": 3}]}])
    ended = stage.prelabel("evaluate", "--gold", "gold.jsonl", "--pred", "other.jsonl").expect_code(0)
    expect("share no label: gold has LOC, PER, predictions have person" in ended.err, ended.err)


if __name__ == "__main__":
    sys.exit(perform([
        csv_takes_its_columns_and_its_delimiter, packed_files_folders_and_globs_are_inputs, metadata_passes_through,
        a_record_says_where_it_is_from_and_who_answered, wrong_encodings_are_named_with_their_cure, equal_ids_are_said_once,
        evaluate_lists_errors_and_warns_of_other_labels,
    ]))
