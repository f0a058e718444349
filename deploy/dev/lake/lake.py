# Long: one story told in order, from the broker to the rows of the table.
"""A lake on this machine, as docs/lake.md says to build one: broker, Kafka Connect with the Iceberg sink, and `prelabel run`.

The files of deploy/lake are used as they are shipped, but for what one machine needs (SMALL…). The table is read back by two
readers that share no code with the sink, and compared record by record with what the topic has.
"""

import collections
import datetime
import functools
import json
import os
import pathlib
import re
import sys
import time
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import duckdb  # noqa: E402
from pyiceberg.catalog import load_catalog  # noqa: E402

from broker import Kafka  # noqa: E402
from cases import many_documents  # noqa: E402
from parts import Stage, Worker, expect, expect_equal, expect_true_spans, get, perform, wait_until  # noqa: E402

SHIPPED = ROOT / "deploy" / "lake"
TABLE = "labels.pre_annotations"
TOPICS = ("raw-documents", "pre-annotations", "pre-annotations.dlq")
REFUSED = "pre-annotations.lake.dlq"
PARTITIONS = 4
FIRST, DOCUMENTS = 400, 2_000  # loaded before anything is in the table, and in all
KILLED_AFTER = 300  # more documents
ONE_REPLICA = {f"{name}.storage.replication.factor": 1 for name in ("config", "offset", "status")}
# Who was killed is missed after six seconds instead of a minute.
SMALL_WORKER = {**ONE_REPLICA, "listeners": "http://127.0.0.1:0", "session.timeout.ms": 6000, "heartbeat.interval.ms": 1000, "offset.flush.interval.ms": 500}
SMALL_CONNECTOR = {
    "iceberg.control.commit.interval-ms": "1500", "errors.deadletterqueue.topic.replication.factor": "1",
    "consumer.override.session.timeout.ms": "6000", "consumer.override.heartbeat.interval.ms": "1000",
    "iceberg.kafka.session.timeout.ms": "6000", "iceberg.kafka.heartbeat.interval.ms": "1000", "iceberg.kafka.transaction.timeout.ms": "6000",
}
NO_ENTITIES = "Nothing is named here, not even 🎉."


class Connect:
    """A worker of Kafka Connect in distributed mode, with the connector of deploy/lake."""

    def __init__(self, stage, bootstrap, folder):
        self._stage = stage
        self._environment = {"LAKE_BROKERS": bootstrap, "LAKE_CONNECT_HOST": "127.0.0.1", "LAKE_FOLDER": str(folder)}
        small = "".join(f"{name}={value}\n" for name, value in SMALL_WORKER.items())
        self._settings = stage.write("connect.properties", (SHIPPED / "connect.properties").read_text() + small)
        self.start()
        self.ask("PUT", "/connectors/prelabel-lake/config", self.connector())

    @staticmethod
    def connector(store="local"):
        """What `jq -s add connector.json stores/STORE.json` prints, made small."""
        return {**json.loads((SHIPPED / "connector.json").read_text()), **json.loads((SHIPPED / f"stores/{store}.json").read_text()), **SMALL_CONNECTOR}

    def start(self):
        command = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-Xmx512m",
                   "-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp", f"{os.environ['CONNECT_JARS']}/*",
                   "org.apache.kafka.connect.cli.ConnectDistributed", self._settings]
        self.program = self._stage.start("connect", command, **self._environment)
        self.address = wait_until(self._listening, 180, "Kafka Connect listens")
        wait_until(self._answers, 180, "Kafka Connect is in its group")

    def _listening(self):
        expect(self.program.running(), f"Kafka Connect ended at once\n{self.program.errors()[-3000:]}")
        found = re.search(r"REST server listening at (http://127.0.0.1:\d+)", self.program.errors())
        return found and found[1]

    def _answers(self):
        try:
            return get(self.address + "/connectors")[0] == 200
        except OSError:
            return False

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.address + path, method=method, headers={"Content-Type": "application/json"},
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from None

    def expect_running(self):
        expect(self.program.running(), f"Kafka Connect ended\n{self.program.errors()[-3000:]}")
        status = self.ask("GET", "/connectors/prelabel-lake/status")
        failed = [task["trace"] for task in status["tasks"] if task["state"] == "FAILED"]
        expect(not failed, f"a task of the sink failed: {failed[:1]}")
        return status["tasks"] and all(task["state"] == "RUNNING" for task in status["tasks"])

    def kill(self):
        self.program.process.kill()
        self.program.wait()


