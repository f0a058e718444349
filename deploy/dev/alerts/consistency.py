"""Rules, dashboard, runbook and table of metrics say the same: none names a metric, a label or a value that does not exist, every
alert has a section of its name in the runbook, and every metric is on a panel unless a reason stands here.

    consistency.py PROMTOOL
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
RULES = ROOT / "deploy/prometheus/rules.yaml"
DASHBOARD = ROOT / "deploy/grafana/prelabel.json"
METRICS = ROOT / "docs/metrics.md"
RUNBOOK = ROOT / "docs/operations.md"
TARGET_LABELS = {"job", "instance", "namespace", "pod"}  # from whoever scrapes
OTHERS = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity", "group", "task"},  # of Prometheus itself
          "kube_deployment_spec_replicas": {"deployment"}, "kube_deployment_status_replicas_ready": {"deployment"},  # of kube-state-metrics
          "kube_statefulset_replicas": {"statefulset"}, "kube_statefulset_status_replicas_ready": {"statefulset"}}
NOT_ON_A_PANEL = {}  # metric: why

found = []


def wrong(what):
    found.append(what)


def known_metrics():
    """Each name that a query may use → its labels, each with its values where they are fixed."""
    known = {}
    for name, kind, labels in re.findall(r"^\| `(prelabel_\w+)` \| (\w+) \| (.*?) \| ", METRICS.read_text(encoding="utf-8"), re.M):
        of = {label: set(values.split(", ")) if values else None for label, values in re.findall(r"`(\w+)`(?:: ([^;]+))?", labels)}
        if kind == "histogram":
            known |= {f"{name}_bucket": of | {"le": None}, f"{name}_count": of, f"{name}_sum": of}
        else:
            known[name] = of
    return known


def family(name):
    return re.sub(r"_(bucket|count|sum)$", "", name)


def without_text(query):
    """The query with its quoted texts emptied: they hold no names."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', query)


def names_in(query):
    """What is written like one of our metrics, and whatever has a selector or a range behind it."""
    text = without_text(query)
    return set(re.findall(r"(?<![\w:$])(prelabel[_:][\w:]+|kube_\w+|up|ALERTS)(?![\w:(])", text)) | set(re.findall(r"([A-Za-z_:][\w:]*)(?=[\[{])", text))


def made_labels(query):
    """What label_replace makes: its name stands before a text with $1."""
    return re.findall(r'"(\w+)",\s*"[^"]*\$\d', query)


def check_query(where, query, known):
    """Names, labels and values. What a label belongs to is not followed through operators: any metric of the query may have it."""
    names = names_in(query)
    labels = TARGET_LABELS | set(made_labels(query))
    for name in names:
        if name in known:
            labels |= set(known[name])
        else:
            wrong(f"{where}: there is no metric {name}")
    for name, matchers in re.findall(r"(?<![\w:$])(prelabel[_:][\w:]+|up|ALERTS)\{((?:[^{}\"]|\"(?:[^\"\\]|\\.)*\")*)\}", query):
        for label, operator, value in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"', matchers):
            own = known.get(name, {})
            if label not in own and label not in TARGET_LABELS:
                wrong(f"{where}: {name} has no label {label}")
            elif (values := own.get(label)) and "$" not in value:
                for one in value.split("|") if "~" in operator else [value]:
                    if one not in values:
                        wrong(f"{where}: {name} has no {label}={one}")
    for kind, named in re.findall(r"\b(by|on|ignoring|without|group_left|group_right)\s*\(([^()]*)\)", without_text(query)):
        for label in filter(None, re.split(r"[,\s]+", named)):
            if label not in labels:
                wrong(f"{where}: {kind} ({label}): no metric of this query has that label")


def check_syntax(promtool, queries):
    """Each query as a rule of its own, as promtool reads it."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "queries.json"  # JSON is YAML
        file.write_text(json.dumps({"groups": [{"name": "queries", "rules": [{"record": f"query:{number}", "expr": query} for number, (_, query) in enumerate(queries)]}]}), encoding="utf-8")
        said = subprocess.run([promtool, "check", "rules", str(file)], capture_output=True, text=True, timeout=60)
        for number, why in re.findall(r'"query:(\d+)".*?: (could not parse.*)', said.stdout + said.stderr):
            where, query = queries[int(number)]
            wrong(f"{where}: {why}: {query}")
        if said.returncode and not found:
            wrong(said.stdout + said.stderr)


def check_rules(known):
    """Gives the alerts and, for what is recorded, its labels."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    recorded = {}
    for rule in rules:  # each is recorded before it is used
        used = {}
        for name in names_in(rule["expr"]):
            used |= (known | recorded).get(name, {})
        if "record" in rule:
            recorded[rule["record"]] = used and used | dict.fromkeys(TARGET_LABELS) | known["prelabel_build_info"] | dict.fromkeys(made_labels(rule["expr"]))
    everything = known | recorded | {name: dict.fromkeys(labels) for name, labels in OTHERS.items()}
    for rule in rules:
        check_query(rule.get("alert") or rule["record"], rule["expr"], everything)
    alerts = [rule for rule in rules if "alert" in rule]
    for rule in alerts:
        has = {label for name in names_in(rule["expr"]) for label in everything.get(name, {})} | TARGET_LABELS | set(known["prelabel_build_info"])
        for text in rule["annotations"].values():
            for label in re.findall(r"\$labels\.(\w+)", text):
                if label not in has:
                    wrong(f"{rule['alert']}: its annotation names the label {label}, which it has not")
        if rule["labels"]["severity"] not in ("critical", "warning"):
            wrong(f"{rule['alert']}: severity {rule['labels']['severity']}")
    return alerts, everything


