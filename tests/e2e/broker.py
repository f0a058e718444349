"""A real Apache Kafka broker for the end-to-end scripts, and what a worker on it owns.

What topics hold and what groups have committed is read back with Kafka's own tools, not with our code. Without Java, or where
Maven Central cannot be reached, the tests are skipped; in CI they fail.
"""

import functools
import re
import shutil
import subprocess

from parts import ROOT, Skip, Stage, expect, expect_equal, perform


class Kafka:
    """The broker that deploy/dev/kafka/kafka.sh starts, in a folder of its own."""

    script = ROOT / "deploy/dev/kafka/kafka.sh"

    def __init__(self, stage, sasl=False, proxy=None):
        self.folder = stage.folder / "kafka"
        if not shutil.which("java"):
            raise Skip("there is no Java: ./dev install --e2e")
        fetched = self._call("fetch", seconds=600)
        if fetched.returncode != 0:
            reason = (fetched.stderr.strip().splitlines() or ["it says nothing"])[-1]
            expect("is needed" in reason or "reachable?" in reason, reason)  # a wrong checksum is no reason to skip
            raise Skip(reason)
        stage.at_end(lambda: self._call("stop"))
        started = self.call("start", "--dir", self.folder, *(["--sasl"] if sasl else []), *(["--advertise", proxy.port] if proxy else []))
        self.bootstrap = re.search(r"^bootstrap (\S+)", started, re.M).group(1)
        if sasl:
            self.secure = re.search(r"^sasl_ssl (\S+)", started, re.M).group(1)
            self.ca = re.search(r"^ca (\S+)", started, re.M).group(1)
        if proxy:
            proxy.forward_to(int(re.search(r"^behind \S+:(\d+)", started, re.M).group(1)))
            self.proxy = proxy

    def _call(self, command, *arguments, seconds=180, stdin=b""):
        if command == "stop":
            arguments = ("--dir", self.folder)
        # The broker outlives the script that starts it and would keep pipes open: its words go to files.
        words = ["bash", str(self.script), command, *map(str, arguments)]
        out, err = (self.folder.parent / f"kafka.{kind}" for kind in ("stdout", "stderr"))
        with out.open("wb") as stdout, err.open("wb") as stderr:
            code = subprocess.run(words, input=stdin, stdout=stdout, stderr=stderr, timeout=seconds).returncode
        return subprocess.CompletedProcess(words, code, out.read_text(errors="replace"), err.read_text(errors="replace"))

    def call(self, command, *arguments, stdin=b""):
        result = self._call(command, *arguments, stdin=stdin)
        expect(result.returncode == 0, f"kafka.sh {command} {arguments[0] if arguments else ''}: {result.stderr[-2000:]}")
        return result.stdout

    def create(self, *topics):
        self.call("create-topic", "--dir", self.folder, *topics)

    def tool(self, name, *arguments, stdin=b""):
        return self.call("tool", f"org.apache.kafka.tools.{name}", "--bootstrap-server", self.bootstrap, *arguments, stdin=stdin)

    def create_with(self, topic, partitions, **settings):
        words = [word for name, value in settings.items() for word in ("--config", f"{name.replace('_', '.')}={value}")]
        self.tool("TopicCommand", "--create", "--topic", topic, "--partitions", partitions, *words)

    def load(self, topic, count, lines, *options, **properties):
        """Writes `count` records, each one a line of the file, with a producer's properties."""
        words = [f"{name.replace('_', '.')}={value}" for name, value in properties.items()]
        self.tool("ProducerPerformance", "--topic", topic, "--num-records", count, "--throughput", -1, "--payload-file", lines,
                  *options, *(["--command-property", *words] if words else []))

    def write(self, topic, lines, *options, **properties):
        """Writes each line as a record, with a producer's properties."""
        words = [word for name, value in properties.items() for word in ("--command-property", f"{name.replace('_', '.')}={value}")]
        self.tool("ConsoleProducer", "--topic", topic, *options, *words, stdin=b"".join(lines))

    def kill(self):
        """As a crash would."""
        self.call("kill", "--dir", self.folder)

    def take_from_producers(self, bytes_per_second):
        """Of each client, on average: the broker answers what comes first and then reads nothing more of it for as long as it takes."""
        self.call("tool", "kafka.admin.ConfigCommand", "--bootstrap-server", self.bootstrap, "--alter", "--entity-type", "clients", "--entity-default",
                  "--add-config", f"producer_byte_rate={bytes_per_second}")

    def end_offsets(self, *topics):
        """Of each topic by partition."""
        names = "|".join(re.escape(topic) for topic in topics)
        printed = self.tool("GetOffsetShell", "--topic", names)
        ends = {topic: {} for topic in topics}
        for topic, partition, offset in re.findall(r"^(.+):(\d+):(\d+)$", printed, re.M):
            ends[topic][int(partition)] = int(offset)
        return ends

    def committed(self, group):
        """Offset and topic's end by (topic, partition)."""
        printed = self.tool("consumer.group.ConsumerGroupCommand", "--describe", "--group", group)
        rows = re.findall(rf"^{re.escape(group)}\s+(\S+)\s+(\d+)\s+(\d+|-)\s+(\d+)\s", printed, re.M)
        return {(topic, int(partition)): (int(offset) if offset != "-" else None, int(end)) for topic, partition, offset, end in rows}

    def read(self, topic, count):
        """`count` records as (headers, key, value), all as text: what the test writes has neither tabs nor line ends in it."""
        if count == 0:
            return []
        printed = self.tool("consumer.ConsoleConsumer", "--topic", topic, "--from-beginning", "--max-messages", count, "--timeout-ms", 30_000,
                            "--formatter-property", "print.headers=true", "--formatter-property", "print.key=true")
        rows = [line.split("\t", 2) for line in printed.split("\n") if line]
        expect_equal(len(rows), count, f"records read from {topic}")
        return [(dict(pair.split(":", 1) for pair in headers.split(",") if ":" in pair), key, value) for headers, key, value in rows]


def owned(worker):
    """Partition → committed offset, as the worker itself sees it; 0 where it has committed nothing."""
    return {one["partition"]: max(0, one["committed"] or 0) for one in worker.status()["assignment"]}


def perform_on_one_broker(tests, sasl=False, proxy=None):
    """The tests, each called with a stage of its own and the one broker, which the first of them starts. Gives the exit code."""
    with Stage() as whole:
        started = functools.cache(lambda: Kafka(whole, sasl, proxy))

        def wrapped(test):
            @functools.wraps(test)
            def run(stage):
                test(stage, started())

            return run

        return perform([wrapped(test) for test in tests])
