"""What the end-to-end scripts share: a stage that starts programs and stops every one of them again, the simulator, the
mock broker, configurations, and the one line for each test that deploy/dev/count_tests.py counts.

A test is a function that takes a Stage. It passes by returning, fails by any exception, and is skipped by raising Skip.
PRELABEL_BUILD names the build folder; without it that is build/$PRELABEL_TEST_PRESET, or build/dev.
"""

import contextlib
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request

from expectations import Skip, expect, expect_equal, wait_until  # the scripts have them from here

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRELABEL_BUILD") or ROOT / "build" / os.environ.get("PRELABEL_TEST_PRESET", "dev")).resolve()
PRELABEL = str(BUILD / "bin" / "prelabel")
LLM_SIM = str(BUILD / "bin" / "llm-sim")
MOCK_BROKER = str(BUILD / "libexec" / "mock-broker")
TOPIC_READER = str(BUILD / "libexec" / "topic-reader")
SAMPLES = ROOT / "tests" / "data"
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")
READY_SECONDS = 60
END_SECONDS = 30


class Program:
    """A running program. Its standard output is read by line as it comes; its standard error is kept in a file."""

    def __init__(self, name, command, folder, environment):
        self.name = name
        self.log = folder / f"{name}.stderr"
        self.output = []
        self._lines = queue.Queue()
        with self.log.open("wb") as log:
            # Its standard input stays open as long as we live.
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, cwd=folder)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.decode(errors="replace").rstrip("\n"))
        self._lines.put(None)

    def line_like(self, pattern, seconds=READY_SECONDS):
        """The first line of standard output that matches."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{self.name} did not print {pattern!r} within {seconds} s\n{self.errors()}") from None
            expect(line is not None, f"{self.name} ended before it printed {pattern!r}\n{self.errors()}")
            self.output.append(line)
            if found := re.search(pattern, line):
                return found

    def errors(self):
        return self.log.read_text(errors="replace")

    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        """As a person would: signals that come within 2 ms of each other are one wish to prelabel."""
        time.sleep(0.02)
        self.process.send_signal(number)

    def wait(self, seconds=END_SECONDS):
        """Its exit code; negative for a signal."""
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {seconds} s\n{self.errors()[-3000:]}") from None

    def stop(self):
        if self.running():
            self.process.terminate()
            try:
                self.process.wait(timeout=END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self._reader.join(timeout=5)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()


class Ended:
    """How a command ended: its exit code and what it printed, as text and as bytes."""

    def __init__(self, command, result):
        self.command = command
        self.code = result.returncode
        self.out_bytes = result.stdout
        self.out = result.stdout.decode(errors="replace")
        self.err = result.stderr.decode(errors="replace")

    def expect_code(self, code):
        shown = " ".join(self.command[:1] + self.command[1:8])
        expect(self.code == code, f"exit code {self.code} instead of {code}: {shown}\n{self.out[-1500:]}\n{self.err[-3000:]}")
        return self


class Simulator:
    """A running llm-sim."""

    def __init__(self, base_url):
        self.base_url = base_url

    def stats(self):
        return json.loads(get(self.base_url + "/stats")[1])


class Stage:
    """A folder and the programs started in it. Leaving it stops them, the last one first, and removes the folder."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="prelabel-e2e-"))
        self._at_end = []
        self._count = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for action in reversed(self._at_end):
            try:
                action()
            except Exception as error:  # the others still have to stop
                print(f"stopping: {error}", file=sys.stderr)
        if kind is None or kind is Skip or not os.environ.get("PRELABEL_E2E_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"kept {self.folder}", file=sys.stderr)

    def at_end(self, action):
        self._at_end.append(action)

    def write(self, name, content):
        """A file from text, bytes, or documents that become JSON lines. Gives its path as text."""
        path = self.folder / name
        if isinstance(content, str):
            content = content.encode()
        elif not isinstance(content, bytes):
            content = b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in content)
        path.write_bytes(content)
        return str(path)

    def start(self, name, command, **environment):
        self._count += 1
        program = Program(f"{name}-{self._count}", [str(word) for word in command], self.folder, {**os.environ, **environment})
        self.at_end(program.stop)
        return program

    def run(self, *command, stdin=b"", seconds=120, **environment):
        """Runs a command to its end."""
        words = [str(word) for word in command]
        try:
            result = subprocess.run(words, input=stdin, capture_output=True, timeout=seconds, cwd=self.folder, env={**os.environ, **environment})
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"did not end within {seconds} s: {' '.join(words[:8])}\n{(error.stderr or b'')[-2000:].decode(errors='replace')}") from None
        return Ended(words, result)

    def prelabel(self, *arguments, **options):
        return self.run(PRELABEL, *arguments, **options)

    def llm_sim(self, *options):
        program = self.start("llm-sim", [LLM_SIM, "--listen", "127.0.0.1:0", *options])
        return Simulator(program.line_like(r"listening on (\S+)").group(1))

    def mock_broker(self, *topics):
        """Its HOST:PORT. Topics are written NAME:PARTITIONS."""
        arguments = [word for topic in topics for word in ("--topic", topic)]
        program = self.start("mock-broker", [MOCK_BROKER, "--until-stdin-closes", *arguments])
        return program.line_like(r"bootstrap (\S+)").group(1)

    def config(self, name="config.yaml", **sections):
        """A configuration file; JSON is YAML. The task is that of the sample data unless named. A broker in memory has no
        transactions: whoever tests them names them."""
        if "kafka" in sections.get("output", {}):
            sections["output"] = {"delivery": "at_least_once", **sections["output"]}
        return self.write(name, json.dumps({"task": str(SAMPLES / "news-ner.yaml"), "log": {"format": "json"}, **sections}, indent=1) + "\n")