class Lake:
    """Broker, table and Connect, and the workers' configuration."""

    def __init__(self, stage):
        self.stage = stage
        self.folder = stage.folder / "lake"
        self.folder.mkdir()
        self.broker = Kafka(stage)
        self.broker.create(*(f"{topic}:{PARTITIONS}" for topic in TOPICS[:2]), f"{TOPICS[2]}:1", "prelabel-lake-control:1")
        self.sim = stage.llm_sim("--latency-median", "100ms", "--error-rate", "0.1")
        self.config = self.configure("worker.yaml", "prelabel")
        catalog = {"type": "sql", "uri": f"sqlite:///{self.folder}/catalog.db", "warehouse": f"file://{self.folder}/warehouse"}
        schema = stage.prelabel("schema", "-c", self.config, "--format", "iceberg-json").expect_code(0).out
        made = stage.run(sys.executable, SHIPPED / "create_table.py", "lake", TABLE, stdin=schema.encode(),
                         **{f"PYICEBERG_CATALOG__LAKE__{name.upper()}": value for name, value in catalog.items()}).expect_code(0).out
        expect(f"created {TABLE} in file://" in made, f"create_table.py said {made!r}")
        self.table = load_catalog("lake", **catalog).load_table(TABLE)
        self.connect = Connect(stage, self.broker.bootstrap, self.folder)

    def configure(self, name, group, **sections):
        """At least once, with commits so rare that a killed worker has outputs behind its last one."""
        connection = {"brokers": self.broker.bootstrap, "topic": TOPICS[0], "group": group,
                      "properties": {"session.timeout.ms": "6000", "heartbeat.interval.ms": "1000"}}
        return self.stage.config(
            name, input={"kafka": connection, "commit_interval": "10s", "pass": ["/tier", "/nested"]},
            llm={"base_url": self.sim.base_url, "model": "sim", "limits": {"max_in_flight": 24}, "price": {"input_per_mtok": 0.15, "output_per_mtok": 0.6}},
            output={"kafka": {"topic": TOPICS[1], "dead_letter_topic": TOPICS[2]}}, **sections)

    def produce(self, documents_):
        self.stage.prelabel("produce", self.stage.write("documents.jsonl", documents_), "-c", self.config).expect_code(0)

    def rows(self):
        """How many the last snapshot has."""
        self.table.refresh()
        snapshot = self.table.current_snapshot()
        return int(snapshot.summary["total-records"]) if snapshot else 0

    def records(self):
        """What the topic has of ours."""
        ends = self.broker.end_offsets(TOPICS[1])[TOPICS[1]]
        read = self.broker.read(TOPICS[1], sum(ends.values()))
        return [json.loads(value) for headers, _, value in read if "prelabel-task-version" in headers]

    def wait_for_rows(self, count, seconds=180):
        def there():
            self.connect.expect_running()
            return self.rows() >= count

        wait_until(there, seconds, f"the table has {count} rows")

    def duckdb(self):
        """DuckDB with the table as `pre_annotations`: the files of the snapshot, never those that lie in the folder."""
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        files = [task.file.file_path.removeprefix("file:") for task in self.table.scan().plan_files()]
        connection.execute(f"CREATE VIEW pre_annotations AS FROM read_parquet({files!r})")
        return connection

    def query(self, connection, name):
        return connection.sql((SHIPPED / f"queries/{name}.sql").read_text())


