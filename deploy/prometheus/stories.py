"""Stories for the alerts: in each bad one its alert fires, in each good one nothing does. promtool tells them.

    stories.py PROMTOOL [--flip]      --flip: also turns each alert's comparisons around, and expects a story to notice

A story is what a group's only worker exports, a sample a minute, as `promtool test rules` writes it. All groups are there at
once, and everything that fires is compared: an alert that fires beside its own story is found too.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

RULES = pathlib.Path(__file__).with_name("rules.yaml")
BUILD = "prelabel_build_info"
RUNS = {BUILD: "1x1500"}


class Story:
    def __init__(self, alert, bad, good, *, at=40, labels=None, of_worker=False, also=(), good_also=(), quiet_worker=True):
        self.alert, self.bad, self.good, self.at, self.labels, self.of_worker = alert, bad, good, at, labels or {}, of_worker
        self.fires = {"bad": [alert, *also], "good": good_also}
        if quiet_worker:
            self.bad, self.good = RUNS | bad, RUNS | good


def mostly(name, label, usual, odd, rates):
    """A counter of which one value of a label is usual, and others are not."""
    return {f'{name}{{{label}="{usual}"}}': rates[0], f'{name}{{{label}="{odd}"}}': rates[1]}


def lag(records, per_minute, **more):
    return {'prelabel_consumer_lag_records{topic="raw",partition="0"}': f"{records}x60", 'prelabel_documents_total{outcome="complete"}': f"0+{per_minute}x60",
            'prelabel_wait_seconds_total{reason="tokens"}': f"0+{more.get('waiting', 0) * 60}x60"}


def ages(*times, le="900.0"):
    """For so many minutes, of 1,000 documents a minute so many are late."""
    on_time, every, done = [], [], [0, 0]
    for minutes, late in times:
        for told, at, rate in ((on_time, 0, 1000 - late), (every, 1, 1000)):
            told.append(f"{done[at]}+{rate}x{minutes - 1}")
            done[at] += rate * minutes
    return {f'prelabel_document_age_seconds_bucket{{le="{le}"}}': " ".join(on_time), "prelabel_document_age_seconds_count": " ".join(every)}


def age(seconds):
    return {'prelabel_consumer_watermark_age_seconds{topic="raw",partition="3"}': f"{seconds}x60"}


def pod(name):
    """A worker as Kubernetes names it."""
    return {f'{BUILD}{{pod="{name}"}}': "1x60"}


def deployment(name, wanted, ready):
    """As kube-state-metrics tells it."""
    return {f'kube_deployment_spec_replicas{{deployment="{name}"}}': wanted, f'kube_deployment_status_replicas_ready{{deployment="{name}"}}': ready}


def stateful(name, wanted, ready):
    return {f'kube_statefulset_replicas{{statefulset="{name}"}}': wanted, f'kube_statefulset_status_replicas_ready{{statefulset="{name}"}}': ready}


def starts(times, apart, end):
    """The uptime of a process that starts again so often, the last time for good."""
    return {"prelabel_process_uptime_seconds": " ".join([f"0+60x{apart - 1}"] * times + [f"0+60x{end}"])}


# A healthy worker with little to do: a document in ten minutes, of which one is late; 12 calls, of which one of each kind fails.
SMALL = {
    'prelabel_document_age_seconds_bucket{le="900.0"}': "0x7 1x9 2x9 3x40", "prelabel_document_age_seconds_count": "0x7 1x9 2x9 3x8 4x30",
    'prelabel_calls_total{reply="answered"}': "0x4 3x4 6x20 9x40", 'prelabel_calls_total{reply="throttled"}': "0x23 1x60",
    'prelabel_calls_total{reply="timed_out"}': "0x29 1x60", 'prelabel_http_calls_total{state="answered"}': "0x4 3x4 6x10 11x60",
    'prelabel_http_calls_total{state="sent_unknown"}': "0x22 1x60", "prelabel_reasks_total": "0x22 1x60", 'prelabel_dead_letters_total{class="invalid_answer"}': "0x60",
    'prelabel_discarded_total{reason="not_in_text"}': "0x22 1x60", 'prelabel_entities_total{label="PER",match="exact"}': "0x12 6x60",
}
# Brokers that restart, one after the other, within a minute: commits, writes and calls fail or wait meanwhile.
BROKERS_RESTART = {
    'prelabel_commits_total{result="done"}': "0+9x30 270x2 270+9x30", 'prelabel_commits_total{result="failed"}': "0x30 12x40", "prelabel_write_failures_total": "0x30 60 90x40",
    "prelabel_outputs_waiting": "0x30 500 0x40", "prelabel_producer_records_total": "0+60x30 1800 1900+60x40", 'prelabel_wait_seconds_total{reason="output"}': "0x30 600 1200x40",
    'prelabel_rebalances_total{change="revoked"}': "0x30 1x40", "prelabel_consumer_brokers_up": "3x30 2 3x40", "prelabel_producer_brokers_up": "3x30 2 3x40",
}


STORIES = [
    Story("PrelabelNoWorker", {BUILD: "1x10 stale"}, {BUILD: "1x60"}, at=20, quiet_worker=False),
    Story("PrelabelNoWorker", {BUILD: "1x10 stale"}, {BUILD: "1x10 stale", 'prelabel_build_info{task="renamed"}': "_x10 1x60"}, at=20, quiet_worker=False),
    Story("PrelabelWorkerSilent", {'prelabel_build_info{instance="other"}': "1x10 stale", 'up{instance="other"}': "1x10 0x30"}, {"up": "1x10 0 1x30"}, at=20, of_worker=True, labels={"instance": "other"}),
    Story("PrelabelRestarting", starts(5, 3, 40), starts(3, 3, 40), at=20, of_worker=True),  # three are planned ones
    Story("PrelabelRestarting", starts(5, 6, 40), starts(5, 3, 40), at=35, of_worker=True),  # it is over since 15 minutes
    Story("PrelabelRestarting", {"prelabel_process_uptime_seconds": " ".join(["0+60x2 stale"] * 6), BUILD: "1x22 stale"}, starts(1, 4, 60), at=23, of_worker=True),  # between two starts
    Story("PrelabelNoPartition", {"prelabel_partitions_assigned": "3x5 0x30"},
          {"prelabel_partitions_assigned": "3x60", 'prelabel_build_info{instance="spare"}': "1x60", 'prelabel_partitions_assigned{instance="spare"}': "0x60"}, at=20),
    Story("PrelabelLoopLate", {"prelabel_loop_lag_seconds": "0.01x5 2x20"}, {"prelabel_loop_lag_seconds": "0.01x15 2 0.01x30"}, at=20, of_worker=True),
    Story("PrelabelMemoryHigh", {"prelabel_process_resident_memory_bytes": "950x60", "prelabel_process_memory_limit_bytes": "1000x60"},
          {"prelabel_process_resident_memory_bytes": "850x60", "prelabel_process_memory_limit_bytes": "1000x60"}, of_worker=True),
    Story("PrelabelJournalFailing", {"prelabel_journal_failing": "0x5 1x20"}, {"prelabel_journal_failing": "0x16 1 1 0x30"}, at=20, of_worker=True),
    Story("PrelabelKeyFileFailing", {"prelabel_key_files_failing": "0x5 1x20"}, {"prelabel_key_files_failing": "0x14 1 1 0x30"}, at=20, of_worker=True),
    Story("PrelabelFewerWorkers", pod("few-7d9f8b6c5-x2x4z") | deployment("few", "4x60", "4x10 3x50"), pod("all-7d9f8b6c5-x2x4z") | deployment("all", "4x60", "4x60") | deployment("others", "4x60", "0x60"), quiet_worker=False),
    Story("PrelabelFewerWorkers", pod("my-few-12") | stateful("my-few", "4x60", "4x10 3x50"), pod("my-all-0") | stateful("my-all", "4x60", "4x29 3x5 4x60"), quiet_worker=False),  # one started again
    Story("PrelabelPaused", {"prelabel_paused": "0x10 1x60"}, {"prelabel_paused": "0x38 1x2 0x20"}),
    Story("PrelabelBehind", lag(1000, 6), lag(1000, 60)),
    Story("PrelabelBehind", lag(10, 0), lag(0, 0)),  # nothing ends; nothing is there
    Story("PrelabelQuotaExhausted", lag(1000, 6, waiting=2), lag(1000, 60, waiting=2)),
    Story("PrelabelWatermarkOld", age(4000), age(600), labels={"topic": "raw", "partition": "3"}),
    Story("PrelabelLateFast", ages((120, 500)), ages((120, 5)), at=90, also=["PrelabelLateSlow"]),
    Story("PrelabelLateFast", ages((600, 80), le="900"), ages((600, 5), le="900"), at=500, also=["PrelabelLateSlow"]),  # too little for an hour, too much for six; as the text format writes it
    Story("PrelabelLateFast", ages((1100, 0), (40, 500)), ages((1100, 0), (20, 500), (20, 0)), at=1130),  # too short for six hours; it is over
    Story("PrelabelLateFast", ages((500, 80)), ages((300, 100), (100, 0)), at=395, also=["PrelabelLateSlow"], good_also=["PrelabelLateSlow"]),  # it is over since half an hour
    Story("PrelabelLateFast", ages((120, 500)), SMALL, also=["PrelabelLateSlow"]),
    Story("PrelabelLateSlow", ages((60, 20)), SMALL, at=54),
    Story("PrelabelLateSlow", ages((600, 20)), ages((60, 500), (540, 0)), at=590),  # it is over since six hours
    Story("PrelabelLateSlow", ages((1450, 20)), ages((1100, 0), (350, 15)), at=1440),  # too little for three days
    Story("PrelabelThrottled", mostly("prelabel_calls_total", "reply", "answered", "throttled", ["0+60x60", "0+6x60"]), mostly("prelabel_calls_total", "reply", "answered", "throttled", ["0+60x60", "0+1x60"])),
    Story("PrelabelProviderFailing", mostly("prelabel_calls_total", "reply", "answered", "timed_out", ["0+60x60", "0+6x60"]) | {'prelabel_calls_total{reply="overloaded"}': "0+6x60"},
          mostly("prelabel_calls_total", "reply", "answered", "timed_out", ["0+60x60", "0+6x60"])),
    Story("PrelabelLocalLimit", mostly("prelabel_calls_total", "reply", "answered", "local_limit", ["0+60x60", "0x20 1+1x30"]), mostly("prelabel_calls_total", "reply", "answered", "local_limit", ["0+60x60", "0x60"]),
          labels={"reply": "local_limit"}),
    Story("PrelabelUnansweredCalls", mostly("prelabel_http_calls_total", "state", "answered", "sent_unknown", ["0+60x60", "0+2x60"]),
          mostly("prelabel_http_calls_total", "state", "answered", "sent_unknown", ["0+300x60", "0+2x60"]), at=55),
    Story("PrelabelStrayResponses", {"prelabel_http_connections_spoiled_total": "0x20 1x60"}, {"prelabel_http_connections_spoiled_total": "0x60"}, at=30),
    Story("PrelabelCostRate", {"prelabel_cost_usd_total": "0+0.5x60"}, {"prelabel_cost_usd_total": "0+0.4x60"}),
    Story("PrelabelCostUnknown", {"prelabel_answers_without_usage_total": "0+1x60", "prelabel_malformed_usage_total": "0x60"}, {"prelabel_answers_without_usage_total": "0x60", "prelabel_malformed_usage_total": "0x60"}),
    Story("PrelabelCostUnknown", {"prelabel_answers_without_usage_total": "0x60", "prelabel_malformed_usage_total": "0+1x60"}, {"prelabel_answers_without_usage_total": "7x60", "prelabel_malformed_usage_total": "7x60"}),
    Story("PrelabelDeadLetters", {'prelabel_dead_letters_total{class="refused"}': "0+2x60", 'prelabel_dead_letters_total{class="deadline"}': "0x60", 'prelabel_documents_total{outcome="complete"}': "0+60x60"},
          {'prelabel_dead_letters_total{class="refused"}': "0+2x60", 'prelabel_documents_total{outcome="complete"}': "0+600x60"}, labels={"class": "refused"}),
    Story("PrelabelDeadLetters", {'prelabel_dead_letters_total{class="deadline"}': "0+2x60", 'prelabel_documents_total{outcome="dead_letter"}': "0+2x60"},
          {'prelabel_dead_letters_total{class="deadline"}': "0x30 3x30", 'prelabel_documents_total{outcome="dead_letter"}': "0x30 3x30"}, labels={"class": "deadline"}),  # all of them; and three of three
    Story("PrelabelInvalidAnswers", {"prelabel_reasks_total": "0+6x60", 'prelabel_dead_letters_total{class="invalid_answer"}': "0x60", 'prelabel_calls_total{reply="answered"}': "0+60x60"},
          {"prelabel_reasks_total": "0+2x60", 'prelabel_dead_letters_total{class="invalid_answer"}': "0x60", 'prelabel_calls_total{reply="answered"}': "0+60x60"}, at=55),
    Story("PrelabelInventedEntities", {'prelabel_discarded_total{reason="not_in_text"}': "0+20x60", 'prelabel_entities_total{label="PER",match="exact"}': "0+100x60"},
          {'prelabel_discarded_total{reason="not_in_text"}': "0+5x60", 'prelabel_entities_total{label="PER",match="exact"}': "0+100x60", 'prelabel_discarded_total{reason="duplicate"}': "0+100x60"}, at=55),
    Story("PrelabelNotSearched", {'prelabel_discarded_total{reason="not_searched"}': "0+1x60"}, {'prelabel_discarded_total{reason="not_searched"}': "0x20 3x40"}),
    Story("PrelabelTextsDropped", {"prelabel_texts_dropped_total": "0+1x60"}, {"prelabel_texts_dropped_total": "9x60"}),
    Story("PrelabelBrokersDown", {"prelabel_consumer_brokers_up": "3x30 0x30", "prelabel_producer_brokers_up": "3x60"}, {"prelabel_consumer_brokers_up": "3x39 0 3x60", "prelabel_producer_brokers_up": "1x60"}, of_worker=True),
    Story("PrelabelBrokersDown", {"prelabel_consumer_brokers_up": "3x60", "prelabel_producer_brokers_up": "0x60"}, {"prelabel_consumer_brokers_up": "1x60", "prelabel_producer_brokers_up": "1x60"}, of_worker=True),
    Story("PrelabelCommitsFailing", mostly("prelabel_commits_total", "result", "done", "failed", ["0+9x60", "0x20 1+1x60"]), mostly("prelabel_commits_total", "result", "done", "failed", ["0+9x60", "0x36 1x60"])),
    Story("PrelabelWritesFailing", {"prelabel_write_failures_total": "0x20 1+1x60"}, {"prelabel_write_failures_total": "0x36 1x60"}),
    Story("PrelabelCommitsFailing", mostly("prelabel_commits_total", "result", "done", "failed", ["0+9x60", "0x20 1+1x60"]), BROKERS_RESTART, at=36),
    Story("PrelabelWritesFailing", {"prelabel_write_failures_total": "0x20 1+1x60"}, BROKERS_RESTART, at=37),
    Story("PrelabelOutputsWaiting", {"prelabel_outputs_waiting": "0x20 10x40", "prelabel_producer_records_total": "0+60x20 1200x40"}, {"prelabel_outputs_waiting": "10x60", "prelabel_producer_records_total": "0+60x60"}),
    Story("PrelabelOutputsWaiting", {'prelabel_wait_seconds_total{reason="output"}': "0+30x60"}, {'prelabel_wait_seconds_total{reason="output"}': "0+3x60", "prelabel_outputs_waiting": "0x60", "prelabel_producer_records_total": "0x60"}),
    Story("PrelabelBatchesRefused", {"prelabel_producer_sent_alone_total": "0+10x60"}, {"prelabel_producer_sent_alone_total": "9x60"}),
    Story("PrelabelRebalancing", {'prelabel_rebalances_total{change="revoked"}': "0+1x60", "prelabel_consumer_lost_assignments_total": "0x60"},
          {'prelabel_rebalances_total{change="revoked"}': "0x30 2x30", "prelabel_consumer_lost_assignments_total": "0x60"}, at=55),
    Story("PrelabelRebalancing", {'prelabel_rebalances_total{change="revoked"}': "0x60", "prelabel_consumer_lost_assignments_total": "0x14 1x4 2x60"},
          {'prelabel_rebalances_total{change="assigned"}': "0+1x60", "prelabel_consumer_lost_assignments_total": "0x20 1x60"}),  # it healed
    Story("PrelabelRebalancing", {'prelabel_rebalances_total{change="revoked"}': "0x60", "prelabel_consumer_lost_assignments_total": "0x14 1x4 2x60"},  # brokers were away: each worker lost its own, once
          {"prelabel_consumer_lost_assignments_total": "0x20 1x60", 'prelabel_build_info{instance="second"}': "1x60", 'prelabel_consumer_lost_assignments_total{instance="second"}': "0x20 1x60"}),
    Story("PrelabelRecordsLost", {"prelabel_records_lost_total": "0x70 4213x60"}, {"prelabel_records_lost_total": "4213x120"}, at=90),  # that was more than an hour ago
    Story("PrelabelRecordsLost", {BUILD: "_x30 1x60", "prelabel_records_lost_total": "_x30 7x60"}, {BUILD: "_x30 1x60", "prelabel_records_lost_total": "_x30 0x60"}, at=35),  # found before the first scrape
    Story("PrelabelRecordsLost", {BUILD: "1x37 stale", "prelabel_records_lost_total": "0x36 7 stale"}, {"prelabel_records_lost_total": "0x60"}),  # and then the worker ended
    Story("PrelabelTopicStartedOver", {"prelabel_consumer_restarts_total": "0x35 1x60"}, {"prelabel_consumer_restarts_total": "1x60"}),
]


def series(group, metrics):
    """A worker's metrics with the labels that Kubernetes' scrape gives them."""
    out = []
    for name, values in metrics.items():
        name, _, own = name.rstrip("}").partition("{")
        labels = {"job": "prelabel", "namespace": "n", "pod": group, "instance": group} | dict(re.findall(r'(\w+)="([^"]*)"', own))
        if name == BUILD:
            labels = {"group": group, "task": "t", "version": "1"} | labels
        out.append({"series": name + written(labels), "values": values})
    return out


def written(labels):
    return "{" + ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items()) + "}"


def expected(story, alerts, group, severity):
    fires = []
    for alert in alerts:
        labels = {"alertname": alert, "alertstate": "firing", "severity": severity[alert], "namespace": "n", "group": group, "task": "t"}
        if story.of_worker:
            labels |= {"job": "prelabel", "pod": group, "instance": group}
        fires.append({"labels": "ALERTS" + written(labels | story.labels), "value": 1})
    return fires


def test(stories, severity):
    """One test of all of them at once."""
    out = {"interval": "1m", "input_series": [], "promql_expr_test": []}
    for number, story in enumerate(stories):
        for kind, metrics in (("bad", story.bad), ("good", story.good)):
            group = f"{story.alert}-{number}-{kind}"
            out["input_series"] += series(group, metrics)
            out["promql_expr_test"].append({"expr": f'ALERTS{{alertstate="firing",group="{group}"}}', "eval_time": f"{story.at}m", "exp_samples": expected(story, story.fires[kind], group, severity)})
    return out


def nobody_ever(severity):
    """No worker was ever there: no label says which group is missed."""
    labels = written({"alertname": "PrelabelNoWorker", "alertstate": "firing", "severity": severity["PrelabelNoWorker"]})
    return {"interval": "1m", "promql_expr_test": [{"expr": 'ALERTS{alertstate="firing"}', "eval_time": "20m", "exp_samples": [{"labels": "ALERTS" + labels, "value": 1}]}]}


def tell(promtool, rules, stories, severity):
    """What promtool says of these rules; nothing if every story goes as it should."""
    short, long = ([story for story in stories if (story.at > 100) == hours] for hours in (False, True))
    files = [{"evaluation_interval": "1m", "tests": [nobody_ever(severity), test(short, severity)]}]
    if long:  # every rule is evaluated at every step: hours go in larger ones
        files.append({"evaluation_interval": "5m", "tests": [test(long, severity)]})
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "rules.yaml").write_text(rules, encoding="utf-8")
        for number, file in enumerate(files):
            (pathlib.Path(folder) / f"{number}.json").write_text(json.dumps({"rule_files": ["rules.yaml"]} | file), encoding="utf-8")  # JSON is YAML
        result = subprocess.run([promtool, "test", "rules", *sorted(map(str, pathlib.Path(folder).glob("*.json")))], capture_output=True, text=True, timeout=900)
        return "" if result.returncode == 0 else result.stdout + result.stderr


def alerts_of(rules):
    """Each alert's own text, by its name."""
    return {re.match(r" +- alert: (\w+)", text).group(1): text for text in re.findall(r"^ +- alert: .*?(?=^ +- alert: |^$|\Z)", rules, re.M | re.S)}


