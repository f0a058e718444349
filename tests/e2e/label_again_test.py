"""Dead letters of `prelabel label`: tried again, killed meanwhile, labeled as an input, and those of pipes."""

import json
import random
import sys

from cases import NEIGHBOURS, by_id, in_input_order, label_config
from parts import PRELABEL, expect, expect_equal, expect_true_spans, json_lines, perform, wait_until

GOOD = [{"id": f"good-{number}", "text": f"Ada Lovelace met Charles Babbage, part {number}."} for number in range(120)]
LATE = [{"id": f"late-{number}", "text": f"Ada Lovelace was late for the {number}th time."} for number in range(2)]
REFUSED = [{"id": f"refused-{number}", "tier": {"gold": 1}, "text": f"Ada Lovelace asks for something else, part {number}."} for number in range(20)]
UNREADABLE = [{"id": "unreadable", "body": "Ada Lovelace"}]
ALL = [*GOOD[:5], *LATE, *REFUSED[:10], *GOOD[5:50], *UNREADABLE, *REFUSED[10:], *GOOD[50:]]


def left_dead_letters(stage):
    """A run that leaves LATE as `deadline`, REFUSED and UNREADABLE. Gives the configuration for a model that works."""
    script = [{"match": "was late for", "replies": ["503"], "repeat": True}, {"match": "something else", "replies": ["refusal"], "repeat": True}]
    troubled = stage.llm_sim("--script", stage.write("script.jsonl", script), "--retry-after", "10ms", "--latency-median", "50ms")
    stage.write("in.jsonl", ALL)
    config = label_config(stage, troubled, retry={"max_attempts": 2}, limits={"max_in_flight": 4})
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl").expect_code(3)
    return label_config(stage, stage.llm_sim("--latency-median", "50ms"), limits={"max_in_flight": 4})


def classes(path):
    return sorted(letter["error"]["class"] for letter in json_lines(path))


def where(stage):
    """How many lines each document has in both files."""
    found = {}
    for line in json_lines(stage.folder / "out.jsonl") + json_lines(stage.folder / "out.dead_letters.jsonl"):
        place = line["source"]["offset"]
        found[place] = found.get(place, 0) + 1
    return found


def dead_letters_that_time_heals_are_tried_again(stage):
    config = left_dead_letters(stage)
    dead = stage.folder / "out.dead_letters.jsonl"
    expect_equal(classes(dead), ["deadline"] * 2 + ["malformed_input"] + ["refused"] * 20, "dead letters")
    expect_equal(len(by_id(stage.folder / "out.jsonl")), len(GOOD), "records")
    resumed = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume").expect_code(3)
    expect("dead letters  21 in out.dead_letters.jsonl: 20 refused, 1 malformed_input" in resumed.err, f"the summary: {resumed.err[-600:]!r}")
    expect("labeled       122 of 143 documents, 120 of them by earlier runs" in resumed.err, f"the summary: {resumed.err[-600:]!r}")
    expect("this run      2 of 2 documents labeled" in resumed.err, f"the summary: {resumed.err[-600:]!r}")
    expect_equal(classes(dead), ["malformed_input"] + ["refused"] * 20, "dead letters that stay")
    expect_equal(set(where(stage).values()), {1}, "lines of each document")
    again = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume").expect_code(3)
    expect("this run      nothing was left to do" in again.err and "entities" not in again.err, f"the summary: {again.err[-600:]!r}")
    expect_equal(classes(dead), ["malformed_input"] + ["refused"] * 20, "dead letters that stay")
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--retry-dead-letters=refused").expect_code(3)
    expect_equal(classes(dead), ["malformed_input"], "dead letters that stay")
    stage.write("in.jsonl", ALL)
    elsewhere = ["label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--retry-dead-letters", "--set", "input.text=/body"]
    refused = stage.prelabel(*elsewhere).expect_code(2)
    expect("input.text /text, now it is /body" in refused.err and "--resume=mixed" in refused.err, f"it says {refused.err!r}")
    text = stage.prelabel(*elsewhere, "--resume=mixed").expect_code(0)
    expect("dead letters" not in text.err, f"the summary: {text.err[-600:]!r}")
    expect(not dead.exists(), "an empty dead-letter file was left")
    expect_equal([record["id"] for record in in_input_order(stage.folder / "out.jsonl")], [one["id"] for one in ALL], "records")
    wrong = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--retry-dead-letters=refuse").expect_code(2)
    expect("did you mean refused?" in wrong.err, f"it says {wrong.err!r}")


def kills_while_dead_letters_are_tried_again_lose_and_double_nothing(stage):
    config = left_dead_letters(stage)
    dice = random.Random(9)
    for _ in range(4):
        program = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--retry-dead-letters=refused"])
        before = len(json_lines(stage.folder / "out.jsonl"))
        wait_until(lambda: not program.running() or len(json_lines(stage.folder / "out.jsonl")) > before + dice.randrange(4), 30, "it labels")
        program.process.kill()
        program.wait()
        expect_equal(sorted(where(stage)), list(range(len(ALL))), "documents that are somewhere after the kill")
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--retry-dead-letters=refused").expect_code(3)
    expect_equal(where(stage), {place: 1 for place in range(len(ALL))}, "lines of each document")
    expect_equal(classes(stage.folder / "out.dead_letters.jsonl"), ["malformed_input"], "dead letters that stay")
    expect_equal(sorted(path.name for path in stage.folder.glob("out.*")), ["out.dead_letters.jsonl", "out.jsonl", "out.jsonl.prelabel.json"], "files")


