"""Every panel of the dashboard has data: a real Prometheus scrapes two workers that label documents from a real broker, with a
simulated provider that has limits and faults, and is asked every query of the dashboard and every rule.

    ./dev panels [--update]      --update: takes longer, and draws docs/pictures from what Prometheus has
"""

import json
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.parse

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "deploy" / "dev" / "alerts")]

import consistency  # noqa: E402
import kafka_restart_test  # noqa: E402
import parts  # noqa: E402
from broker import Kafka  # noqa: E402

SCRAPE_SECONDS = 2
RATE_INTERVAL = "20s"  # at least four scrapes
SHORT, LONG = 80, 300  # seconds
NAMESPACE, GROUP = "labeling", "news-labelers"

# Some documents fail in ways of their own, whatever the rates below decide.
SCRIPT = [{"match": "unanswerable", "replies": ["invalid_json"], "repeat": True}, {"match": "forbidden", "replies": ["content_filter"], "repeat": True},
          {"match": "inventive", "replies": ["hallucinated"], "repeat": True}]
FAULTS = ["503=0.04", "429=0.02", "reset=0.01", "code_fence=0.1", "invalid_json=0.02", "hallucinated=0.15", "unknown_label=0.05"]


class Prometheus:
    """A real one, on a port that the system chooses. Its rules are ours with seconds for minutes: nobody waits a quarter of an hour."""

    def __init__(self, stage, workers):
        rules = (ROOT / "deploy/prometheus/rules.yaml").read_text(encoding="utf-8")
        stage.write("rules.yaml", re.sub(r"^( +for: \d+)m$", r"\1s", rules.replace("interval: 30s", "interval: 4s"), flags=re.M))
        targets = [{"targets": [worker.admin.removeprefix("http://")], "labels": {"namespace": NAMESPACE, "pod": f"prelabel-{number}"}} for number, worker in enumerate(workers)]
        self.targets = stage.folder / "targets.json"
        self.targets.write_text(json.dumps(targets))
        config = stage.write("prometheus.yaml", json.dumps({
            "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "scrape_timeout": f"{SCRAPE_SECONDS}s", "evaluation_interval": "4s"}, "rule_files": ["rules.yaml"],
            "scrape_configs": [{"job_name": "prelabel", "file_sd_configs": [{"files": ["targets.json"], "refresh_interval": "1s"}]}]}))
        self.program = stage.start("prometheus", [os.environ["PROMETHEUS"], f"--config.file={config}", f"--storage.tsdb.path={stage.folder / 'tsdb'}", "--web.listen-address=127.0.0.1:0", "--storage.tsdb.retention.time=1d"])
        self.address = parts.wait_until(self._listening, 30, "Prometheus listens")

    def _listening(self):
        parts.expect(self.program.running(), f"Prometheus ended at once\n{self.program.errors()[-3000:]}")
        found = re.search(r'Listening on"? address=(127\.0\.0\.1:[1-9]\d*)', self.program.errors())
        return found and f"http://{found.group(1)}"

    def also(self, worker):
        """It comes from a file that Prometheus watches, as a pod would appear."""
        targets = json.loads(self.targets.read_text())
        targets.append({"targets": [worker.admin.removeprefix("http://")], "labels": {"namespace": NAMESPACE, "pod": f"prelabel-{len(targets)}"}})
        ready = self.targets.with_suffix(".new")
        ready.write_text(json.dumps(targets))
        ready.replace(self.targets)

    def ask(self, path, **parameters):
        status, text, _ = parts.get(f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        answer = json.loads(text)
        parts.expect(answer["status"] == "success", f"Prometheus refuses {parameters}: {answer.get('error')}")
        return answer["data"]

    def range(self, query, start, end):
        """[(labels, [(time, value)…])…] without what is not a number."""
        rows = self.ask("query_range", query=query, start=start, end=end, step=SCRAPE_SECONDS)["result"]
        return [(row["metric"], points) for row in rows if (points := numbers(row["values"]))]

    def now(self, query, at):
        rows = self.ask("query", query=query, time=at)["result"]
        return [(row["metric"], points) for row in rows if (points := numbers([row["value"]]))]

    def values(self, definition):
        """What a variable of the dashboard offers."""
        metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)", definition).groups()
        return self.ask(f"label/{label}/values", **{"match[]": metric})