def columns_of(type_, value):
    """A value of a record as the table's type has it: absent members are null, a time is a time, and JSON of any shape text."""
    kind = str(type_)
    if value is None:
        return None
    if type_.is_struct:
        return {field.name: columns_of(field.field_type, value.get(field.name)) for field in type_.fields}
    if kind.startswith("list<"):
        return [columns_of(type_.element_type, one) for one in value]
    if kind == "timestamptz":
        return datetime.datetime.fromisoformat(value)
    return json.dumps(value, sort_keys=True) if kind == "string" and not isinstance(value, str) else value


def as_read(rows):
    """Rows of a reader, in the order of their place. The text of `metadata` is compared as JSON."""
    for row in rows:
        if row["metadata"] is not None:
            row["metadata"] = json.dumps(json.loads(row["metadata"]), sort_keys=True)
    return in_order(rows)


def in_order(rows):
    return sorted(rows, key=lambda row: (row["source"]["partition"], row["source"]["offset"], row["run"]["labeled_at"], row["task"]["version"]))


def expect_same_rows(found, expected, reader):
    expect_equal(len(found), len(expected), f"rows that {reader} reads")
    for row, record in zip(found, expected):
        for name, value in record.items():
            expect_equal(row[name], value, f"{name} of {record['id']} as {reader} reads it")
        expect_true_spans(row)


def expect_the_table_is_the_topic(lake):
    """Both readers find each record of the topic, once and whole. Gives the records."""
    lake.table.refresh()
    records = lake.records()
    type_ = lake.table.schema().as_struct()
    expected = in_order([columns_of(type_, record) for record in records])
    expect_same_rows(as_read(lake.duckdb().sql("FROM pre_annotations").to_arrow_table().to_pylist()), expected, "DuckDB")
    read = lake.table.scan().to_arrow()
    types = {field.name: str(field.type).replace("large_", "") for field in read.schema}
    expect_equal(types, {field.name: str(field.type).replace("large_", "") for field in lake.table.schema().as_arrow()}, "types that pyiceberg reads")
    # pyiceberg 0.12 gives a list that is null, as those of other kinds of task are, as an empty one.
    lists = [field.name for field in type_.fields if str(field.field_type).startswith("list<")]
    expect_same_rows(as_read(read.to_pylist()), [{**row, **{name: row[name] or [] for name in lists}} for row in expected], "pyiceberg")
    expect(any(row["entities"] == [] for row in expected), "no record has an empty list")
    expect(all(row["metadata"] for row in expected), "a record lost its metadata")
    return records


def documents(count):
    made = [{**one, "tier": number % 3, "nested": {"list": [], "of": "🎉"}} for number, one in enumerate(many_documents(count))]
    return [*made[:-1], {**made[-1], "text": NO_ENTITIES}]


def the_lake_is_the_topic_though_both_workers_are_killed(stage, lake):
    loaded = documents(DOCUMENTS)
    lake.produce(loaded[:FIRST])
    worker = Worker(lake.stage, lake.config)
    lake.wait_for_rows(FIRST)
    lake.produce(loaded[FIRST:])
    wait_until(lambda: worker.finished() >= FIRST + KILLED_AFTER, 180, "the worker is in the middle")
    finished = worker.finished()
    worker.program.process.kill()
    rows = lake.rows()
    lake.connect.kill()
    expect(finished < DOCUMENTS, f"the kill came too late to mean anything: {finished} documents were labeled")
    worker = Worker(lake.stage, lake.config)
    lake.connect.start()

    def all_labeled():
        status = worker.status()
        return len(status["assignment"]) == PARTITIONS and status["documents"]["in_flight"] == 0 and all(one["lag"] == 0 for one in status["assignment"])

    wait_until(all_labeled, 180, "all is labeled")
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    published = sum(lake.broker.end_offsets(TOPICS[1])[TOPICS[1]].values())
    repeated = published - DOCUMENTS
    expect(repeated > 0, "the killed worker has published nothing twice: there is nothing to remove")
    lake.wait_for_rows(published)
    records = expect_the_table_is_the_topic(lake)

    connection = lake.duckdb()
    lake.query(connection, "documents")
    once = connection.sql("SELECT id FROM documents").fetchall()
    expect_equal(sorted(once), sorted((f"doc-{number}",) for number in range(DOCUMENTS)), "documents of the query")
    print(f"  killed at {finished} documents and {rows} rows; {repeated} records came twice", file=sys.stderr)
    expect_partitioned_by_day(lake, records)


