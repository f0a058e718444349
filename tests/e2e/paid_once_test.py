"""Paid answers outlive the process: `label` and `run` are killed again and again, and llm-sim's ledger says what was paid. A full disk,
two processes with one folder, and what a record says of an answer that was there already."""

import json
import signal
import sys

from cases import kafka_config, llm
from parts import PRELABEL, Worker, expect, expect_equal, json_lines, perform, wait_until

DOCUMENTS = [{"id": f"d{number}", "text": f"Ada Lovelace wrote letter {number} to Charles Babbage in London."} for number in range(400)]
IN_FLIGHT = 8
KILLS = 8
LUCK = 40  # a tenth of the answers is unusable by chance, and two runs differ by what is asked again


def journal_config(stage, sim, **settings):
    return stage.config(llm=llm(sim, limits={"max_in_flight": IN_FLIGHT}, price={"input_per_mtok": 1, "output_per_mtok": 2}),
                        journal={"path": str(stage.folder / "journal"), **settings})


def paid(sim):
    return sim.stats()["paid_by_document"]["answers"]


def a_label_that_is_killed_again_and_again_pays_once(stage):
    sim = stage.llm_sim("--latency-median", "30ms")
    config = journal_config(stage, sim)
    documents = stage.write("in.jsonl", DOCUMENTS)
    output = stage.folder / "out.jsonl"
    for kill in range(1, KILLS + 1):
        # Without --resume and without its output, so that the journal alone knows what was answered.
        for leftover in stage.folder.glob("out.*"):
            leftover.unlink()
        program = stage.start("label", [PRELABEL, "label", documents, "-c", config, "-o", output, "-q"])
        wait_until(lambda: paid(sim) >= kill * 35 or not program.running(), 60, "it has bought some more")
        expect(program.running(), f"it ended before it was killed\n{program.errors()}")
        program.process.kill()
        program.wait()
    for leftover in stage.folder.glob("out.*"):
        leftover.unlink()
    stage.prelabel("label", documents, "-c", config, "-o", output).expect_code(0)
    records = json_lines(output)
    expect_equal({record["id"] for record in records}, {one["id"] for one in DOCUMENTS}, "labeled documents")
    expect(paid(sim) <= len(DOCUMENTS) + KILLS * IN_FLIGHT, f"{paid(sim)} answers were paid for {len(DOCUMENTS)} documents")
    found = [record for record in records if record["run"]["cache"] == "journal"]
    expect(len(found) >= KILLS * 35 - KILLS * IN_FLIGHT, f"only {len(found)} records were made of answers that were there")
    expect_equal({record["usage"]["cost_usd"] for record in found}, {0}, "cost of what was there already")

    before = paid(sim)
    again = stage.folder / "again.jsonl"
    stage.prelabel("label", documents, "-c", config, "-o", again).expect_code(0)
    expect_equal(paid(sim), before, "answers paid by a run that needs none")
    entities = lambda lines: {one["id"]: (one["entities"], one["model"]) for one in lines}  # noqa: E731
    expect_equal(entities(json_lines(again)), entities(records), "what is made of the same answers")


def a_resumed_label_pays_only_for_what_was_in_flight(stage):
    sim = stage.llm_sim("--latency-median", "30ms", "--fault", "503=0.03", "--fault", "code_fence=0.1", "--fault", "invalid_json=0.1", "--retry-after", "10ms")
    config = journal_config(stage, sim)
    documents = stage.write("in.jsonl", DOCUMENTS)
    output = stage.folder / "out.jsonl"
    for kill in range(1, KILLS + 1):
        program = stage.start("label", [PRELABEL, "label", documents, "-c", config, "-o", output, "-q", *(["--resume"] if kill > 1 else [])])
        wait_until(lambda: paid(sim) >= kill * 40 or not program.running(), 60, "it has bought some more")
        program.process.kill()
        program.wait()
    stage.prelabel("label", documents, "-c", config, "-o", output, "--resume")
    records = json_lines(output)
    expect_equal(sorted(record["id"] for record in records if record["status"]), sorted({record["id"] for record in records}), "records, each document once")
    # What one run without a kill pays: each answer, usable or not, once.
    calm = stage.llm_sim("--fault", "503=0.03", "--fault", "code_fence=0.1", "--fault", "invalid_json=0.1", "--retry-after", "10ms")
    stage.prelabel("label", documents, "-c", stage.config("calm.yaml", llm=llm(calm)), "-o", stage.folder / "calm.jsonl")
    expect(paid(sim) <= paid(calm) + KILLS * IN_FLIGHT + LUCK, f"{paid(sim)} answers were paid, and {paid(calm)} without a kill")