def numbers(points):
    return [(float(at), float(value)) for at, value in points if math.isfinite(float(value))]


def documents(count):
    """Real sentences; some of them cannot be labeled, and some are too long to be published with their text."""
    out = []
    for number, one in enumerate(kafka_restart_test.gold_documents(count)):
        document = {"id": one["id"], "text": one["text"]}
        if number % 60 == 7:
            document["text"] += " (an unanswerable one)"
        if number % 90 == 8:
            document["text"] += " (a forbidden one)"
        if number % 70 == 9:
            document["text"] += " and so on" * 1500
        if number % 100 == 11:
            del document["text"]
        out.append(document)
    return out


class World:
    """Broker, provider, workers and Prometheus, and what happens while time passes."""

    def __init__(self, stage, seconds):
        self.stage = stage
        self.end = seconds
        self.broker = Kafka(stage)
        self.broker.create("documents:4", "annotations:4", "annotations.dlq:1")
        per_minute = 900
        script = stage.write("script.jsonl", SCRIPT)
        gold = stage.write("gold.jsonl", kafka_restart_test.gold_documents(4000))
        self.provider = ["--gold", gold, "--error-rate", "0.05", "--latency-median", "600ms", "--requests-per-minute", str(per_minute), "--tokens-per-minute", str(per_minute * 900), "--script", script,
                         *[word for fault in FAULTS for word in ("--fault", fault)]]
        base_url = self.start_provider("127.0.0.1:0")
        self.config = stage.config(
            llm={"base_url": base_url, "model": "gpt-4o-mini", "max_output_tokens": 256, "limits": {"requests_per_minute": per_minute // 2, "tokens_per_minute": per_minute * 450, "max_in_flight": 32},
                 "retry": {"max_reasks": 1}, "price": {"input_per_mtok": 3, "cached_input_per_mtok": 1.5, "output_per_mtok": 12}},
            input={"kafka": {"brokers": self.broker.bootstrap, "topic": "documents", "group": GROUP}, "drain_timeout": "5s"},
            output={"kafka": {"topic": "annotations", "dead_letter_topic": "annotations.dlq", "max_record_bytes": 12000}, "delivery": "exactly_once"})
        waiting = documents(per_minute * seconds // 60)
        self.load("first.jsonl", waiting)
        self.later = [one | {"id": "later-" + one["id"], "text": "Later " + one["text"]} if "text" in one else one for one in waiting[: len(waiting) // 2]]
        self.workers = [parts.Worker(stage, self.config, *self.instance(0))]
        self.prometheus = Prometheus(stage, self.workers)
        self.started = time.time()

    def start_provider(self, address):
        self.model = self.stage.start("llm-sim", [parts.LLM_SIM, "--listen", address, *self.provider])
        return self.model.line_like(r"listening on (\S+)").group(1)

    def outage(self, seconds):
        """Nobody listens at the provider's address for a while: the workers pause, and go on by themselves."""
        address = re.search(r"listening on http://([^/]+)", self.model.output[0]).group(1)
        self.model.stop()
        time.sleep(seconds)
        self.start_provider(address)

    def instance(self, number):
        return ("--set", f"input.kafka.properties.group.instance.id=prelabel-{number}", "--set", f"journal.path={self.stage.folder / f'journal-{number}'}")

    def load(self, name, some):
        self.stage.prelabel("produce", self.stage.write(name, some), "-c", self.config, seconds=120).expect_code(0)

    def run(self):
        """A second worker joins, documents arrive all the time, and once the provider is away."""
        time.sleep(self.end * 0.15)
        self.workers.append(parts.Worker(self.stage, self.config, *self.instance(1)))
        self.prometheus.also(self.workers[1])
        steps = 6
        for step in range(steps):
            time.sleep(max(0.0, self.started + self.end * (0.2 + 0.8 * (step + 1) / steps) - time.time()))
            share = len(self.later) // steps
            if step < steps - 1:
                self.load(f"later-{step}.jsonl", self.later[step * share : (step + 1) * share])
            if step == 2:
                self.outage(self.end / 15)
            for worker in self.workers:
                parts.expect(worker.program.running(), f"a worker ended\n{worker.program.errors()[-3000:]}")
        self.ended = time.time()


def filled_in(query, chosen, seconds):
    """The query as Grafana would send it."""
    for name, values in chosen.items():
        query = query.replace(f"${name}", "|".join(values))
    return query.replace("$__rate_interval", RATE_INTERVAL).replace("$__range", f"{int(seconds)}s")


def ask_dashboard(prometheus, dashboard, start, end):
    """What each panel shows, and what is wrong: by the number of the panel, its series by query."""
    wrong, shown, chosen = [], {}, {}
    for one in dashboard["templating"]["list"]:
        if one["type"] == "query":
            values = prometheus.values(filled_in(one["definition"], chosen, end - start))
            chosen[one["name"]] = values
            if not values:
                wrong.append(f"variable {one['name']} offers nothing: {one['definition']}")
    asked = 0
    for panel in consistency.panels(dashboard):
        for target in panel.get("targets", []):
            asked += 1
            query = filled_in(target["expr"], chosen, end - start)
            rows = prometheus.now(query, end) if target.get("instant") else prometheus.range(query, start, end)
            shown.setdefault(panel["id"], []).append(rows)
            if not rows:
                wrong.append(f"panel “{panel['title']}” has no data: {query}")
            for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
                if any(label not in labels for labels, _ in rows):
                    wrong.append(f"panel “{panel['title']}” has no label {label} for its legend")
    for one in dashboard["annotations"]["list"]:
        rows = prometheus.range(filled_in(one["expr"], chosen, end - start), start, end)
        shown[one["name"]] = [rows]
        if not rows:
            wrong.append(f"annotation “{one['name']}” has no data: {one['expr']}")
    print(f"{asked} queries of {sum(1 for one in shown if isinstance(one, int))} panels, {len(chosen)} variables and {len(dashboard['annotations']['list'])} annotations were asked")
    return wrong, shown


def ask_rules(prometheus, end):
    """Every rule was evaluated without an error, what is recorded is there, and alerts say whole sentences."""
    wrong, alerts = [], []
    groups = prometheus.ask("rules")["groups"]
    for rule in (rule for group in groups for rule in group["rules"]):
        if rule["health"] != "ok":
            wrong.append(f"rule {rule['name']}: {rule['health']} {rule.get('lastError', '')}")
        if rule["type"] == "recording" and not prometheus.now(rule["name"], end):
            wrong.append(f"{rule['name']} is recorded nowhere")
        for alert in rule.get("alerts", []):
            alerts.append(f"{rule['name']} ({alert['state']})")
            for text in alert["annotations"].values():
                if "no value" in text or "error expanding" in text or not text:
                    wrong.append(f"{rule['name']} says: {text}")
    recorded = [rule["record"] for group in yaml.safe_load((ROOT / "deploy/prometheus/rules.yaml").read_text(encoding="utf-8"))["groups"] for rule in group["rules"] if "record" in rule]
    print(f"{len(recorded)} recording rules have data; alerts now: {', '.join(sorted(set(alerts))) or 'none'}")
    return wrong


def draw(stage, shown, start, end):
    data = stage.write("shown.json", json.dumps({"start": start, "end": end, "shown": {str(name): rows for name, rows in shown.items()}}))
    subprocess.run([os.environ["DRAW"], str(ROOT / "deploy/dev/panels/draw.py"), data], check=True, timeout=300)


def main():
    update = "--update" in sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    dashboard = json.loads(consistency.DASHBOARD.read_text(encoding="utf-8"))
    with parts.Stage() as stage:
        world = World(stage, LONG if update else SHORT)
        world.run()
        start, end = world.started, world.ended
        if update:
            start += 0.08 * (end - start)  # a rate of a worker that has just begun says little
        wrong, shown = ask_dashboard(world.prometheus, dashboard, start, end)
        wrong += ask_rules(world.prometheus, end)
        for one in wrong:
            print(f"FAIL {one}")
        if wrong:
            sys.exit(1)
        if update:
            draw(stage, shown, start, end)
    print("every panel has data")


if __name__ == "__main__":
    main()