def a_dead_letter_file_is_an_input(stage):
    config = left_dead_letters(stage)
    stage.prelabel("label", "out.dead_letters.jsonl", "-c", config, "-o", "second.jsonl").expect_code(3)
    records = by_id(stage.folder / "second.jsonl")
    expect_equal(sorted(records), sorted(one["id"] for one in LATE + REFUSED), "ids")
    for document in LATE + REFUSED:
        expect_equal(records[document["id"]]["text"], document["text"], "text")
        expect_true_spans(records[document["id"]])
    letters = json_lines(stage.folder / "second.dead_letters.jsonl")
    expect_equal([json.loads(letter["value"]) for letter in letters], UNREADABLE, "what dies again, as it was")
    nameless = [{"error": {"class": "deadline", "task_version": "v"}, "source": {"file": "old.jsonl", "line": 5, "offset": 4}, "key": None,
                 "value": json.dumps({"text": "Ada Lovelace wrote."}), "encoding": "utf-8", "headers": {}}]
    stage.write("nameless.jsonl", nameless)
    stage.prelabel("label", "nameless.jsonl", "-c", config, "-o", "named.jsonl").expect_code(0)
    expect_equal(list(by_id(stage.folder / "named.jsonl")), ["old.jsonl:5"], "the id that it had")


def pipes_leave_nothing_that_blocks_the_next_run(stage):
    config = label_config(stage, stage.llm_sim())
    stage.write("good.jsonl", NEIGHBOURS)
    stage.write("few.jsonl", NEIGHBOURS + UNREADABLE)
    stage.prelabel("label", "good.jsonl", "-c", config).expect_code(0)
    dead = stage.folder / "prelabel.dead_letters.jsonl"
    expect(not dead.exists(), "an empty dead-letter file was left")
    for run in range(1, 3):
        piped = stage.prelabel("label", "few.jsonl", "-c", config).expect_code(3)
        expect_equal(len(piped.out.splitlines()), len(NEIGHBOURS), "records")
        expect_equal(classes(dead), ["malformed_input"] * run, f"dead letters after {run} runs")
        expect("dead letters  1 in prelabel.dead_letters.jsonl" in piped.err, f"the summary of this run: {piped.err[-600:]!r}")
    dead.write_text("precious\n")
    refused = stage.prelabel("label", "few.jsonl", "-c", config).expect_code(2)
    expect("holds something else than dead letters; name another file (--dead-letters)" in refused.err, f"it says {refused.err!r}")
    expect_equal(dead.read_text(), "precious\n", "somebody's file")


def another_model_is_mixed_on_demand_only(stage):
    config = label_config(stage, stage.llm_sim())
    stage.write("in.jsonl", NEIGHBOURS[:3])
    own = ("label", "in.jsonl", "-c", config, "-o", "out.jsonl")
    other = (*own, "--set", "llm.model=other")
    stage.prelabel(*own).expect_code(0)
    idle = stage.prelabel(*other, "--set", "input.id=/number", "--resume=mixed").expect_code(0)
    expect("nothing was left to do" in idle.err, f"it says {idle.err!r}")
    stage.prelabel(*own, "--resume").expect_code(0)  # nothing was mixed
    stage.write("in.jsonl", NEIGHBOURS)
    refused = stage.prelabel(*other, "--resume").expect_code(2)
    expect("was made with model sim, now it is other" in refused.err and "--resume=mixed" in refused.err, f"it says {refused.err!r}")
    stage.prelabel(*other, "--resume=mixed").expect_code(0)
    expect_equal([record["model"]["name"] for record in in_input_order(stage.folder / "out.jsonl")], ["sim"] * 3 + ["other"] * 3, "models")


def an_edited_input_is_refused_once_and_nothing_is_advised_that_would_fail_again(stage):
    config = label_config(stage, stage.llm_sim())
    stage.write("in.jsonl", NEIGHBOURS)
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl").expect_code(0)
    stage.write("in.jsonl", [{**NEIGHBOURS[0], "text": "Ada."}, *NEIGHBOURS[1:]])
    refused = stage.prelabel("label", "in.jsonl", "-c", config, "-o", "out.jsonl", "--resume").expect_code(2)
    expect("\nprelabel: in.jsonl: has changed in its first 6 records" in "\n" + refused.err, f"it says {refused.err!r}")
    expect_equal((refused.err.count("has changed"), "continue with" in refused.err), (1, False), f"how often, and what is advised: {refused.err!r}")


if __name__ == "__main__":
    sys.exit(perform([
        dead_letters_that_time_heals_are_tried_again, kills_while_dead_letters_are_tried_again_lose_and_double_nothing,
        a_dead_letter_file_is_an_input, an_edited_input_is_refused_once_and_nothing_is_advised_that_would_fail_again, pipes_leave_nothing_that_blocks_the_next_run, another_model_is_mixed_on_demand_only,
    ]))
