"""Checks the chart helm/prelabel, or with --update renews what it copies and generates. Run by ./dev chart.

Prints one line for each check, and under a failed one what is wrong. The last line counts them.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

import objects
from copies import copies
from prelabel import accepts, find_prelabel
from rules import check_rules, check_scaling
from versions import KUBERNETES

NEWEST = KUBERNETES[-1]
# What kube-score wants and this chart does not, with the reason.
SCORE_IGNORED = {
    "container-resources": "a limit on CPU slows the loop; that there is one of memory is checked here",
    "container-ephemeral-storage-request-and-limit": "nothing is written but the log, which the kubelet bounds",
    "container-image-pull-policy": "a tag is never pushed twice, and IfNotPresent starts without a registry",
    "deployment-has-host-podantiaffinity": "topology spread does it",
    "statefulset-has-host-podantiaffinity": "topology spread does it",
    "deployment-replicas": "one worker is a good start; more are useful up to the partitions",
    "pod-networkpolicy": "off by default: the chart cannot know where brokers and model are",
}


def load_values(path):
    return yaml.safe_load(path.read_text())


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, problems):
        problems = [str(problem) for problem in problems]
        if problems:
            self.failed += 1
            print(f"FAIL  {what}")
            for problem in problems:
                print("      " + problem.rstrip().replace("\n", "\n      "))
        else:
            self.passed += 1
            print(f"ok    {what}")
        sys.stdout.flush()


class Chart:
    """Runs helm on the chart, with no cluster, no configuration and no plugins of the user."""

    def __init__(self, arguments, scratch):
        self.helm, self.path = arguments.helm, arguments.root / "helm/prelabel"
        self.environment = {**os.environ, "KUBECONFIG": os.devnull}
        for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"):
            self.environment[name] = str(scratch / name)

    def run(self, *arguments):
        command = [self.helm, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=300)

    def lint(self, values):
        result = self.run("lint", "--strict", self.path, "--kube-version", NEWEST, "-f", values)
        return [] if result.returncode == 0 else [result.stdout + result.stderr]

    def template(self, kubernetes, *values):
        files = [word for file in values for word in ("-f", file)]
        return self.run("template", "prelabel", self.path, "-n", "labeling", "--kube-version", kubernetes, *files)


def output_of(*command, **options):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, **options)
    return [] if result.returncode == 0 else [result.stdout + result.stderr]


def render(chart, report, scratch):
    """{(version, name): file} of every ci/*-values.yaml for every version."""
    files = sorted((chart.path / "ci").glob("*-values.yaml"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        linted = {values: pool.submit(chart.lint, values) for values in files}
        wanted = {(of, values): pool.submit(chart.template, of, values) for of in KUBERNETES for values in files}
    rendered = {}
    for values in files:
        name = values.name.removesuffix("-values.yaml")
        report.check(f"helm lint --strict {name}", linted[values].result())
        problems = []
        for version in KUBERNETES:
            result = wanted[version, values].result()
            if result.returncode != 0:
                problems.append(f"Kubernetes {version}: {result.stderr}")
                continue
            path = scratch / version / f"{name}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(result.stdout)
            rendered[version, name] = path
        report.check(f"helm template {name}, Kubernetes {', '.join(KUBERNETES)}", problems)
    return rendered


def check_schemas(report, arguments, rendered):
    for version in KUBERNETES:
        files = [path for (of, _), path in rendered.items() if of == version]
        command = [arguments.kubeconform, "-strict", "-summary", "-kubernetes-version", version]
        for folder in (version, "crd"):
            command += ["-schema-location", f"{arguments.schemas}/{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"]
        report.check(f"kubeconform -strict, Kubernetes {version}, {len(files)} files", output_of(*command, *files))


def check_score(report, arguments, rendered):
    for (version, name), path in rendered.items():
        if version == NEWEST:
            tests = [test for test in SCORE_IGNORED if (test, name) != ("pod-networkpolicy", "everything")]
            ignored = [word for test in tests for word in ("--ignore-test", test)]
            kubernetes = "v" + version.rsplit(".", 1)[0]
            command = [arguments.kube_score, "score", "--exit-one-on-warning", "--kubernetes-version", kubernetes]
            report.check(f"kube-score {name}", output_of(*command, *ignored, path))


def check_objects(report, arguments, chart, rendered):
    triggers = objects.TriggerKeys(arguments.keda)
    for (version, name), path in rendered.items():
        if version != NEWEST:
            continue
        items = [item for item in yaml.safe_load_all(path.read_text()) if item]
        values = load_values(chart.path / "ci" / f"{name}-values.yaml")
        problems = [problem for check in objects.CHECKS for problem in check(items)]
        problems += objects.never_more_than_partitions(items, values)
        problems += triggers.check(items)
        report.check(f"ports, selectors, names, restriction, labels and triggers of {name}", problems)
    schema = json.loads((chart.path / "values.schema.json").read_text())
    keda = schema["properties"]["autoscaling"]["properties"]["keda"]["properties"]
    from_elsewhere = {"bootstrapServers", "consumerGroup", "topic", "sasl", "tls"}
    report.check("values.schema.json has each key of KEDA's kafka trigger", sorted(
        f"{key} is only in one of both" for key in set(keda["kafka"]["properties"]) ^ (triggers.of["kafka"]["triggerMetadata"] - from_elsewhere)))
    unknown = set(keda["prometheus"]["properties"]) - triggers.of["prometheus"]["triggerMetadata"]
    report.check("values.schema.json has only keys of KEDA's prometheus trigger", sorted(f"{key} is no key" for key in unknown))
    table = (arguments.root / "include/prelabel/pipeline/stats.hpp").read_text()
    reasons = re.search(r"enum class WaitReason \{([^}]*)\}", table).group(1).replace(",", " ").split()
    known = schema["properties"]["autoscaling"]["properties"]["quotaReasons"]["items"]["enum"]
    report.check("values.schema.json has the reasons of waits", [] if set(known) == set(reasons) else [f"they are: {', '.join(reasons)}"])


def check_values(report, chart):
    """Each value is in the schema, and each key of the schema in values.yaml, as far as the chart names them."""
    schema = json.loads((chart.path / "values.schema.json").read_text())["properties"]

    # Mappings of somebody else's keys: the values hold only some of them.
    keda = "autoscaling.keda."
    partial = {keda + key for key in ("kafka", "prometheus", "fallback", "authenticationRef")}
    partial |= {"securityContext", "affinity", "strategy", "updateStrategy", "resources", "startupProbe", "readinessProbe", "livenessProbe"}
    partial |= {"strimzi.user.quotas"}

    def compare(values, properties, where):
        for key in sorted(set(values) ^ set(properties)):
            yield f"{where}{key} is only in {'values.yaml' if key in values else 'values.schema.json'}"
        for key in set(values) & set(properties):
            if isinstance(values[key], dict) and "properties" in properties[key] and f"{where}{key}" not in partial:
                yield from compare(values[key], properties[key]["properties"], f"{where}{key}.")

    values = load_values(chart.path / "values.yaml")
    report.check("values.yaml and values.schema.json have the same keys", compare({**values, "global": {}}, schema, ""))
    rows = re.findall(r"^\| `([^`]+)` \| .* \|  \|$", (chart.path / "README.md").read_text(), re.MULTILINE)
    report.check("README.md says what each value means", [f"no `# --` line above {key}" for key in rows])


def check_refusals(report, chart, scratch):
    """Bad values, each over the minimal ones, and the sentence that must be said."""
    minimal = chart.path / "ci/minimal-values.yaml"
    table = yaml.safe_load((pathlib.Path(__file__).parent / "refusals.yaml").read_text())

    def refuse(number, row):
        path = scratch / f"refusal-{number}.yaml"
        path.write_text(yaml.safe_dump(row["values"]))
        result = chart.template(NEWEST, *([] if row.get("alone") else [minimal]), path)
        said = " ".join(result.stderr.split())
        if result.returncode == 0:
            return ["the chart accepts it"]
        return [f"it does not say: {sentence}\nbut: {said}" for sentence in row["says"] if " ".join(sentence.split()) not in said]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(refuse, range(len(table)), table))
    for row, problems in zip(table, results):
        report.check(f"refuses {row['name']}", problems)


def check_restarts(report, chart, scratch):
    """A changed configuration, task or file restarts the workers; another change of the release does not."""

    def checksum(**values):
        path = scratch / "restart.yaml"
        path.write_text(yaml.safe_dump(values))
        items = yaml.safe_load_all(chart.template(NEWEST, chart.path / "ci/minimal-values.yaml", path).stdout)
        template = next(item for item in items if item["kind"] == "Deployment")["spec"]["template"]
        return template["metadata"]["annotations"]["checksum/config"]

    before = checksum()
    changes = {"task": {"instructions": "x"}, "config": {"llm": {"model": "other"}}, "files": {"a.json": "{}"}, "accountLimits": {"requestsPerMinute": 9}}
    problems = [f"a changed `{key}` leaves the checksum" for key, value in changes.items() if checksum(**{key: value}) == before]
    if checksum(replicaCount=2, commonLabels={"a": "b"}, metrics={"podMonitor": {"enabled": True}}) != before:
        problems.append("another number of workers changes the checksum")
    report.check("workers restart for a changed configuration, and only then", problems)


def check_prelabel(report, chart, scratch, rendered):
    """What prelabel itself says to the files that the chart writes, which is what the init container runs."""
    program = find_prelabel(chart.path.parents[1])
    if not program:
        text = "no built prelabel (PRELABEL_BUILD or build/*/bin) to check the rendered configurations with"
        if os.environ.get("CI"):
            report.check("prelabel check", [text])
        else:
            print(f"skip  {text}")
        return
    for name, items in rendered.items():
        report.check(f"prelabel check accepts the configuration of {name}", accepts(program, scratch / f"check-{name}", items))
    # Text is not checked by the schema: then the init container has to find it.
    text = "llm: {modle: m, model: m}\ninput: {kafka: {brokers: b:1, topic: in}}\noutput: {kafka: {topic: out}}\n"
    values = scratch / "text.yaml"
    values.write_text(yaml.safe_dump({"config": text, "task": "name: x\nkind: ner\nlabels: [A]\n"}))
    items = [item for item in yaml.safe_load_all(chart.template(NEWEST, values).stdout) if item]
    said = " ".join(accepts(program, scratch / "check-text", items))
    report.check("prelabel check refuses a typo in a configuration that is text", [] if "did you mean `model`" in said else [said])


