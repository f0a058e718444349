"""Holds deploy/compose against the compose schema, the files that it mounts, and the programs that read them.

usage: check.py ROOT PROGRAMS PROMTOOL, with the folder where prelabel and llm-sim are.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

import yaml
from compose_spec import PyOptions

ROOT, PROGRAMS, PROMTOOL = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
sys.path += [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parents[3] / "tests/e2e")]

from checks import perform  # noqa: E402
from expectations import expect  # noqa: E402

FOLDER = ROOT / "deploy/compose"
DOCKERFILE = ROOT / "deploy/docker/Dockerfile"
OURS = re.compile(r":local$")


def run(*command, **options):
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, **options)
    expect(ended.returncode == 0, f"{' '.join(map(str, command))}: {ended.stdout[-1500:]}{ended.stderr[-1500:]}")
    return ended.stdout + ended.stderr


def load(name):
    return yaml.safe_load((FOLDER / name).read_text())


STACK = load("compose.yaml")
SERVICES = STACK["services"]


def mounts(service):
    """(source, target, options) of the files that a service mounts; named volumes are left out."""
    found = [volume.split(":") for volume in SERVICES[service].get("volumes", [])]
    return [(FOLDER / source, target, options) for source, target, *options in found if source.startswith(".")]


def mounted(service, target):
    """The file that a service finds at this place."""
    found = [source for source, there, _ in mounts(service) if there == target]
    expect(found, f"{service} mounts nothing at {target}")
    return found[0]


def as_mounted(service, folder):
    """The service's files, below a folder as below its root."""
    for source, target, _ in mounts(service):
        to = folder / target.lstrip("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, to)
    return folder


def published(service):
    """The ports of this machine that lead to a service, and those of the service."""
    here, there = [], []
    for port in SERVICES[service].get("ports", []):
        expect(port["host_ip"] == "127.0.0.1", f"{service} publishes {port} beyond this machine")
        first, last = (port["published"].split("-") * 2)[:2]
        here += range(int(first), int(last) + 1)
        there.append(port["target"])
    return here, there


def stages():
    """The stages of the Dockerfile that have a name, each with the text up to the next one."""
    parts = re.split(r"^FROM \S+(?: AS (\S+))?$", DOCKERFILE.read_text(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def has_healthcheck(service):
    own = SERVICES[service].get("healthcheck")
    if own is not None:
        return not own.get("disable", False)
    build = SERVICES[service].get("build")
    return bool(build) and "HEALTHCHECK" in stages()[build["target"]]


# ------------------------------------------------------------------------------------------------------------- the checks


def compose_reads_it():
    options = PyOptions()
    options.apply_merge = True
    read = options.from_yaml((FOLDER / "compose.yaml").read_text())
    read.validate()
    read.to_spec()


def every_image_is_pinned_or_built_here():
    kafka = re.search(r"<kafka.version>(.*)</kafka.version>", (ROOT / "deploy/dev/kafka/pom.xml").read_text())[1]
    for name, service in SERVICES.items():
        image = service["image"]
        if OURS.search(image):
            build = service["build"]
            expect((FOLDER / build["context"]).resolve() == ROOT, f"{name} is built from {build['context']}")
            expect((FOLDER / build["context"] / build["dockerfile"]).resolve() == DOCKERFILE, f"{name} is built by {build['dockerfile']}")
            expect(build["target"] in stages(), f"the Dockerfile has no stage {build['target']}")
        else:
            expect(re.search(r":v?\d+\.\d+\.\d+$", image), f"{name}: {image} is not a version")
            expect("kafka" not in image or image.endswith(f":{kafka}"), f"{name}: {image}, and tests run Kafka {kafka}")


def every_mounted_file_is_there_and_only_read():
    for name in SERVICES:
        for source, target, options in mounts(name):
            expect(source.is_file(), f"{name} mounts {source.relative_to(FOLDER)}, which is no file")
            expect(source.stat().st_mode & 0o004, f"{name} is not root and may not read {source}")
            expect(options == ["ro"], f"{name} may write to {target}")
        for volume in SERVICES[name].get("volumes", []):
            expect(volume.startswith(".") or volume.split(":")[0] in STACK["volumes"], f"{name} mounts the unknown volume {volume}")


def ports_are_free_of_each_other_and_on_loopback():
    taken = [port for name in SERVICES for port in published(name)[0]]
    expect(len(taken) == len(set(taken)), f"a port is published twice: {sorted(taken)}")


def services_wait_for_what_will_come():
    for name, service in SERVICES.items():
        for other, wait in service.get("depends_on", {}).items():
            expect(other in SERVICES, f"{name} depends on {other}, which is no service")
            if wait["condition"] == "service_healthy":
                expect(has_healthcheck(other), f"{name} waits for {other} to be healthy, which has no healthcheck")
            else:
                expect(wait["condition"] == "service_completed_successfully" and is_one_shot(other), f"{name} waits for the end of {other}")
        expect(has_healthcheck(name) != is_one_shot(name), f"{name}: what stays has a healthcheck, and what ends has none")


def is_one_shot(service):
    return any(wait.get(service, {}).get("condition") == "service_completed_successfully"
               for wait in (other.get("depends_on", {}) for other in SERVICES.values())) or service == "produce"


def what_is_ours_has_no_rights():
    for name, service in SERVICES.items():
        if OURS.search(service["image"]):
            expect(service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"], name)


def prelabel_accepts_its_configuration():
    for name in ("prelabel", "produce"):
        with tempfile.TemporaryDirectory() as folder:
            root = as_mounted(name, pathlib.Path(folder))
            run(PROGRAMS / "prelabel", "check", "-c", root / "etc/prelabel/prelabel.yaml")
    expect("PRELABEL_CONFIG=/etc/prelabel/prelabel.yaml" in DOCKERFILE.read_text(), "the image reads another configuration")


def the_worker_finds_brokers_topics_and_model():
    settings = yaml.safe_load(mounted("prelabel", "/etc/prelabel/prelabel.yaml").read_text())
    inside = re.search(r"INSIDE://([^,]+)", SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"])[1]
    expect(settings["input"]["kafka"]["brokers"] == inside, f"the broker is at {inside}")
    # The words of the script, with the tool's call printed instead.
    script = SERVICES["topics"]["command"][0].replace("$$", "$").replace("/opt/kafka/bin/kafka-topics.sh", "echo")
    printed = run(*SERVICES["topics"]["entrypoint"], script)
    created = dict(re.findall(r"--topic (\S+) --partitions (\d+)", printed))
    expect(printed.count(f"--bootstrap-server {inside}") == len(created), "topics are created elsewhere")
    wanted = {settings["input"]["kafka"]["topic"], *settings["output"]["kafka"].values()}
    expect(set(created) == wanted, f"topics {sorted(created)} are created, and {sorted(wanted)} are used")
    model = urllib.parse.urlsplit(settings["llm"]["base_url"])
    expect(model.port in published(model.hostname)[1], f"{model.hostname} does not listen at {model.port}")
    expect(SERVICES["produce"]["command"][1] in [target for _, target, _ in mounts("produce")], "produce reads a file that is not there")


def llm_sim_accepts_its_command():
    with tempfile.TemporaryDirectory() as folder:
        root = as_mounted("llm-sim", pathlib.Path(folder))
        words = [str(root / word.lstrip("/")) if word.startswith("/") else word for word in SERVICES["llm-sim"]["command"]]
        listen = words.index("--listen") + 1
        expect(words[listen].startswith("0.0.0.0:") and int(words[listen][8:]) in published("llm-sim")[1], "llm-sim listens elsewhere")
        words[listen] = "127.0.0.1:0"
        program = subprocess.Popen([PROGRAMS / "llm-sim", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            line = program.stdout.readline()
            expect("listening on" in line, f"llm-sim said {line!r}")
        finally:
            program.terminate()
            program.wait(timeout=30)


def prometheus_accepts_its_configuration():
    with tempfile.TemporaryDirectory() as folder:
        root = as_mounted("prometheus", pathlib.Path(folder))
        run(PROMTOOL, "check", "config", root / "etc/prometheus/prometheus.yml")
    settings = yaml.safe_load(mounted("prometheus", "/etc/prometheus/prometheus.yml").read_text())
    for job in settings["scrape_configs"]:
        for found in job["dns_sd_configs"]:
            expect(all(found["port"] in published(name)[1] for name in found["names"]), f"nobody is at {found}")


def grafana_finds_prometheus_and_the_dashboard():
    source = yaml.safe_load(mounted("grafana", "/etc/grafana/provisioning/datasources/prometheus.yaml").read_text())["datasources"][0]
    url = urllib.parse.urlsplit(source["url"])
    expect(source["type"] == "prometheus" and url.port in published(url.hostname)[1], f"nobody is at {source['url']}")
    provider = yaml.safe_load(mounted("grafana", "/etc/grafana/provisioning/dashboards/prelabel.yaml").read_text())["providers"][0]
    place = provider["options"]["path"] + "/prelabel.json"
    expect(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == place, f"the first page is not {place}")
    dashboard = json.loads(mounted("grafana", place).read_text())
    for panel in dashboard["panels"]:
        uid = panel.get("datasource", {}).get("uid", "${datasource}")
        expect(uid in ("${datasource}", source["uid"]), f"the panel \"{panel['title']}\" reads from {uid}")


def the_comment_names_the_ports():
    named = {int(port) for port in re.findall(r"http://localhost:(\d+)", (FOLDER / "compose.yaml").read_text().split("\nname:")[0])}
    expect(named <= {port for name in SERVICES for port in published(name)[0]}, f"the comment names {sorted(named)}")


if __name__ == "__main__":
    sys.exit(perform([
        compose_reads_it, every_image_is_pinned_or_built_here, every_mounted_file_is_there_and_only_read,
        ports_are_free_of_each_other_and_on_loopback, services_wait_for_what_will_come, what_is_ours_has_no_rights,
        prelabel_accepts_its_configuration, the_worker_finds_brokers_topics_and_model, llm_sim_accepts_its_command,
        prometheus_accepts_its_configuration, grafana_finds_prometheus_and_the_dashboard, the_comment_names_the_ports,
    ]))
