"""What the chart holds only as a copy or as a product of something else."""

import json
import re
import shutil
import subprocess


def embedded(schema):
    """A schema of docs/schemas as a part of another one."""
    return {key: value for key, value in schema.items() if key not in ("$schema", "title")}


def values_schema(root):
    """values.schema.json with the present schemas of configuration and task: a typo in `config` ends `helm install`."""
    path = root / "helm/prelabel/values.schema.json"
    schema = json.loads(path.read_text())
    configuration = embedded(json.loads((root / "docs/schemas/config.schema.json").read_text()))
    configuration.pop("required", None)  # the chart adds the task
    # A key as text has a sentence of the chart's own, which says how.
    configuration["properties"]["llm"]["properties"]["api_key"]["type"] = ["object", "string"]
    schema["$defs"]["configuration"] = configuration
    schema["$defs"]["task"] = embedded(json.loads((root / "docs/schemas/task.schema.json").read_text()))
    return path, json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def readme(arguments, scratch):
    """README.md by helm-docs, made in a copy so that nothing is written where a check only looks."""
    chart = arguments.root / "helm/prelabel"
    copy = scratch / "readme/prelabel"
    copy.mkdir(parents=True)
    for name in ("Chart.yaml", "values.yaml", "README.md.gotmpl"):
        shutil.copy(chart / name, copy / name)
    command = [arguments.helm_docs, "--chart-search-root", copy, "--sort-values-order", "file", "--log-level", "warning"]
    subprocess.run(command, check=True, capture_output=True)
    return chart / "README.md", (copy / "README.md").read_text()


def chart_yaml(root):
    """Chart.yaml with the version of the project."""
    path = root / "helm/prelabel/Chart.yaml"
    version = re.search(r'program_version = "([0-9.]+)"', (root / "include/prelabel/base/version.hpp").read_text()).group(1)
    text = re.sub(r"^appVersion: .*$", f"appVersion: {version}", path.read_text(), flags=re.MULTILINE)
    return path, re.sub(r"image: prelabel:.*$", f"image: prelabel:{version}", text, flags=re.MULTILINE)


def copies(arguments, scratch):
    """(what, file, the text that it should have, or None where the original is missing) for each."""
    files = arguments.root / "helm/prelabel/files"
    yield "appVersion is the project's version", *chart_yaml(arguments.root)
    yield "values.schema.json holds the schemas of docs/schemas", *values_schema(arguments.root)
    for name, original in (("rules.yaml", "deploy/prometheus/rules.yaml"), ("prelabel.json", "deploy/grafana/prelabel.json")):
        path = arguments.root / original
        yield f"files/{name} is {original}", files / name, path.read_text() if path.exists() else None
    yield "README.md is what helm-docs makes", *readme(arguments, scratch)