class Worker:
    """A running `prelabel run` and its admin port, which the system chose."""

    def __init__(self, stage, config, *options, **environment):
        self.program = stage.start("worker", [PRELABEL, "run", "-c", config, "--set", "admin.listen=127.0.0.1:0", *options], **environment)
        self.admin = wait_until(self._listening, READY_SECONDS, f"{self.program.name} says that it started")

    def _listening(self):
        expect(self.program.running(), f"{self.program.name} ended at once\n{self.program.errors()[-3000:]}")
        found = re.search(r'"admin_port": ?(\d+)', self.program.errors())
        return found and f"http://127.0.0.1:{found.group(1)}"

    def get(self, path, **headers):
        return get(self.admin + path, **headers)

    def status(self):
        return json.loads(self.get("/status")[1])

    def metric(self, name):
        """A sample of /metrics, written as there; 0 where there is none."""
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.get("/metrics")[1], re.M)
        return float(found.group(1)) if found else 0.0

    def finished(self, status=None):
        """Documents that have their outcome, by an answer of /status: the one given, or a new one."""
        documents = (status or self.status())["documents"]
        return documents["complete"] + documents["partial"] + documents["dead_lettered"]

    def wait_ready(self, seconds=READY_SECONDS):
        wait_until(lambda: self.get("/readyz")[0] == 200, seconds, f"{self.program.name} is ready")


def get(url, method="GET", **headers):
    """Status, text and content type."""
    request = urllib.request.Request(url, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as reply:
            return reply.status, reply.read().decode(), reply.headers.get("Content-Type", "")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace"), error.headers.get("Content-Type", "")


def json_lines(path):
    """The objects of a file of JSON lines; none where there is no file."""
    path = pathlib.Path(path)
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line] if path.exists() else []


def expect_true_spans(record):
    """Every entity stands in the text at its three pairs of offsets."""
    text = record["text"]
    utf8 = text.encode()
    utf16 = text.encode("utf-16-le")
    for entity in record["entities"]:
        found = {
            text[entity["start"] : entity["end"]],
            utf8[entity["start_utf8"] : entity["end_utf8"]].decode(),
            utf16[2 * entity["start_utf16"] : 2 * entity["end_utf16"]].decode("utf-16-le"),
        }
        expect(found == {entity["text"]} and entity["text"], f"an entity of {record['id']} does not stand where it says")


def perform(tests):
    """Runs the tests in order and prints a line for each. Gives the exit code."""
    missing = [program for program in (PRELABEL, LLM_SIM, MOCK_BROKER) if not os.access(program, os.X_OK)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    only = sys.argv[1:]
    failed = False
    for test in tests:
        name = test.__name__
        if only and name not in only:
            continue
        started = time.monotonic()
        try:
            expect(not missing, "not built: " + ", ".join(missing))
            with Stage() as stage:
                test(stage)
            print(f"PASS {name}", flush=True)
        except Skip as reason:
            verdict = "FAIL" if IN_CI else "SKIP"
            failed |= IN_CI
            print(f"{verdict} {name}: {reason}", flush=True)
        except Exception as error:
            failed = True
            traceback.print_exc()
            sys.stderr.flush()
            print(f"FAIL {name}: {next(iter(str(error).splitlines()), type(error).__name__)}", flush=True)
        print(f"  {name} took {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
    return 1 if failed else 0
