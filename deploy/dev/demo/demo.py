"""The whole job with a simulated broker and model: documents in, pre-annotations out, and what became of them.

demo.py [--keep] [BUILD]: with the programs of that build folder; what it made stays in BUILD/demo, for looking at.
--keep leaves the worker and its live page running until Ctrl-C.
"""

import argparse
import collections
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
CONFIG = ROOT / "deploy/dev/demo/prelabel.yaml"
DATA = ROOT / "tests/data"
TOPICS = ("raw-documents:6", "pre-annotations:6", "pre-annotations.dlq:1")
# A model that answers from gold with one mention in ten wrong, and a provider with good and bad moments.
MODEL = ("--seed", "7", "--error-rate", "0.1", "--latency-median", "200ms", "--requests-per-minute", "3000", "--tokens-per-minute", "6000000",
         "--retry-after", "500ms")
FAULTS = ("429=0.004", "500=0.01", "503=0.002", "reset=0.005", "hang=0.002", "truncated=0.004", "wrong_content_type=0.004", "invalid_json=0.01",
          "code_fence=0.02", "truncated_answer=0.01", "hallucinated=0.03", "unknown_label=0.01", "wrong_document=0.005", "refusal=0.004")
SHOWN = ("news-002", "news-003", "news-018", "news-053", "news-057", "news-062", "support-026")
SECONDS_MAX = 120

COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def painted(codes, text):
    return f"\033[{codes}m{text}\033[0m" if COLOUR else text


