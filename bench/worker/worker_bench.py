"""Question: what does one document cost the whole worker, how near does it come to what latency allows, is its memory flat?

A real broker, llm-sim as the model, one `prelabel run`. Each run reads the same topic as a new group and ends when enough
documents have their outcome. CPU, documents and time come from one answer of /status, so start-up is not in the figures.
Repeat: ./dev bench [--quick] [--flat] [--write]
"""

import argparse
import contextlib
import datetime
import http.server
import json
import os
import pathlib
import resource
import signal
import shutil
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("PRELABEL_BUILD", str(ROOT / "build"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import documents  # noqa: E402
import parts  # noqa: E402
import report  # noqa: E402

KAFKA = ROOT / "deploy" / "dev" / "kafka" / "kafka.sh"
PARTITIONS = 6
SMALL, LARGE = 300, 2048
LATENCY_SECONDS = 0.2
WRK_CONNECTIONS = 256
RUN_SECONDS_MAX = 300


def say(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def kafka(stage, *arguments):
    """Runs ./dev kafka; its output goes to a file, because the broker that it leaves behind would hold a pipe open."""
    with open(stage.folder / "kafka.out", "wb") as out:
        command = ["bash", str(KAFKA), arguments[0], "--dir", str(stage.folder / "broker"), *arguments[1:]]
        subprocess.run(command, check=True, stdout=out, stdin=subprocess.DEVNULL)
    return (stage.folder / "kafka.out").read_text()


class Bench:
    def __init__(self, stage, broker, options):
        self.stage, self.broker, self.options = stage, broker, options
        self.runs = 0
        self.input_topic = {size: f"documents-{size}" for size in (SMALL, LARGE)}

    def config(self, size, model_url, in_flight=256):
        self.runs += 1
        return self.stage.config(
            f"run-{self.runs}.yaml",
            input={"kafka": {"brokers": self.broker, "topic": self.input_topic[size], "group": f"bench-{self.runs}"}},
            llm={"base_url": model_url, "model": "simulated", "max_output_tokens": 512, "limits": {"max_in_flight": in_flight}},
            output={"kafka": {"topic": "annotations", "dead_letter_topic": "annotations.dlq"}},
        )

    def load(self, size, count):
        say(f"loading {count:,} documents of {size} bytes")
        path = self.stage.folder / f"documents-{size}.jsonl"
        documents.write(path, count, size)
        self.stage.prelabel("produce", str(path), "-c", self.config(size, "http://127.0.0.1:9/v1"), seconds=900).expect_code(0)
        return path

    def run_worker(self, size, model_url, count, in_flight=256, samples=0):
        """Lets a worker do `count` documents and gives the figures between the first tenth and the end."""
        worker = parts.Worker(self.stage, self.config(size, model_url, in_flight))
        deadline = time.monotonic() + RUN_SECONDS_MAX
        first = last = None
        memory = []
        while True:
            status = worker.status()
            done = worker.finished(status)
            here = (done, status["process"]["cpu_seconds"], status["uptime_seconds"])
            if samples and done * samples // count > len(memory):
                memory.append((done, status["process"]["resident_bytes"]))
            if first is None and done >= count // 10:
                first = here
            if done >= count:
                # The very last documents wait for one another: the figures end with the last look before them.
                last = last if done == self.options.loaded[size] and last else here
                break
            if first and here[0] > first[0]:
                last = here
            healthy = worker.program.running() and status["state"] in ("starting", "running") and time.monotonic() < deadline
            parts.expect(healthy, f"{done} of {count} documents\n{worker.program.errors()[-2000:]}")
            time.sleep(0.1)
        peak = peak_memory(worker.program.process.pid)
        dead = status["documents"]["dead_lettered"]
        parts.expect(dead == 0, f"{dead} documents were dead-lettered")
        worker.program.process.kill()  # its group is never used again
        worker.program.stop()
        documents_done, cpu, seconds = (end - begin for begin, end in zip(first, last))
        return {"documents": documents_done, "cpu_us": cpu / documents_done * 1e6, "rate": documents_done / seconds, "peak": peak,
                "memory": memory, "cores": cpu / seconds, "entities": sum(status["entities"].values()) / done}

    def request_of_a_document(self, size):
        """The very bytes that a worker posts, taken by a server that answers nothing useful."""
        bodies = []

        class Taker(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(400)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taker) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            path = self.stage.folder / f"one-{size}.jsonl"
            documents.write(path, 1, size)
            config = self.config(size, f"http://127.0.0.1:{server.server_port}/v1")
            self.stage.prelabel("label", str(path), "-c", config, "-o", str(self.stage.folder / f"one-{size}.out"))
            server.shutdown()
        return bodies[0]

    def wrk(self, size, model_url, seconds=5):
        """CPU of wrk per request, one thread, the same POST."""
        if not shutil.which("wrk"):
            return None
        body = self.stage.write(f"body-{size}.json", self.request_of_a_document(size))
        script = self.stage.write("post.lua", f'wrk.method = "POST"\nlocal file = io.open("{body}", "rb")\nwrk.body = file:read("*a")\n'
                                  'wrk.headers["Content-Type"] = "application/json"\n'
                                  'function done(summary) io.write(string.format("requests=%d\\n", summary.requests)) end\n')
        out, cpu, took = cpu_of(["wrk", "-t1", f"-c{WRK_CONNECTIONS}", f"-d{seconds}s", "-s", script, model_url + "/chat/completions"])
        requests = int(out.rsplit("requests=", 1)[1].split()[0])
        return {"cpu_us": cpu / requests * 1e6, "rate": requests / took}

    def kcat(self, size, count):
        """CPU of kcat per message: everything consumed, and the same produced again."""
        if not shutil.which("kcat"):
            return None
        _, read_cpu, _ = cpu_of(["kcat", "-C", "-q", "-b", self.broker, "-t", self.input_topic[size], "-o", "beginning", "-e", "-c", str(count)],
                                self.stage.folder / "kcat.out")
        _, write_cpu, _ = cpu_of(["kcat", "-P", "-b", self.broker, "-t", "annotations", "-z", "lz4", "-X", "linger.ms=5", "-l", str(self.stage.folder / "kcat.out")])
        return {"cpu_us": (read_cpu + write_cpu) / count * 1e6}


def cpu_of(command, output=None):
    """What a command printed, its CPU seconds and its wall seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with open(output, "wb") if output else contextlib.nullcontext(subprocess.PIPE) as out:
        result = subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, check=True)
    took = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (result.stdout or b"").decode(), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took


def peak_memory(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the kernel does not say the peak")


def run(options):
    results = {"cpu": {}, "latency": {}, "wrk": {}, "kcat": {}, "flat": None, "repeats": options.repeats, "load": os.getloadavg()[0]}
    with parts.Stage() as stage:
        stage.at_end(lambda: kafka(stage, "stop"))
        broker = kafka(stage, "start").split("bootstrap ", 1)[1].split()[0]
        kafka(stage, "create-topic", f"documents-{SMALL}:{PARTITIONS}", f"documents-{LARGE}:{PARTITIONS}", f"annotations:{PARTITIONS}", "annotations.dlq:1")
        bench = Bench(stage, broker, options)
        for size, count in options.loaded.items():
            bench.load(size, count)
        at_once = stage.llm_sim().base_url
        for size in (SMALL, LARGE):
            say(f"zero latency, {size} bytes")
            results["cpu"][size] = min((bench.run_worker(size, at_once, options.measured) for _ in range(options.repeats)), key=lambda one: one["cpu_us"])
            results["wrk"][size] = bench.wrk(size, at_once)
            results["kcat"][size] = bench.kcat(size, options.measured)
            print(json.dumps({"size": size, **results["cpu"][size], "wrk": results["wrk"][size], "kcat": results["kcat"][size]}), file=sys.stderr, flush=True)
        if options.flat:
            say("memory over the whole topic")
            results["flat"] = bench.run_worker(LARGE, at_once, options.loaded[LARGE], samples=10)
        slow = stage.llm_sim("--latency-median", f"{LATENCY_SECONDS * 1000:.0f}ms", "--latency-sigma", "0").base_url
        for in_flight in options.in_flight:
            say(f"200 ms latency, {in_flight} in flight")
            ideal = in_flight / LATENCY_SECONDS
            count = int(min(options.measured, max(ideal * options.latency_seconds, 2 * in_flight)))
            results["latency"][in_flight] = {**bench.run_worker(LARGE, slow, count, in_flight), "ideal": ideal}
            print(json.dumps({"in_flight": in_flight, **results["latency"][in_flight]}), file=sys.stderr, flush=True)
    return results


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev bench", description="What one document costs the whole worker.")
    parser.add_argument("--quick", action="store_true", help="fewer documents: a look, not a measurement")
    parser.add_argument("--only-cpu", action="store_true", help="no runs with latency")
    parser.add_argument("--flat", action="store_true", help="also 200,000 documents in one run, sampling memory")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args(arguments)
    options.measured = 20_000 if options.quick else 50_000
    options.repeats = 1 if options.quick else 3
    options.latency_seconds = 5 if options.quick else 12
    options.in_flight = () if options.only_cpu else (64, 256, 1024, 4096)
    options.loaded = {SMALL: options.measured, LARGE: 200_000 if options.flat else options.measured}
    return options


def main():
    options = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    results = run(options)
    text = report.markdown(results, report.machine(), datetime.date.today().isoformat())
    if options.write:
        (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
        say("wrote docs/benchmarks.md")
    print(text)


if __name__ == "__main__":
    main()