def expect_partitioned_by_day(lake, records):
    days = {record["run"]["labeled_at"][:10] for record in records}
    found = {task.file.partition[0] for task in lake.table.scan().plan_files()}
    expect_equal({str(datetime.date(1970, 1, 1) + datetime.timedelta(days=day)) for day in found}, days, "partitions")


def what_prelabel_did_not_write_is_set_aside(stage, lake):
    foreign = [b"secretword is no JSON\n", b'{"id": "x", "text": "secretword"}\n', b"[1]\n", b'"text"\n']
    before = lake.rows()
    lake.broker.write(TOPICS[1], foreign)
    more = [{"id": f"more-{number}", "text": "Ada Lovelace met Charles Babbage.", "tier": 1, "nested": None} for number in range(5)]
    lake.produce(more)
    worker = Worker(lake.stage, lake.config)
    lake.wait_for_rows(before + len(more))
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    expect_equal(lake.rows(), before + len(more), "rows")
    ends = lake.broker.end_offsets(REFUSED)[REFUSED]
    expect_equal(sum(ends.values()), len(foreign), "records in the dead-letter topic")
    printed = lake.broker.tool("consumer.ConsoleConsumer", "--topic", REFUSED, "--from-beginning", "--max-messages", len(foreign), "--timeout-ms", 30_000,
                               "--formatter-property", "print.headers=true")
    # Headers, among them a stack trace of many lines, and behind the last tab the value.
    refused = printed.split("__connect.errors.topic:")[1:]
    expect(all(one.startswith(f"{TOPICS[1]},") for one in refused), "where a refused record was")
    expect_equal(sorted(one.rsplit("\t", 1)[1] for one in refused), sorted(line.decode() for line in foreign), "values in the dead-letter topic")
    expect(lake.connect.expect_running(), "the connector does not run any more")
    expect("secretword" not in lake.connect.program.errors(), "the log of Kafka Connect has what a record says")


def the_queries_answer_what_they_say(stage, lake):
    """Each is computed a second time here, from the topic. The documents are labeled again by another version of the task."""
    task = (ROOT / "tests/data/news-ner.yaml").read_text()
    changed = lake.stage.write("changed.yaml", task.replace("instructions: |\n", "instructions: |\n  Be thorough.\n", 1))
    again = lake.configure("again.yaml", "again", task=changed)
    labeled = lake.rows()
    worker = Worker(lake.stage, again)
    documents_ = DOCUMENTS + 5
    lake.wait_for_rows(labeled + documents_)
    worker.program.signal(15)
    expect_equal(worker.program.wait(), 0, "exit code after SIGTERM")
    records = expect_the_table_is_the_topic(lake)
    connection = lake.duckdb()
    lake.query(connection, "documents")
    expect_equal(connection.sql("SELECT count(*) FROM documents").fetchall(), [(documents_,)], "documents")
    last = last_two_labelings(records)

    found = lake.query(connection, "cost_by_day").fetchall()
    days = collections.Counter(record["run"]["labeled_at"][:10] for record in records)
    expect_equal({str(row[0]): row[3] for row in found}, dict(days), "records by day")
    expect(abs(sum(row[7] for row in found) - sum(record["usage"]["cost_usd"] for record in records)) < 1e-9, "cost of the days")

    found = lake.query(connection, "documents_to_review").to_arrow_table().to_pylist()
    suspects = {record["id"] for record, _ in last.values() if record["status"] != "complete" or record["discarded"]}
    expect_equal(len(found), min(100, len(suspects)), "documents to review")
    expect(found and {row["id"] for row in found} <= suspects, "a document that needs no review")

    found = lake.query(connection, "agreement_by_label").fetchall()
    expected = agreement(last.values())
    expect_equal({label: counts for label, *counts, _ in found}, expected, "agreement by label")
    expect(any(row[2] or row[3] for row in found) and any(row[1] for row in found), "the labelings are all the same, or all different")
    for label, both, before, now, share in found:
        expect(abs(share - 2 * both / (2 * both + before + now)) < 1e-12, f"agreement on {label}")


