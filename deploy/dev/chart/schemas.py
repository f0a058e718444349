"""Makes the JSON Schemas that kubeconform checks the chart's objects against, all local.

    schemas.py OUT PLACE KEDA_CRDS OPERATOR_CRDS STRIMZI

PLACE is where OUT will be moved to.
OUT/VERSION/KIND-GROUP-VERSION.json: Kubernetes' own, from PyPI's kubernetes-validate, with references that resolve here.
OUT/crd/KIND-GROUP-VERSION.json: those of operators, from their CustomResourceDefinitions or, for Strimzi, as they are.
"""

import json
import pathlib
import sys
from importlib import resources

import yaml

from versions import KUBERNETES


def strict(schema):
    """An object that lists its fields has no others, unless it says so: what the API server prunes is an error here."""
    if isinstance(schema, dict):
        schema = {key: strict(value) for key, value in schema.items()}
        if schema.get("x-kubernetes-int-or-string"):
            schema.pop("type", None)
            schema["anyOf"] = [{"type": "integer"}, {"type": "string"}]
        if "properties" in schema and "additionalProperties" not in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
            schema["additionalProperties"] = False
    elif isinstance(schema, list):
        schema = [strict(value) for value in schema]
    return schema


def definition(path: pathlib.Path):
    """(version, schema) of each version of one CustomResourceDefinition."""
    for version in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)["spec"]["versions"]:
        yield version["name"], version["schema"]["openAPIV3Schema"]


def main(out: pathlib.Path, place: pathlib.Path, keda: pathlib.Path, operator: pathlib.Path, strimzi: pathlib.Path) -> None:
    source = resources.files("kubernetes_validate").joinpath("kubernetes-json-schema")
    for version in KUBERNETES:
        target = out / version
        target.mkdir(parents=True)
        for entry in source.joinpath(f"v{version}-local-strict").iterdir():
            text = entry.read_text().replace('"/api/_definitions.json#', f'"file://{place.resolve()}/{version}/_definitions.json#')
            document = json.loads(text)
            document.pop("$id", None)
            (target / entry.name).write_text(json.dumps(document))
    target = out / "crd"
    target.mkdir()
    for folder, group, kinds in (
        (keda, "keda.sh", ("scaledobject", "triggerauthentication")),
        (operator, "monitoring.coreos.com", ("podmonitor", "servicemonitor", "prometheusrule")),
    ):
        for kind in kinds:
            for version, schema in definition(folder / f"{group}_{kind}s.yaml"):
                (target / f"{kind}-{group.split('.')[0]}-{version}.json").write_text(json.dumps(strict(schema)))
    for path in strimzi.glob("*.json"):
        (target / path.name).write_text(path.read_text())


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:6]))