def a_worker_that_is_killed_reads_its_answers_back(stage):
    sim = stage.llm_sim("--latency-median", "20ms")
    bootstrap = stage.mock_broker("raw:2", "labeled:1", "dead:1")
    config = kafka_config(stage, sim, bootstrap, journal={"path": str(stage.folder / "journal"), "sync": "none"})
    stage.prelabel("produce", stage.write("in.jsonl", DOCUMENTS[:200]), "-c", config).expect_code(0)
    # No commit: all is read again after the kill.
    options = ["--set", "input.commit_interval=10m", "--set", f"llm.limits.max_in_flight={IN_FLIGHT}"]
    first = Worker(stage, config, *options)
    wait_until(lambda: first.finished() >= 120, 60, "most documents are done")
    first.program.process.kill()
    first.program.wait()
    second = Worker(stage, config, *options)
    wait_until(lambda: second.finished() >= 200, 90, "all documents are done")
    found = second.metric('prelabel_cache_lookups_total{tier="journal"}')
    expect(found >= 120, f"only {found} answers were found")
    expect(paid(sim) <= 200 + IN_FLIGHT, f"{paid(sim)} answers were paid for 200 documents")
    expect_equal(second.metric("prelabel_journal_answers"), 200, "answers in the journal")
    expect_equal(second.metric("prelabel_journal_failing"), 0, "prelabel_journal_failing")

    other = stage.prelabel("run", "-c", config, "--set", "admin.listen=off").expect_code(2)
    expect(f"another process ({second.program.process.pid}) keeps its answers there" in other.err, other.err)
    expect_equal(other.err.strip().count("\n"), 0, "one sentence")
    expect(f"ok    journal {stage.folder}/journal" in stage.prelabel("check", "-c", config).expect_code(0).out, "check does not mind a worker that runs")
    second.program.signal(signal.SIGTERM)
    expect_equal(second.program.wait(), 0, "exit code after SIGTERM")


def a_full_disk_costs_the_journal_and_no_document(stage):
    sim = stage.llm_sim()
    config = journal_config(stage, sim)
    documents = stage.write("in.jsonl", DOCUMENTS)
    # Files of at most 32 KiB; what goes into a pipe has no limit.
    ended = stage.run("bash", "-c", f"ulimit -f 32; exec {PRELABEL} label {documents} -c {config} -q").expect_code(0)
    expect_equal({json.loads(line)["id"] for line in ended.out.splitlines()}, {one["id"] for one in DOCUMENTS}, "labeled documents")
    said = [line for line in ended.err.splitlines() if "journal" in line]
    expect_equal(len(said), 1, f"lines about the journal\n{ended.err}")
    for words in ("File too large", "answers go on without it", '"level":"error"'):
        expect(words in said[0], f"{words} is missing: {said[0]}")
    before = paid(sim)
    expect_equal(before, len(DOCUMENTS), "answers paid")
    stage.prelabel("label", documents, "-c", config, "-o", stage.folder / "out.jsonl").expect_code(0)
    expect(before < paid(sim) < before + len(DOCUMENTS), "what was kept before the disk was full is found")


def a_folder_that_cannot_be_used_is_said_in_one_sentence(stage):
    sim = stage.llm_sim()
    blocked = stage.write("blocked", "a file")
    config = stage.config(llm=llm(sim), journal={"path": blocked})
    checked = stage.prelabel("check", "-c", config).expect_code(2)
    expect(f"FAIL  journal {blocked}" in checked.out and "is no folder" in checked.out, checked.out)
    ended = stage.prelabel("label", stage.write("in.jsonl", DOCUMENTS[:1]), "-c", config).expect_code(2)
    expect_equal(ended.err.strip().count("\n"), 0, f"one sentence: {ended.err}")
    expect(f"journal.path {blocked}" in ended.err, ended.err)


def nothing_of_a_document_can_be_read_by_others(stage):
    sim = stage.llm_sim()
    config = journal_config(stage, sim)
    stage.prelabel("label", stage.write("in.jsonl", DOCUMENTS[:5]), "-c", config, "-o", stage.folder / "out.jsonl").expect_code(0)
    for path in (stage.folder / "journal").iterdir():
        expect_equal(oct(path.stat().st_mode & 0o777), "0o600", str(path))


if __name__ == "__main__":
    sys.exit(perform([
        a_label_that_is_killed_again_and_again_pays_once, a_resumed_label_pays_only_for_what_was_in_flight,
        a_worker_that_is_killed_reads_its_answers_back, a_full_disk_costs_the_journal_and_no_document,
        a_folder_that_cannot_be_used_is_said_in_one_sentence, nothing_of_a_document_can_be_read_by_others]))