def sections():
    """Sections of the runbook by anchor: the text of each."""
    parts = re.split(r"^#{2,3} (.+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-"): text for title, text in zip(parts[1::2], parts[2::2])}


def check_runbook(alerts, base):
    known = sections()
    for rule in alerts:
        name = rule["alert"]
        if rule["annotations"].get("runbook_url") != f"{base}#{name.lower()}":
            wrong(f"{name}: its runbook_url is not {base}#{name.lower()}")
        text = known.get(name.lower())
        if text is None:
            wrong(f"{name} has no section in {RUNBOOK.name}")
        elif not ("- **Do**: " in text and "- **Query**: " in text):
            wrong(f"{name}: its section does not say what to do, or has no query")
        if f"(#{name.lower()})" not in known["alerts"]:
            wrong(f"{name} is not in the list of alerts of {RUNBOOK.name}")
    for anchor in known:
        if anchor.startswith("prelabel") and anchor not in {rule["alert"].lower() for rule in alerts}:
            wrong(f"{RUNBOOK.name} has a section {anchor} for no alert")
    return [(f"{RUNBOOK.name}: {anchor}", query) for anchor, text in known.items() if anchor.startswith("prelabel")
            for query in re.findall(r"`([^`]*)`", text.partition("- **Query**: ")[2]) if names_in(query)]


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def queries_of(dashboard):
    """Every query of the dashboard with the place that it stands in; a variable's without its function."""
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield f"panel “{panel['title']}”", target["expr"]
    for one in dashboard["annotations"]["list"]:
        yield f"annotation “{one['name']}”", one["expr"]
    for one in dashboard["templating"]["list"]:
        if one["type"] == "query":
            metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)", one["definition"]).groups()
            yield f"variable {one['name']}", f"count by ({label}) ({metric})"


def plain(query):
    """The query as Prometheus reads it: Grafana puts in what begins with $."""
    return query.replace("$__rate_interval", "5m").replace("$__range", "1h")


def check_dashboard(known, anchors):
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    queries = [(where, plain(query)) for where, query in queries_of(dashboard)]
    for where, query in queries:
        check_query(where, query, known)
    titles = [panel["title"] for panel in panels(dashboard) if panel["type"] != "row"]
    for panel in panels(dashboard):
        if panel["type"] == "row":
            continue
        if not panel["description"] or not panel["targets"]:
            wrong(f"panel “{panel['title']}” has no description or no query")
        for link in panel["links"]:
            base, _, anchor = link["url"].partition("#")
            if base != "${runbook}" or anchor not in anchors:
                wrong(f"panel “{panel['title']}” links to {link['url']}, which is not there")
    on_panels = {family(name) for panel in panels(dashboard) for target in panel.get("targets", []) for name in names_in(target["expr"])}
    every = {family(name) for name in known if name.startswith("prelabel_")}
    for name in sorted(every - on_panels - set(NOT_ON_A_PANEL)):
        wrong(f"{name} is on no panel, and no reason for that is given")
    for name in set(NOT_ON_A_PANEL) & on_panels | set(NOT_ON_A_PANEL) - every:
        wrong(f"{name} needs no reason for being on no panel")
    return queries, len(titles), next(one["query"] for one in dashboard["templating"]["list"] if one["name"] == "runbook")


def main():
    promtool = sys.argv[1]
    metrics = known_metrics()
    alerts, known = check_rules(metrics)
    queries, panel_count, base = check_dashboard(known, sections())
    of_runbook = check_runbook(alerts, base)
    for where, query in of_runbook:
        check_query(where, query, known)
    check_syntax(promtool, queries + of_runbook)
    for one in found:
        print(f"FAIL {one}")
    if found:
        sys.exit(1)
    print(f"{len(alerts)} alerts, {panel_count} panels, {len({family(name) for name in metrics})} metrics and the runbook agree")


if __name__ == "__main__":
    main()