def say(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def heading(text):
    print("\n" + painted("1", text))


def row(name, text):
    print(f"  {name:<26} {text}")


class Stage:
    """Programs in the background, stopped at the end, the last one first."""

    def __init__(self, build):
        self.build, self.out = build, build / "demo"
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir(parents=True)
        self.running = []

    def path(self, program):
        return str(next(path for path in (self.build / "bin" / program, self.build / "libexec" / program) if path.exists()))

    def start(self, name, program, *arguments, **environment):
        """Its log is NAME.log, what it prints NAME.out."""
        with open(self.out / f"{name}.out", "wb") as out, open(self.out / f"{name}.log", "wb") as log:
            process = subprocess.Popen([self.path(program), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                                       env={**os.environ, **environment})
        self.running.append(process)
        return process

    def wait_for(self, process, file, pattern):
        """What the pattern's group is in the file, as soon as the program has written it."""
        for _ in range(200):
            if found := re.search(pattern, (self.out / file).read_text(errors="replace")):
                return found.group(1)
            if process.poll() is not None:
                break
            time.sleep(0.05)
        sys.exit(f"./dev demo: a program did not start:\n{(self.out / file).read_text(errors='replace')}")

    def run(self, program, *arguments):
        return subprocess.run([self.path(program), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def end(self, hurry=False):
        for process in reversed(self.running):
            process.terminate()
        if hurry:  # nobody waits for the worker to drain: a second signal ends it
            time.sleep(0.2)
            for process in self.running:
                process.terminate()
        for process in self.running:
            process.wait()
        self.running.clear()


def get(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as reply:
        return json.load(reply)


def write_lines(path, lines):
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def make_documents(out):
    """Every sample three times, told apart by a last word; some once more, word for word; and five that are broken."""
    samples = [json.loads(line) for line in (DATA / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = list(samples)
    for copy in (2, 3):
        gold += [{**one, "id": f"copy-{copy}-{one['id']}", "text": f"{one['text']} [{copy}]"} for one in samples]
    gold += [{**one, "id": f"again-{one['id']}"} for one in samples[:30]]
    broken = ['{"id": "no-text", "body": "the text is elsewhere"}', '{"id": "empty", "text": ""}', '{"id": "twice", "text": "one", "text": "two"}',
              "this is not JSON", '{"id": "cut", "text": "cut o']
    write_lines(out / "gold.jsonl", [json.dumps(one, ensure_ascii=False) for one in gold])
    write_lines(out / "documents.jsonl", [json.dumps({"id": one["id"], "text": one["text"]}, ensure_ascii=False) for one in gold])
    write_lines(out / "broken.jsonl", broken)
    return len(gold) + len(broken)


def watch(admin, total):
    """The worker's last status once all documents have their outcome, and the seconds until then."""
    started, next_line = time.monotonic(), 0.0
    while True:
        status = get(f"{admin}/status")
        done = sum(status["documents"][name] for name in ("complete", "partial", "dead_lettered"))
        seconds = time.monotonic() - started
        bar = "#" * (30 * done // total)
        line = f"  [{bar:.<30}] {done}/{total} documents  {int(seconds)}s  ${status['cost_usd']:.4f}"
        if COLOUR:
            print(f"\r\033[K{line}", end="\n" if done >= total else "", flush=True)
        elif seconds >= next_line or done >= total:
            print(line, flush=True)
            next_line = seconds + 2
        if done >= total:
            return status, seconds
        if seconds > SECONDS_MAX:
            sys.exit("./dev demo: not done after two minutes; see worker.log beside the outputs")
        time.sleep(0.2)


def show_annotations(stage, records):
    heading("Pre-annotations")
    by_id = {record["id"]: record for record in records}
    shown = [by_id[one] for one in SHOWN if one in by_id]
    shown += [record for record in records if any(one["reason"] == "not_in_text" for one in record["discarded"])][:1]
    write_lines(stage.out / "shown.jsonl", [json.dumps(record, ensure_ascii=False) for record in shown])
    marked = stage.run("prelabel", "show", "-n", len(shown), "--color", "always" if COLOUR else "never", stage.out / "shown.jsonl")
    print("".join(f"  {line}\n" if line else "\n" for line in marked.stdout.rstrip("\n").split("\n")), end="")


def counted(numbers):
    return ", ".join(f"{name} {number}" for name, number in numbers.items())


def show_outcome(status, total, dead_letters):
    heading(f"What became of {total} documents")
    documents = status["documents"]
    row("complete", documents["complete"])
    row("partial", f"{documents['partial']}   mentions set aside, or an answer mended: {counted(status['discarded'])}")
    row("dead-lettered", f"{documents['dead_lettered']}   with key, value and headers as they came:")
    reasons = re.findall(r"prelabel\.error\.class=([^\t]*)\tprelabel\.error\.message=([^\t\n]*)", dead_letters)
    for (kind, message), times in sorted(collections.Counter(reasons).items(), key=lambda one: (-one[1], one[0])):
        print(f"{'':31}{times} {kind}: {message}"[:110])


def show_quality(stage):
    heading("Against gold (the simulated model gets one mention in ten wrong; a dead letter counts as nothing found)")
    report = stage.run("prelabel", "evaluate", "--gold", stage.out / "gold.jsonl", "--pred", stage.out / "pre-annotations.jsonl", "--missing-as-empty")
    print("".join(f"  {line}\n" for line in report.stdout.splitlines()), end="")


def show_numbers(status, seconds, total, bill):
    heading("In numbers")
    row("time", f"{seconds:.1f} s, {total / seconds:.1f} documents/s; the limit of 3,000 requests a minute is 50/s")
    row("calls by reply", f"{counted(status['calls'])}; retries {status['retries']}, asked again {status['reasks']}")
    row("answers from", f"{counted(status['cache'])}   (a miss is a call; equal requests share an answer)")
    row("tokens", counted(status["tokens"]))
    row("cost", f"${status['cost_usd']:.4f} at the prices in the configuration")
    row("the provider's own count", f"{bill['answers']} answers charged, {bill['undelivered']} of them lost on the way")
    row("worker", f"{status['process']['resident_bytes'] // 2**20} MiB, {status['process']['cpu_seconds']:.2f} CPU-s")


NEXT = """  1. Copy deploy/dev/demo/prelabel.yaml and change these lines:
       task: tests/data/news-ner.yaml          # or your own labels; paths are relative to the file
       input:
         kafka: {brokers: "kafka:9092", topic: raw-documents, group: prelabel}
       llm:
         base_url: https://api.openai.com/v1   # or your vLLM, Ollama, LiteLLM … up to and with /v1
         model: gpt-4o-mini
         api_key: {env: OPENAI_API_KEY}
         limits: {requests_per_minute: 500, tokens_per_minute: 200000, max_in_flight: 64}   # your account's
         max_output_tokens: 512                # providers count these too, used or not
         timeout: {connect: 5s, idle: 30s, total: 2m}
  2. export OPENAI_API_KEY=…
     build/bin/prelabel show --prompt -n 1 documents.jsonl -c FILE   # exactly what would be sent
     build/bin/prelabel estimate documents.jsonl -c FILE             # tokens, cost and time
     build/bin/prelabel check -c FILE --online      # brokers, topics, permissions, key, model: what to fix
     build/bin/prelabel produce documents.jsonl -c FILE
     build/bin/prelabel run -c FILE                 # live page: http://127.0.0.1:9464/
  Files instead of Kafka: build/bin/prelabel label documents.jsonl -c FILE -o labeled.jsonl"""


def end_worker(worker):
    worker.terminate()  # it commits its last offsets and ends
    if worker.wait() != 0:
        sys.exit("./dev demo: the worker did not end well; see worker.log beside the outputs")


def keep_until_interrupted(page, worker):
    """The live page goes on; a worker that ends by itself ends the wait too."""
    heading(f"The live page stays at {page} until Ctrl-C")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        worker.wait()
        sys.exit("./dev demo: the worker ended by itself; see worker.log beside the outputs")


def demo(stage, keep):
    out, total = stage.out, make_documents(stage.out)
    broker = stage.start("broker", "mock-broker", *(word for topic in TOPICS for word in ("--topic", topic)))
    model = stage.start("model", "llm-sim", "--gold", out / "gold.jsonl", *MODEL, *(word for fault in FAULTS for word in ("--fault", fault)))
    brokers = stage.wait_for(broker, "broker.out", r"bootstrap (\S+)\n")
    base_url = stage.wait_for(model, "model.out", r"listening on (\S+)\n")
    os.environ.update(KAFKA_BROKERS=brokers, LLM_BASE_URL=base_url)
    say(f"broker {brokers}, model {base_url}: both simulated, both on this machine only")
    produced = stage.run("prelabel", "produce", out / "documents.jsonl", out / "broken.jsonl", "-c", CONFIG)
    if produced.returncode != 0:
        sys.exit(f"./dev demo: produce failed: {produced.stderr}")
    say(f"{total} documents in raw-documents (30 repeat a text, 5 are broken); starting the worker")
    worker = stage.start("worker", "prelabel", "run", "-c", CONFIG, "--set", "log.format=json", PRELABEL_ADMIN_PORT="0")
    admin = "http://127.0.0.1:" + stage.wait_for(worker, "worker.log", r'"admin_port": ?(\d+)')
    say(f"live page {'until Ctrl-C' if keep else 'while it works'}: {admin}/")
    status, seconds = watch(admin, total)
    bill = get(base_url + "/stats")["paid_by_document"]
    if not keep:
        end_worker(worker)
    annotations = stage.run("topic-reader", brokers, "pre-annotations").stdout
    (out / "pre-annotations.jsonl").write_text(annotations, encoding="utf-8")
    dead_letters = stage.run("topic-reader", "--headers", brokers, "pre-annotations.dlq").stdout
    (out / "dead-letters.txt").write_text(dead_letters, encoding="utf-8")
    if not keep:
        stage.end()
    show_annotations(stage, [json.loads(line) for line in annotations.splitlines()])
    show_outcome(status, total, dead_letters)
    show_quality(stage)
    show_numbers(status, seconds, total, bill)
    where = out.relative_to(ROOT) if out.is_relative_to(ROOT) else out
    heading(f"Kept for looking: {where}/{{pre-annotations.jsonl,dead-letters.txt,worker.log}}")
    heading("The same job with a real broker, model and key")
    print(NEXT)
    if keep:
        keep_until_interrupted(f"{admin}/", worker)


def read_arguments():
    parser = argparse.ArgumentParser(prog="./dev demo", description="Labels 551 documents through a simulated broker and model: no key, no network.")
    parser.add_argument("--keep", action="store_true", help="leave the worker and its live page running until Ctrl-C")
    parser.add_argument("build", nargs="?", type=pathlib.Path, default=ROOT / "build", help="the build folder whose programs run (default: %(default)s)")
    return parser.parse_args()


def main():
    options = read_arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    stage = Stage(options.build.resolve())
    try:
        demo(stage, options.keep)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # nobody reads what is printed
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
        sys.exit(f"./dev demo: {error}; the programs' logs are in {stage.out}")
    finally:
        stage.end(hurry=True)


if __name__ == "__main__":
    main()
