"""Parquet files as documents, read by the real DuckDB: whatever wrote them, whatever they are called, whoever is killed.

DuckDB's program is the one of PyPI, pinned in deploy/dev/requirements-lake.txt: once as the wrapper that pip puts into PATH,
once the binary itself.
"""

import json
import os
import pathlib
import subprocess
import sys
import threading
import time

from cases import by_id, kafka_config, label_config, llm
from lake_test import environment
from parts import PRELABEL, Worker, expect, expect_equal, expect_true_spans, json_lines, wait_until

ROWS = 5_001
PADDING = 4_000  # bytes of a row: what a worker holds of them is less than all, so DuckDB waits for its reader
BIG_BYTES = 200 << 20
MEMORY_MIB_MAX = {"prelabel": 200, "duckdb": 1_000}


def wrapper():
    return environment() / "bin/duckdb"


def binary():
    return next((environment() / "lib").glob("python3.*/site-packages/duckdb_cli/duckdb"))


def make(stage, name, program, **variables):
    """Runs a Python program of the environment that has `pa` and `pq` and writes the Parquet file `path`."""
    path = stage.folder / name
    beginning = f"import datetime, decimal\nimport pyarrow as pa, pyarrow.parquet as pq\npath = {str(path)!r}\n"
    stage.run(environment() / "bin/python", "-c", beginning + program, **variables).expect_code(0)
    return str(path)


def some_documents(stage, name="in.parquet", count=6, padding=0):
    return make(stage, name, f"""
count = {count}
pq.write_table(pa.table({{
    "ticket": pa.array([f"t-{{n}}" for n in range(count)]),
    "payload": [{{"body": f"Ada Lovelace met Charles Babbage in London, part {{n}} 🎉.\\nHe said \\"hm\\".", "tier": n}} for n in range(count)],
    "at": pa.array([datetime.datetime(2026, 11, 30, 10, tzinfo=datetime.timezone.utc)] * count, pa.timestamp("us", "UTC")),
    "on": pa.array([datetime.date(2026, 11, 30)] * count),
    "price": pa.array([decimal.Decimal("12345678901234567.10")] * count, pa.decimal128(20, 2)),
    "more": ["x" * {padding}] * count,
    "score": pa.array([float("nan")] * count),
    "tags": pa.array([[], ["a", "b"], None] * (count // 3), pa.list_(pa.string())),
    "map": pa.array([[("k", 1)]] * count, pa.map_(pa.string(), pa.int32())),
}}), path, row_group_size=max(1, count // 3), compression="zstd")
""")


FIELDS = ["--set", "input.text=/payload/body", "--set", "input.id=ticket"]


def rows_are_documents(stage):
    sim = stage.llm_sim()
    config = label_config(stage, sim)
    some_documents(stage)
    for program in (wrapper(), binary()):
        out = f"out-{len(str(program))}.jsonl"
        stage.prelabel("label", "in.parquet", "-c", config, "-o", out, *FIELDS, "--set", "input.pass=true", PRELABEL_DUCKDB=str(program)).expect_code(0)
        records = by_id(stage.folder / out)
        expect_equal(sorted(records), [f"t-{number}" for number in range(6)], "ids")
        for number in range(6):
            record = records[f"t-{number}"]
            expect_true_spans(record)
            expect("Ada Lovelace" in [one["text"] for one in record["entities"]], "an entity is missing")
            expect(record["text"].endswith('🎉.\nHe said "hm".'), f"text: {record['text']!r}")
            expect_equal((record["source"]["file"], record["source"]["line"], record["source"]["offset"]), ("in.parquet", number + 1, number), "place")
            metadata = record["metadata"]
            expect_equal((metadata["at"], metadata["on"], metadata["score"], metadata["map"]), ("2026-11-30 10:00:00+00", "2026-11-30", None, {"k": 1}), "metadata")
            expect_equal(metadata["tags"], ([], ["a", "b"], None)[number % 3], "tags")
            expect_equal(metadata["payload"]["tier"], number, "a number in a nested column")
        expect("12345678901234567.10" in (stage.folder / out).read_text(), "a decimal lost digits")


def every_command_reads_them(stage):
    """Folders and names that mean something to a shell, to SQL or to DuckDB; the user's own start file has no say."""
    sim = stage.llm_sim()
    config = label_config(stage, sim)
    stage.write(".duckdbrc", "CREATE TABLE left_behind (i INTEGER);\n.output /dev/null\nSELECT error('the start file was read');\n")
    folder = stage.folder / "in=here [a]*; ' \" DROP"
    folder.mkdir()
    for name in ("it's [x]*?.parquet", "s3:__bucket.parquet", "-c.parquet"):
        some_documents(stage, f"{folder.name}/{name}", 3)
    variables = {"PRELABEL_DUCKDB": str(binary()), "HOME": str(stage.folder)}
    estimate = stage.prelabel("estimate", folder, "-c", config, *FIELDS, **variables).expect_code(0).out
    expect("9" in estimate, f"estimate: {estimate}")
    shown = stage.prelabel("show", folder, "--prompt", "-c", config, *FIELDS, **variables).expect_code(0).out
    expect("Charles Babbage" in shown, f"show --prompt: {shown[-500:]}")
    stage.prelabel("label", folder, "-c", config, "-o", "out.jsonl", *FIELDS, **variables).expect_code(0)
    expect_equal(len(json_lines(stage.folder / "out.jsonl")), 9, "records")
    bootstrap = stage.mock_broker("raw:1", "labeled:1", "dead:1")
    kafka = kafka_config(stage, sim, bootstrap)
    stage.prelabel("produce", folder, "-c", kafka, *FIELDS, **variables).expect_code(0)
    worker = Worker(stage, kafka, *FIELDS)
    wait_until(lambda: worker.finished() == 9, 60, "the documents of the topic are labeled")


