"""Runs the image as a careful platform would, and stops it in the middle of its work.

usage: run.py STORE TAG, with the folder of the images. A real broker, and llm-sim from its image; workers are read-only, without
capabilities and as the user of the image.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

STORE, TAG = sys.argv[1:]
HERE = pathlib.Path(__file__).resolve()
sys.path += [str(HERE.parents[1]), str(HERE.parents[3] / "tests/e2e")]

from broker import Kafka  # noqa: E402
from cases import many_documents  # noqa: E402
from checks import perform  # noqa: E402
from expectations import expect, expect_equal, wait_until  # noqa: E402
from parts import SAMPLES, Stage, get  # noqa: E402

DOCUMENTS = 400
BEFORE_THE_STOP = 100
STOP_SECONDS = 40
# Nothing of systemd, which may not be there. No network of its own: the broker is on this machine's loopback.
PODMAN = ["podman", "--root", f"{STORE}/store", "--runroot", f"{STORE}/run", "--runtime", "runc", "--cgroup-manager", "cgroupfs"]
CAREFULLY = ["--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--network", "host",
             "--pull", "never", "--log-driver", "k8s-file"]
# podman's own limits may be higher than this machine's, and are then refused.
SETTINGS = "[containers]\ndefault_ulimits = []\n"


def podman(*words, seconds=120):
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.write(SETTINGS)
        settings.flush()
        ended = subprocess.run([*PODMAN, *words], capture_output=True, text=True, timeout=seconds, env={**os.environ, "CONTAINERS_CONF": settings.name})
    return ended.returncode, ended.stdout, ended.stderr


def must(*words):
    code, out, err = podman(*words)
    expect(code == 0, f"podman {' '.join(words[:3])}: {out}{err}")
    return out.strip()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Container:
    def __init__(self, stage, image, *words, volumes=()):
        mounts = [word for source, target in volumes for word in ("--volume", f"{source}:{target}:ro")]
        self.id = must("run", "--detach", *CAREFULLY, *mounts, f"localhost/{image}:{TAG}", *words)
        stage.at_end(lambda: podman("rm", "--force", "--time", "0", self.id))

    def state(self):
        return json.loads(must("inspect", self.id))[0]["State"]

    def said(self):
        code, out, err = podman("logs", self.id)
        return out + err

    def stop(self):
        """Gives the exit code, and the seconds that the stop took."""
        started = time.monotonic()
        must("stop", "--time", str(STOP_SECONDS), self.id)
        return self.state()["ExitCode"], time.monotonic() - started

    def exec(self, *words):
        return podman("exec", self.id, *words)


class Trial:
    def __init__(self, stage):
        self.stage = stage
        self.kafka = Kafka(stage)
        self.kafka.create("raw:3", "labeled:3", "dead:1")
        self.port = free_port()
        sim = Container(stage, "llm-sim", "--listen", "127.0.0.1:0", "--latency-median", "400ms")
        self.model = wait_until(lambda: re.search(r"listening on (\S+)", sim.said()), 30, "llm-sim listens")[1]
        config = stage.config(
            "prelabel.yaml", task="news-ner.yaml",
            input={"kafka": {"brokers": self.kafka.bootstrap, "topic": "raw", "properties": {"session.timeout.ms": "6000"}}},
            llm={"base_url": self.model, "model": "sim", "limits": {"max_in_flight": 20}},
            output={"kafka": {"topic": "labeled", "dead_letter_topic": "dead"}}, admin={"listen": f"0.0.0.0:{self.port}"})
        documents = stage.write("documents.jsonl", many_documents(DOCUMENTS))
        self.volumes = [(config, "/etc/prelabel/prelabel.yaml"), (SAMPLES / "news-ner.yaml", "/etc/prelabel/news-ner.yaml"),
                        (documents, "/documents.jsonl")]

    def start(self, *words):
        return Container(self.stage, "prelabel", *words, volumes=self.volumes)

    def status(self):
        return json.loads(get(f"http://127.0.0.1:{self.port}/status")[1])

    def finished(self, worker):
        state = worker.state()
        expect(state["Running"], f"the worker ended with {state['ExitCode']}\n{worker.said()[-2000:]}")
        try:
            counts = self.status()["documents"]
        except OSError:
            return 0  # it has not opened its port yet
        return counts["complete"] + counts["partial"] + counts["dead_lettered"]

    # ----------------------------------------------------------------------------------------------------------- the checks

    def it_loads_documents(self):
        loader = self.start("produce", "/documents.jsonl")
        wait_until(lambda: not loader.state()["Running"], 60, "the loader ends")
        expect(loader.state()["ExitCode"] == 0 and f"{DOCUMENTS} documents" in loader.said(), loader.said())

    def it_runs_without_rights(self):
        self.worker = self.start()
        wait_until(lambda: self.finished(self.worker) > 0, 60, "the first document is labeled")
        process = self.worker.state()["Pid"]
        facts = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines() if ":\t" in line)
        expect_equal(facts["Uid"].split(), ["65532"] * 4, "users")
        expect_equal({facts[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}, {"0" * 16}, "capabilities")
        expect_equal(facts["NoNewPrivs"], "1", "no new privileges")
        mounts = [line.split() for line in pathlib.Path(f"/proc/{process}/mountinfo").read_text().splitlines()]
        expect("ro" in next(one[5] for one in mounts if one[4] == "/").split(","), "the root is not read-only")
        for shell in ("sh", "/bin/sh", "bash", "/bin/busybox"):
            expect(self.worker.exec(shell, "-c", "true")[0] != 0, f"{shell} is there")

    def its_health_check_works_inside(self):
        for words in (["prelabel", "health"], ["/usr/bin/prelabel", "health", "--ready"]):
            code, out, err = self.worker.exec(*words)
            expect(code == 0 and f"localhost:{self.port}" in out, f"{words}: {code} {out}{err}")
        code, out, err = podman("healthcheck", "run", self.worker.id)
        expect(code == 0, f"the image's own: {code} {out}{err}")

    def it_drains_on_sigterm(self):
        wait_until(lambda: self.finished(self.worker) >= BEFORE_THE_STOP, 60, "a part is labeled")
        code, seconds = self.worker.stop()
        stopped = next(json.loads(line) for line in self.worker.said().splitlines() if '"stopped"' in line)
        expect_equal(code, 0, "exit code")
        expect(BEFORE_THE_STOP <= stopped["documents"] < DOCUMENTS, f"{stopped['documents']} documents were labeled before the stop")
        return f"after {stopped['documents']} documents, in {seconds:.1f} s"

    def the_next_one_does_the_rest(self):
        worker = self.start()
        wait_until(lambda: self.finished(worker) > 0 and all(one["lag"] == 0 for one in self.status()["assignment"]), 120, "all is committed")
        expect_equal(worker.stop()[0], 0, "exit code")

    def every_document_is_labeled_and_paid_once(self):
        ends = self.kafka.end_offsets("labeled", "dead")
        expect_equal(sum(ends["dead"].values()), 0, "dead letters")
        records = [json.loads(value) for _, _, value in self.kafka.read("labeled", sum(ends["labeled"].values()))]
        expect_equal(sorted(record["id"] for record in records), sorted(document["id"] for document in many_documents(DOCUMENTS)), "ids")
        expect_equal(json.loads(get(self.model + "/stats")[1])["requests"], DOCUMENTS, "requests")


if __name__ == "__main__":
    with Stage() as whole:
        trial = Trial(whole)
        code = perform([
            trial.it_loads_documents, trial.it_runs_without_rights, trial.its_health_check_works_inside, trial.it_drains_on_sigterm,
            trial.the_next_one_does_the_rest, trial.every_document_is_labeled_and_paid_once,
        ])
    sys.exit(code)