def check_package(report, chart, scratch):
    result = chart.run("package", chart.path, "-d", scratch)
    problems = [] if result.returncode == 0 else [result.stderr]
    if not problems:
        archive = next(scratch.glob("prelabel-*.tgz"))
        names = subprocess.run(["tar", "-tzf", archive], capture_output=True, text=True, check=True).stdout.split()
        foreign = re.compile(r"prelabel/(ci|tests)/|.*gotmpl")
        needed = ("README.md", "values.schema.json", "files/rules.yaml", "files/prelabel.json", "templates/tests/online.yaml")
        problems += [f"{name} does not belong into the package" for name in names if foreign.match(name)]
        problems += [f"{name} is missing" for name in needed if f"prelabel/{name}" not in names]
        shutil.rmtree(scratch / "unpacked", ignore_errors=True)
        (scratch / "unpacked").mkdir()
        subprocess.run(["tar", "-xzf", archive, "-C", scratch / "unpacked"], check=True)
        minimal = chart.path / "ci/minimal-values.yaml"
        again = chart.run("template", "prelabel", scratch / "unpacked/prelabel", "--kube-version", NEWEST, "-f", minimal)
        problems += [] if again.returncode == 0 else [again.stderr]
    report.check("helm package: what is in it, and that it renders", problems)