def what_is_wrong_is_said_before_anything_is_bought(stage):
    sim = stage.llm_sim()
    config = label_config(stage, sim)
    path = pathlib.Path(some_documents(stage))
    whole = path.read_bytes()
    stage.write("cut.parquet", whole[: len(whole) // 2])
    stage.write("damaged.parquet", whole[:8] + bytes(byte ^ 0x5A for byte in whole[8:400]) + whole[400:])
    stage.write("text.parquet", "this is no Parquet")
    make(stage, "binary.parquet", 'pq.write_table(pa.table({"text": [b"caf\\xe9"]}), path)')
    make(stage, "secret.parquet", 'pq.write_table(pa.table({"text": pa.array([b"secretword caf\\xe9"]).view(pa.binary()).view(pa.string())}), path)')

    def refused(name, *words, arguments=(), **variables):
        variables = {"PRELABEL_DUCKDB": str(binary()), **variables}
        ended = stage.prelabel("label", name, "-c", config, "-o", "refused.jsonl", *arguments, **variables).expect_code(2)
        for word in words:
            expect(word in ended.err, f"{name}: {word!r} is not in {ended.err!r}")
        expect("secretword" not in ended.err + ended.out, f"{name}: a value is in the message")

    refused("in.parquet", 'in.parquet: there is no column "text"; columns: ticket, payload, at, ', "which is the text? (input.text: ")
    refused("in.parquet", 'column "on" is DATE, not text; convert it: duckdb -c ', arguments=("--set", "input.text=on"))
    refused("binary.parquet", 'column "text" is BLOB, not text', 'decode("text")')
    refused("cut.parquet", "cut.parquet: ends in the middle of its Parquet; was it cut off?")
    refused("text.parquet", "text.parquet: is no Parquet file")
    refused("damaged.parquet", "damaged.parquet: cannot be read as Parquet; DuckDB says: ", arguments=FIELDS)
    refused("secret.parquet", "secret.parquet: cannot be read as Parquet; DuckDB says: ")
    refused("in.parquet", "Parquet is read by DuckDB's program, which cannot be started (duckdb: No such file or directory)",
            "pip install duckdb-cli", "PRELABEL_DUCKDB", PRELABEL_DUCKDB="", PATH="/nonexistent")
    expect_equal(sim.stats()["requests"], 0, "requests")
    fixed = stage.run(binary(), "-c", "COPY (SELECT * REPLACE (CAST(\"ticket\" AS VARCHAR) AS \"ticket\") FROM 'in.parquet') TO 'texts.parquet'")
    fixed.expect_code(0)


def children_of(process):
    """Its processes and theirs, by id."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = {process}
    while more := {pid for pid, parent in parents if parent in found} - found:
        found |= more
    return found - {process}


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def start_label(stage, config, out, *more, program=None):
    path = stage.folder / out
    before = path.read_bytes().count(b"\n") if path.exists() else 0
    label = stage.start("label", [PRELABEL, "label", "in.parquet", "-c", config, "-o", out, *FIELDS, *more], PRELABEL_DUCKDB=str(program or wrapper()))
    wait_until(lambda: path.exists() and path.read_bytes().count(b"\n") >= before + 100, 60, "a part is labeled")
    children = children_of(label.process.pid)
    expect(children, "DuckDB does not run any more: the kill would mean nothing")
    return label, children


def nobody_outlives_it_and_it_resumes_by_row(stage):
    sim = stage.llm_sim("--latency-median", "20ms")
    config = label_config(stage, sim, limits={"max_in_flight": 16})
    some_documents(stage, "in.parquet", ROWS, PADDING)
    for signals, code in ([9], -9), ([2], 130), ([15], 130):
        label, children = start_label(stage, config, "out.jsonl", *(["--resume"] if (stage.folder / "out.jsonl").exists() else []))
        for number in signals:
            label.signal(number)
        ended = label.wait()
        expect(ended == code or code == 130 and ended in (130, 143), f"exit code {ended} after {signals}")
        wait_until(lambda: not any(map(alive, children)), 10, f"nobody is left behind after {signals}")
        done = len(json_lines(stage.folder / "out.jsonl")) if code != -9 else None
        expect(done is None or done < ROWS, "it ended too late to mean anything")
    stage.prelabel("label", "in.parquet", "-c", config, "-o", "out.jsonl", *FIELDS, "--resume", PRELABEL_DUCKDB=str(binary())).expect_code(0)
    expect_equal(sorted(by_id(stage.folder / "out.jsonl")), sorted(f"t-{number}" for number in range(ROWS)), "documents")
    some_documents(stage, "in.parquet", ROWS - 3, PADDING)
    other = stage.prelabel("label", "in.parquet", "-c", config, "-o", "out.jsonl", *FIELDS, "--resume", PRELABEL_DUCKDB=str(binary()))
    expect(other.code != 0 and "has changed" in other.err, f"another file was taken for the same: {other.code} {other.err}")


def a_program_that_dies_is_an_error_and_not_an_end(stage):
    sim = stage.llm_sim("--latency-median", "20ms")
    config = label_config(stage, sim, limits={"max_in_flight": 16})
    some_documents(stage, "in.parquet", ROWS, PADDING)
    label, children = start_label(stage, config, "out.jsonl", program=binary())
    for child in children:
        os.kill(child, 9)
    expect_equal(label.wait(60), 1, "exit code after DuckDB was killed")
    expect("was ended by signal 9; is there enough memory" in label.errors(), f"message: {label.errors()[-1000:]}")
    expect(100 <= len(json_lines(stage.folder / "out.jsonl")) < ROWS, "records")
    stage.prelabel("label", "in.parquet", "-c", config, "-o", "out.jsonl", *FIELDS, "--resume", PRELABEL_DUCKDB=str(binary())).expect_code(0)
    expect_equal(len(by_id(stage.folder / "out.jsonl")), ROWS, "documents")


def a_large_file_takes_little_memory(stage):
    """One row group of 200 MiB of text, read to its last row; what was read most of at once is the kernel's figure."""
    make(stage, "big.parquet", f"""
import random
random.seed(1)
words = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(3, 9))) for _ in range(20_000)]
texts, left = [], {BIG_BYTES}
while left > 0:
    texts.append(" ".join(random.choices(words, k=4_000)))
    left -= len(texts[-1])
pq.write_table(pa.table({{"id": [f"d{{n}}" for n in range(len(texts))], "text": texts}}), path, row_group_size=len(texts))
""")
    config = label_config(stage, stage.llm_sim())
    peaks = {"prelabel": 0, "duckdb": 0}
    program = stage.start("estimate", [PRELABEL, "estimate", "big.parquet", "-c", config], PRELABEL_DUCKDB=str(binary()))

    def watch():
        while program.running():
            for name, pids in (("prelabel", [program.process.pid]), ("duckdb", children_of(program.process.pid))):
                for pid in pids:
                    try:
                        status = pathlib.Path(f"/proc/{pid}/status").read_text()
                    except OSError:
                        continue
                    for line in status.splitlines():
                        if line.startswith("VmHWM:"):
                            peaks[name] = max(peaks[name], int(line.split()[1]) // 1024)
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    expect_equal(program.wait(300), 0, "exit code")
    watcher.join()
    expect(peaks["duckdb"] > 0, "DuckDB was not seen")
    # The sanitizers take several times what the program does.
    factor = 4 if b"__asan_init" in pathlib.Path(PRELABEL).read_bytes() else 1
    for name, most in peaks.items():
        expect(most <= MEMORY_MIB_MAX[name] * (factor if name == "prelabel" else 1), f"{name} took {most} MiB")
    print(f"  at most: {peaks} MiB", file=sys.stderr)


def records_become_parquet_by_one_command(stage):
    sim = stage.llm_sim()
    config = stage.config(llm=llm(sim, price={"input_per_mtok": 0.15, "output_per_mtok": 0.6}))
    some_documents(stage)
    stage.prelabel("label", "in.parquet", "-c", config, "-o", "labeled.jsonl", *FIELDS, PRELABEL_DUCKDB=str(binary())).expect_code(0)
    stage.write("record.sql", stage.prelabel("schema", "-c", config, "--format", "sql").expect_code(0).out)
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs/reading-records.md").read_text()
    command = page.split("\n## Parquet\n")[1].split("```sh\n")[1].split("```")[0]
    stage.run("bash", "-ec", command, PATH=f"{binary().parent}:{os.environ['PATH']}").expect_code(0)
    found = stage.run(environment() / "bin/python", "-c", "import json, pyarrow.parquet as pq\n"
                      "t = pq.read_table('labeled.parquet')\nprint(json.dumps([t.num_rows, t.column('id').to_pylist(), str(t.schema.field('source_line').type)]))")
    rows, ids, kind = json.loads(found.expect_code(0).out)
    expect_equal((rows, sorted(ids), kind), (6, [f"t-{number}" for number in range(6)], "int64"), "the Parquet file")


if __name__ == "__main__":
    from parts import perform

    sys.exit(perform([rows_are_documents, every_command_reads_them, what_is_wrong_is_said_before_anything_is_bought,
                      nobody_outlives_it_and_it_resumes_by_row, a_program_that_dies_is_an_error_and_not_an_end, a_large_file_takes_little_memory,
                      records_become_parquet_by_one_command]))