def last_two_labelings(records):
    """By place: the last labeling, and the one before by another version of the task."""
    by_version = collections.defaultdict(dict)
    for record in sorted(records, key=lambda one: one["run"]["labeled_at"]):
        by_version[record["source"]["partition"], record["source"]["offset"]][record["task"]["version"]] = record
    return {place: sorted(versions.values(), key=lambda one: one["run"]["labeled_at"])[::-1] for place, versions in by_version.items()}


def agreement(pairs):
    counts = collections.defaultdict(lambda: [0, 0, 0])
    for now, before in pairs:
        sets = [{(one["label"], one["start"], one["end"]) for one in record["entities"]} for record in (now, before)]
        for entity in sets[0] | sets[1]:
            counts[entity[0]][0 if entity in sets[0] & sets[1] else 1 if entity in sets[1] else 2] += 1
    return dict(counts)


def the_files_of_deploy_name_what_the_sink_knows(stage):
    """Each key is a constant of a class of Iceberg's, each class is there, and each type of catalog is one."""
    jars = [zipfile.ZipFile(path) for path in sorted(pathlib.Path(os.environ["CONNECT_JARS"]).glob("iceberg-*.jar"))]
    known, classes = constants(jars)
    stores = {path.stem: json.loads(path.read_text()) for path in sorted((SHIPPED / "stores").glob("*.json"))}
    expect({"local", "s3", "gcs", "adls"} <= stores.keys(), f"stores: {sorted(stores)}")
    for name, store in {"connector": json.loads((SHIPPED / "connector.json").read_text()), **stores}.items():
        for key, value in store.items():
            if key.startswith("iceberg."):
                short = key.removeprefix("iceberg.catalog.").removeprefix("iceberg.kafka.")
                expect(short in known or short == "bootstrap.servers", f"{name}.json: no class of Iceberg knows {key}")
            if value.startswith("org.apache.iceberg."):
                expect(value in classes, f"{name}.json: there is no class {value}")
            if key.endswith("catalog.type"):
                expect(value in known, f"{name}.json: there is no type of catalog {value}")


def constants(jars):
    """The strings in the constant pools of all classes, roughly: a length and as many bytes of a word. And the classes' names."""
    known, classes = set(), set()
    for jar in jars:
        for name in jar.namelist():
            if not name.endswith(".class") or "/relocated/" in name:
                continue
            classes.add(name.removesuffix(".class").replace("/", "."))
            content = jar.read(name)
            for word in re.finditer(rb"\x01\x00([\x04-\x7f])([a-z][a-z0-9.-]+)", content):
                known.add(word[2][: word[1][0]].decode())
    return known, classes


def perform_on_one_lake(tests, others):
    with Stage() as whole:
        started = functools.cache(lambda: Lake(whole))

        def wrapped(test):
            @functools.wraps(test)
            def run(stage):
                lake = started()
                try:
                    test(stage, lake)
                except Exception:
                    print(f"Kafka Connect said\n{lake.connect.program.errors()[-3000:]}", file=sys.stderr)
                    raise

            return run

        return perform([*others, *(wrapped(test) for test in tests)])


if __name__ == "__main__":
    sys.exit(perform_on_one_lake(
        [the_lake_is_the_topic_though_both_workers_are_killed, what_prelabel_did_not_write_is_set_aside, the_queries_answer_what_they_say],
        [the_files_of_deploy_name_what_the_sink_knows]))
