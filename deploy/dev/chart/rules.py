"""The rules and the scaling query that the chart renders, as Prometheus itself reads them."""

import pathlib
import subprocess

import yaml


def said_by(promtool, *arguments, cwd):
    result = subprocess.run([promtool, *arguments], capture_output=True, text=True, cwd=cwd, timeout=300)
    return [] if result.returncode == 0 else [result.stdout + result.stderr]


def check_rules(report, promtool, scratch, rendered):
    """A PrometheusRule holds what a rules file holds; and with the chart's defaults, the same as the file it came from."""
    found = 0
    for name, items in rendered.items():
        for item in items:
            if item["kind"] == "PrometheusRule":
                found += 1
                path = scratch / f"rules-{name}.yaml"
                path.write_text(yaml.safe_dump(item["spec"]))
                report.check(f"promtool check rules of {name}", said_by(promtool, "check", "rules", path.name, cwd=scratch))
    if not found:
        report.check("promtool check rules", ["no values of ci/ render a PrometheusRule"])


def check_scaling(report, promtool, scratch, rendered):
    """The query of `scaleOn: quota`, over the stories of scaling_test.yaml."""
    triggers = [trigger for item in rendered.get("keda", []) if item["kind"] == "ScaledObject" for trigger in item["spec"]["triggers"]]
    if not triggers:
        report.check("the scaling query", ["ci/keda-values.yaml renders no trigger"])
        return
    rule = {"groups": [{"name": "scaling", "rules": [{"record": "wanted", "expr": triggers[0]["metadata"]["query"]}]}]}
    (scratch / "scaling.yaml").write_text(yaml.safe_dump(rule))
    stories = (pathlib.Path(__file__).parent / "scaling_test.yaml").read_text()
    (scratch / "scaling_test.yaml").write_text(stories)
    report.check(f"the scaling query over {stories.count('- name:')} stories", said_by(promtool, "test", "rules", "scaling_test.yaml", cwd=scratch))
