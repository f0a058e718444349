"""What a new user sees before money is spent: init, check, show, estimate, a few documents first. The model is llm-sim."""

import json
import os
import pty
import subprocess
import sys

from cases import GOLD, NEIGHBOURS, SAMPLE_DOCUMENTS, label_config, many_documents
from parts import PRELABEL, expect, expect_equal, json_lines, perform



def on_a_terminal(stage, *arguments, typed="", seconds=60, **environment):
    """Exit code and all that a person at a terminal sees, who has typed this ahead."""
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    process = subprocess.Popen([PRELABEL, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, cwd=stage.folder, env={**os.environ, **environment})
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:  # the last one has closed it
        pass
    os.close(ours)
    return process.wait(timeout=seconds), seen.decode(errors="replace")


LABELS = ("--labels", "PER,ORG,LOC")


def init_writes_what_works_at_once(stage):
    sim = stage.llm_sim()
    stage.write("tickets.jsonl", [{"ticket_id": one["id"], "body": {"text": one["text"]}} for one in NEIGHBOURS])
    written = stage.prelabel("init", *LABELS, "--model", "sim", "--base-url", sim.base_url, "--from", "tickets.jsonl").expect_code(0)
    for words in ("task.yaml", "prelabel.yaml", "/body/text", "/ticket_id", "prelabel label tickets.jsonl"):
        expect(words in written.out, f"init does not say {words!r}: {written.out!r}")
    checked = stage.prelabel("check", "--online").expect_code(0)
    expect("cost is unknown" in checked.out and "$" not in checked.out, f"check without a price: {checked.out!r}")
    stage.prelabel("label", "tickets.jsonl", "-o", "out.jsonl").expect_code(0)
    expect_equal([record["id"] for record in json_lines(stage.folder / "out.jsonl")], [one["id"] for one in NEIGHBOURS], "ids")


def a_terminal_is_asked_and_gets_help_and_colours(stage):
    code, seen = on_a_terminal(stage)
    expect(code == 0 and "Examples:" in seen, f"without arguments: {code}, {seen!r}")
    code, seen = on_a_terminal(stage, "init", typed="PER,ORG\n\nhttp://127.0.0.1:1/v1\n\n")
    expect(code == 0 and "Labels" in seen and "wrote prelabel.yaml" in seen, f"init: {code}, {seen!r}")
    expect("gpt-4o-mini" in (stage.folder / "prelabel.yaml").read_text(), "the model that Enter takes")
    (stage.folder / "again").mkdir()
    code, seen = on_a_terminal(stage, "init", "--dir", "again", typed="PER,PER\nPER\n\nnowhere\nhttp://127.0.0.1:1/v1\nnone.jsonl\n\n")
    expect(code == 0 and "the label `PER` is given twice" in seen and "none.jsonl" in seen, f"wrong answers are asked for again: {code}, {seen!r}")
    expect("base_url: \"http://127.0.0.1:1/v1\"" in (stage.folder / "again" / "prelabel.yaml").read_text(), "the second answer")
    stage.prelabel("check").expect_code(0)
    stage.write("gold.jsonl", [{"id": "a", "text": "Ada", "entities": [{"label": "PER", "start": 0, "end": 3}]}])
    code, seen = on_a_terminal(stage, "estimate", "-", typed=json.dumps(NEIGHBOURS[0]) + "\n\x04")
    expect(code == 0 and "reading documents from this terminal; end them with Ctrl-D, or name a file" in seen, f"estimate of what is typed: {code}, {seen!r}")
    expect("documents                     1" in seen, f"estimate of what is typed: {seen!r}")
    for environment, coloured in (({"TERM": "xterm", "NO_COLOR": ""}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        seen = on_a_terminal(stage, "show", "gold.jsonl", **environment)[1]
        expect_equal("\033" in seen, coloured, f"colours with {environment}")
        expect("PER" in seen, "the label cannot be read")


def show_marks_records_from_a_pipe(stage):
    config = label_config(stage, stage.llm_sim())
    stage.write("in.jsonl", NEIGHBOURS)
    labeled = stage.prelabel("label", "in.jsonl", "-c", config).expect_code(0)
    shown = stage.prelabel("show", "-", stdin=labeled.out_bytes).expect_code(0)
    expect("[Ada Lovelace PER]" in shown.out and "🎉" in shown.out, f"show prints {shown.out!r}")
    expect("\033" not in shown.out, "colours without a terminal")
    coloured = stage.prelabel("show", "-n", "1", "--color", "always", "-", stdin=labeled.out_bytes).expect_code(0)
    expect_equal(coloured.out.count("part "), 1, "records shown with -n 1")
    expect("\033[" in coloured.out, "no colours though wanted")
    gold = stage.prelabel("show", GOLD, "-n", "1000").expect_code(0)
    expect_equal(sum(line[:1] not in ("", " ") for line in gold.out.split("\n")), len(json_lines(GOLD)), "documents of gold")


def show_prints_the_request_that_label_sends(stage):
    sim = stage.llm_sim()
    config = label_config(stage, sim, api_key={"env": "PRELABEL_E2E_KEY"})
    stage.write("in.jsonl", NEIGHBOURS[:1])
    shown = stage.prelabel("show", "--prompt", "in.jsonl", "-c", config, PRELABEL_E2E_KEY="sk-never-shown").expect_code(0)
    expect_equal(sim.stats()["requests"], 0, "requests")
    expect("sk-never-shown" not in shown.out + shown.err, "the key is shown")
    body, turns = shown.out.split("\n\n", 2)[1:]
    request = json.loads(body)
    expect_equal(request["model"], "sim", "model")
    expect(NEIGHBOURS[0]["text"] in request["messages"][-1]["content"], "the document is not in the request")
    for turn in request["messages"]:
        first = turn["content"].split("\n")[0]
        expect(f"── {turn['role']} ──\n  {first}" in turns, f"the turn of {turn['role']} cannot be read")


def estimate_calls_nobody_and_comes_close(stage):
    sim = stage.llm_sim()
    price = {"input_per_mtok": 0.15, "cached_input_per_mtok": 0.075, "output_per_mtok": 0.6}
    config = label_config(stage, sim, price=price)
    guessed = json.loads(stage.prelabel("estimate", SAMPLE_DOCUMENTS, "-c", config, "--format", "json").expect_code(0).out)
    expect_equal(sim.stats()["requests"], 0, "requests")
    expect_equal(guessed["documents"], len(json_lines(SAMPLE_DOCUMENTS)), "documents")
    stage.prelabel("label", SAMPLE_DOCUMENTS, "-c", config, "-o", "out.jsonl").expect_code(0)
    records = json_lines(stage.folder / "out.jsonl")
    true = sum(record["usage"]["cost_usd"] for record in records)
    measured = json.loads(stage.prelabel("estimate", SAMPLE_DOCUMENTS, "-c", config, "--from", "out.jsonl", "--format", "json").expect_code(0).out)
    expect(0.9 * true < measured["cost_usd"]["p50"] < 1.1 * true, f"measured {measured['cost_usd']}, it cost {true}")
    expect(0.3 * true < guessed["cost_usd"]["p50"] < 3 * true, f"guessed {guessed['cost_usd']}, it cost {true}")
    table = stage.prelabel("estimate", SAMPLE_DOCUMENTS, "-c", label_config(stage, sim)).expect_code(0).out
    expect("unknown: set llm.price" in table and "$" not in table, f"without a price it prints {table!r}")


def records_on_a_terminal_stand_alone(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    config = label_config(stage, stage.llm_sim("--latency-median", "300ms"))
    code, seen = on_a_terminal(stage, "label", "in.jsonl", "-c", config)
    expect_equal(code, 0, "exit code")
    records = [json.loads(line) for line in seen.splitlines() if line.startswith("{")]
    expect_equal(len(records), len(NEIGHBOURS), "lines that are a record and nothing else")
    expect("docs/s  " not in seen and f"labeled       {len(NEIGHBOURS)} of {len(NEIGHBOURS)} documents" in seen, f"progress and summary: {seen!r}")


def some_first_then_the_rest(stage):
    sim = stage.llm_sim()
    config = label_config(stage, sim)
    total = len(json_lines(SAMPLE_DOCUMENTS))

    def label(*more):
        stage.prelabel("label", SAMPLE_DOCUMENTS, "-c", config, "-o", "out.jsonl", *more).expect_code(0)
        return [record["id"] for record in json_lines(stage.folder / "out.jsonl")]

    few = label("--sample", "10")
    expect_equal(len(set(few)), 10, "documents of a sample")
    more = label("--resume", "--sample", "25")
    expect(more[:10] == few and len(set(more)) == 25, f"a larger sample of the same seed is {more}")
    firsts = [document["id"] for document in json_lines(SAMPLE_DOCUMENTS)[:5]]
    expect_equal(set(label("--resume", "--limit", "5")), {*more, *firsts}, "documents after --limit")
    expect_equal(len(set(label("--resume"))), total, "documents in the end")
    expect_equal(sim.stats()["requests"], total, "requests")


def a_run_costs_no_more_than_it_may(stage):
    sim = stage.llm_sim("--latency-median", "20ms")
    price = {"input_per_mtok": 10, "output_per_mtok": 40}
    config = label_config(stage, sim, price=price, max_output_tokens=300)
    command = ("label", SAMPLE_DOCUMENTS, "-c", config, "-o", "out.jsonl", "--max-cost", "0.4")
    total, runs, code = len(json_lines(SAMPLE_DOCUMENTS)), 0, 1
    spent = 0.0
    while code == 1:
        ended = stage.prelabel(*command, *(["--resume"] if runs else []))
        code, runs = ended.code, runs + 1
        cost = sum(record["usage"]["cost_usd"] for record in json_lines(stage.folder / "out.jsonl"))
        expect(0 < cost - spent <= 0.4, f"run {runs} cost {cost - spent}: {ended.err[-300:]!r}")
        spent = cost
        expect(code == 0 or "stopped before --max-cost $0.40" in ended.err, f"it says {ended.err[-300:]!r}")
        expect(runs < 50, "no end comes")
    expect_equal((code, len(json_lines(stage.folder / "out.jsonl"))), (0, total), "exit code and records in the end")
    expect(runs > 1, "the first run cost too little to stop")
    expect_equal(sim.stats()["requests"], total, "requests: nothing is paid twice")


def what_is_paid_reaches_a_slow_reader_when_the_money_is_spent(stage):
    stage.write("in.jsonl", many_documents(2_000))
    sim = stage.llm_sim()
    config = label_config(stage, sim, price={"input_per_mtok": 10, "output_per_mtok": 40}, max_output_tokens=300)
    label = f"'{PRELABEL}' label in.jsonl -c '{config}' --max-cost 8 --set input.drain_timeout=1s"
    ended = stage.run("bash", "-c", f"{label} | (sleep 9; cat); exit ${{PIPESTATUS[0]}}")
    expect_equal((ended.code, len(ended.out.splitlines())), (1, sim.stats()["requests"]), "exit code, and records: as many as were paid")
    expect("stopped before --max-cost $8.00" in ended.err, f"it says {ended.err[-300:]!r}")


if __name__ == "__main__":
    sys.exit(perform([
        init_writes_what_works_at_once, a_terminal_is_asked_and_gets_help_and_colours,
        show_marks_records_from_a_pipe,
        show_prints_the_request_that_label_sends, estimate_calls_nobody_and_comes_close,
        records_on_a_terminal_stand_alone, some_first_then_the_rest, a_run_costs_no_more_than_it_may, what_is_paid_reaches_a_slow_reader_when_the_money_is_spent,
    ]))