def flipped(text):
    """The alert with each of its comparisons turned around, one at a time."""
    expression = re.search(r"expr: .*?(?=^ +(?:for|labels):)", text, re.M | re.S)
    for found in re.finditer(r"(?<=[ )])(>=|<=|==|>|<)(?= )(?! on| ignoring)", expression.group()):
        at = expression.start() + found.start()
        other = {">": "<", ">=": "<", "<": ">", "<=": ">", "==": "!="}[found.group()]
        yield text[:at] + other + text[at + len(found.group()):]


def main():
    promtool = sys.argv[1]
    rules = RULES.read_text(encoding="utf-8")
    alerts = alerts_of(rules)
    severity = {name: re.search(r"severity: (\w+)", text).group(1) for name, text in alerts.items()}
    missing = set(alerts) ^ {story.alert for story in STORIES}
    if missing:
        sys.exit(f"alerts without a story, or stories without an alert: {', '.join(sorted(missing))}")
    if said := tell(promtool, rules, STORIES, severity):
        sys.exit(f"a story does not go as it should:\n{said}")
    print(f"{len(alerts)} alerts fire in their bad stories and are silent in {len(STORIES)} good ones")
    if "--flip" in sys.argv[2:]:
        flips = 0
        for name, text in alerts.items():
            for other in flipped(text):
                flips += 1
                own = [story for story in STORIES if story.alert == name]
                if not tell(promtool, rules.replace(text, other), own, severity):
                    sys.exit(f"no story of {name} notices this change:\n{other}")
        print(f"{flips} comparisons turned around, and each noticed")


if __name__ == "__main__":
    main()