def main():
    parser = argparse.ArgumentParser()
    for name in ("root", "schemas", "keda", "helm", "helm-docs", "kubeconform", "kube-score", "unittest", "promtool"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="prelabel-chart-") as folder:
        scratch = pathlib.Path(folder)
        chart = Chart(arguments, scratch)
        for what, path, wanted in copies(arguments, scratch):
            there = path.read_text() if path.exists() else None
            if wanted is None:
                report.check(what, ["the original is missing"])
            elif not arguments.update:
                stale = f"{path.relative_to(arguments.root)} is not up to date: run ./dev chart --update"
                report.check(what, [] if there == wanted else [stale])
            elif there != wanted:
                path.write_text(wanted)
                print(f"wrote {path.relative_to(arguments.root)}")
        if arguments.update:
            return 1 if report.failed else 0
        rendered = render(chart, report, scratch)
        check_schemas(report, arguments, rendered)
        check_score(report, arguments, rendered)
        check_objects(report, arguments, chart, rendered)
        check_values(report, chart)
        report.check("helm-unittest", output_of(arguments.unittest, "--strict", chart.path))
        check_refusals(report, chart, scratch)
        check_restarts(report, chart, scratch)
        newest = {name: list(yaml.safe_load_all(path.read_text())) for (version, name), path in rendered.items() if version == NEWEST}
        check_rules(report, arguments.promtool, scratch, newest)
        check_scaling(report, arguments.promtool, scratch, newest)
        check_prelabel(report, chart, scratch, newest)
        check_package(report, chart, scratch)
    print(f"chart: {report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
