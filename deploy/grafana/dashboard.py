# Long: one table, a row for each panel.
"""The dashboard as a table: what each panel shows, in which unit, and when it is coloured. Writes prelabel.json beside it.

    deploy/grafana/dashboard.py [--check]      --check: fails if prelabel.json is not what this table says

Every panel takes its workers from prelabel_build_info: it has the group and the task, and shares job and instance with all other
metrics of a worker. A panel whose numbers an alert watches links to what to do.
"""

import json
import pathlib
import sys

OUT = pathlib.Path(__file__).with_name("prelabel.json")
RUNBOOK = "https://github.com/prelabel/prelabel/blob/main/docs/operations.md"
WIDTH, HEIGHT = 24, 7

# --- queries -----------------------------------------------------------------------------------------------------------------

CHOSEN = 'namespace=~"$namespace",group=~"$group",task=~"$task"'
WORKERS = f"prelabel_build_info{{{CHOSEN}}}"


def mine(expression):
    """Of the chosen workers only."""
    return f"{expression} and on (job, instance) {WORKERS}"


def gauge(name, labels=""):
    return mine(f'{name}{{namespace=~"$namespace"{"," + labels if labels else ""}}}')


def rate(name, labels="", over="$__rate_interval"):
    return mine(f'rate({name}{{namespace=~"$namespace"{"," + labels if labels else ""}}}[{over}])')


def total(expression, by=""):
    return f"sum by ({by}) ({expression})" if by else f"sum({expression})"


def increase(name, labels="", by="", over="$__range"):
    """In the whole range shown, also of workers that have ended since."""
    series = f'increase({name}{{namespace=~"$namespace"{"," + labels if labels else ""}}}[{over}])'
    return total(f"{series} and on (job, instance) last_over_time({WORKERS}[{over}])", by)


def quantile(q, name):
    return f"histogram_quantile({q}, {total(rate(name + '_bucket'), 'le')})"


def quantiles(name, *qs):
    return [(quantile(q, name), f"p{q * 100:g}") for q in qs]


def by_group(name):
    """A number of partitions: while one moves, two workers show it."""
    return (f'max by (group, topic, partition) ({name}{{namespace=~"$namespace"}}'
            f" * on (job, instance) group_left (group) max by (job, instance, group) ({WORKERS}))")


def share(part, whole):
    return f"{part} / {whole}"


LAG = total(by_group("prelabel_consumer_lag_records"))
FINISHED = total(rate("prelabel_documents_total", 'outcome!="abandoned"', "10m"))
DRAIN = f"({LAG} == 0) or {LAG} / {FINISHED}"
AGE = f"max({by_group('prelabel_consumer_watermark_age_seconds')})"
FINISHED_NOW = total(rate("prelabel_documents_total", 'outcome!="abandoned"'))
CALLS = total(rate("prelabel_calls_total"))
FAILED_SHARE = share(total(rate("prelabel_calls_total", 'reply!="answered"')), CALLS)
COST_HOUR = f"3600 * {total(rate('prelabel_cost_usd_total'))}"
WORKER = "{{pod}} {{instance}}"  # outside Kubernetes there is no pod, and its name is empty
# Without the group's label: a target is one number for all.
TARGET = "prelabel:target_{}"

# --- panels ------------------------------------------------------------------------------------------------------------------

GREEN, YELLOW, RED, BLUE = "green", "yellow", "red", "blue"


def panel(kind, title, queries, about, unit, width, *, runbook=None, steps=(), options=None, custom=None, height=HEIGHT, overrides=(), mappings=(), instant=False, maximum=None):
    defaults = {"unit": unit, "color": {"mode": "thresholds" if kind == "stat" else "palette-classic"}, "min": 0,
                "thresholds": {"mode": "absolute", "steps": [{"color": GREEN if steps else BLUE, "value": None}, *({"color": c, "value": v} for v, c in steps)]}}
    if maximum is not None:
        defaults["max"] = maximum
    if mappings:
        defaults["mappings"] = mappings
    if custom:
        defaults["custom"] = custom
    return {"type": kind, "title": title, "description": about, "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "targets": [{"refId": chr(ord("A") + i), "datasource": {"type": "prometheus", "uid": "${datasource}"}, "expr": expr, "legendFormat": legend, "editorMode": "code",
                         **({"instant": True, "range": False} | ({"format": "table"} if kind == "table" else {}) if instant else {"range": True})} for i, (expr, legend) in enumerate(queries)],
            "fieldConfig": {"defaults": defaults, "overrides": list(overrides)}, "options": options or {},
            "links": [{"title": f"What to do: {runbook}", "url": f"${{runbook}}#{runbook.lower()}", "targetBlank": True}] if runbook else [], "gridPos": {"w": width, "h": height}}


def stat(title, query, about, unit, steps=(), **more):
    """One number and how it went. Green, yellow and red judge it; blue only tells."""
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "background", "graphMode": "area", "textMode": "value", "justifyMode": "center"}
    return panel("stat", title, [(query, "")], about, unit, 3, steps=steps, options=options, height=4, **more)


def lines(title, queries, about, unit, width=8, *, stack=False, limits=(), steps=(), **more):
    """Lines over time. `limits`: legends drawn as dashed red lines. `steps`: drawn as lines where the colour would change."""
    custom = {"lineWidth": 1, "fillOpacity": 25 if stack else 8, "showPoints": "never", "spanNulls": False, "stacking": {"mode": "normal" if stack else "none", "group": "A"},
              "thresholdsStyle": {"mode": "dashed" if steps else "off"}}
    overrides = [{"matcher": {"id": "byName", "options": name}, "properties": [
        {"id": "color", "value": {"mode": "fixed", "fixedColor": RED}}, {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [8, 6]}},
        {"id": "custom.fillOpacity", "value": 0}, {"id": "custom.stacking", "value": {"mode": "none", "group": "limit"}}]} for name in limits]
    options = {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": len(queries) > 1 or "{{" in queries[0][1]}, "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, queries, about, unit, width, steps=steps, options=options, custom=custom, overrides=overrides, **more)


def states(title, query, legend, about, width, mappings):
    """A bar for each series while it exists."""
    shown = {str(value): {"text": text, "color": colour, "index": value} for value, text, colour in mappings}
    return panel("state-timeline", title, [(query, legend)], about, "none", width, custom={"fillOpacity": 80, "lineWidth": 0},
                 options={"showValue": "never", "rowHeight": 0.8, "mergeValues": True, "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}},
                 mappings=[{"type": "value", "options": shown}])


def well():
    return [
        stat("Paused workers", total(gauge("prelabel_paused")), "Workers that send only probes: no money, a wrong key, a refused request, or an outage.", "none",
             [(1, RED)], runbook="PrelabelPaused"),
        stat("Lag", LAG, "Records of the topic that are not committed.", "short", runbook="PrelabelBehind"),
        stat("Time to drain", DRAIN, "The lag over the documents of the last ten minutes: how long it takes if nothing more arrives.", "s",
             [(1800, YELLOW), (3600, RED)], runbook="PrelabelBehind"),
        stat("Oldest document", AGE, "How long ago the oldest document without an outcome was written to the topic.", "s",
             [(1800, YELLOW), (3600, RED)], runbook="PrelabelWatermarkOld"),
        stat("Documents", FINISHED_NOW, "Documents that got their outcome, per second: labeled or dead letter.", "ops"),
        stat("Failed calls", FAILED_SHARE, "Share of the calls to the model that got no answer: refused, overloaded, timed out.", "percentunit",
             [(0.02, YELLOW), (0.1, RED)], runbook="PrelabelProviderFailing"),
        stat("Cost per hour", COST_HOUR, "At the configured prices, as far as tokens are counted.", "currencyUSD", runbook="PrelabelCostRate"),
        stat("Alerts", f'count(ALERTS{{alertname=~"Prelabel.+",alertstate="firing",namespace=~"$namespace",group=~"$group"}}) or vector(0)', "Alerts that fire. The list is below, under Faults.", "none",
             [(1, RED)]),
        lines("Lag and what is in hand", [(LAG, "lag"), (total(gauge("prelabel_documents_in_flight")), "in flight")], "Records that are not committed, and documents that are being worked on.", "short", 8,
              runbook="PrelabelBehind"),
        lines("Time to drain and age of the oldest document", [(DRAIN, "time to drain"), (AGE, "oldest document"), (TARGET.format("drain_seconds"), "target")],
              "Both should stay below the target of the rules.", "s", 8, limits=["target"], runbook="PrelabelBehind"),
        lines("What calls wait for", [(total(rate("prelabel_wait_seconds_total"), "reason"), "{{reason}}")],
              "Calls that wait, on average, by reason. tokens, requests and provider: the quota is the limit, and more workers do not help. in_flight: raise llm.limits.max_in_flight.", "none", 8, stack=True,
              runbook="PrelabelQuotaExhausted"),
    ]


def throughput():
    return [
        lines("Documents by outcome", [(total(rate("prelabel_documents_total"), "outcome"), "{{outcome}}")], "Abandoned documents are read again by the partition's next owner.", "ops", stack=True),
        lines("Duration of a document", quantiles("prelabel_document_duration_seconds", 0.5, 0.95, 0.99), "From reading a document to its durable output, including waits.", "s"),
        lines("Age of a document when it is done", quantiles("prelabel_document_age_seconds", 0.5, 0.95, 0.99), "From the record's timestamp to the durable output: what a reader of the output sees.", "s",
              runbook="PrelabelLateFast"),
        lines("Done within 15 minutes", [(share(total(rate("prelabel_document_age_seconds_bucket", 'le=~"900(\\\\.0)?"')), total(rate("prelabel_document_age_seconds_count"))), "share"),
                                         (TARGET.format("on_time_ratio"), "objective")], "Share of the documents that were done within 15 minutes of their record's timestamp.", "percentunit",
              limits=["objective"], maximum=1, runbook="PrelabelLateSlow"),
        lines("Documents in flight", [(total(gauge("prelabel_documents_in_flight")), "in flight"), (total(gauge("prelabel_documents_in_flight_limit")), "limit")],
              "Near the limit, the worker reads no more until documents end.", "short", limits=["limit"]),
        lines("Bytes in flight", [(total(gauge("prelabel_input_in_flight_bytes")), "in flight"), (total(gauge("prelabel_input_in_flight_limit_bytes")), "limit")],
              "Records that are being worked on: value, key and headers.", "bytes", limits=["limit"]),
        lines("Records read", [(total(rate("prelabel_consumer_records_total")), "read"), (total(rate("prelabel_documents_skipped_total")), "done before"), (total(rate("prelabel_tombstones_total")), "tombstones")],
              "Records that were done before their partition came here, and records without a value, cost nothing.", "ops"),
        lines("Partitions of each worker", [(gauge("prelabel_partitions_assigned"), WORKER)], "A worker with none waits for one: more workers than partitions, or a rebalance.", "none",
              runbook="PrelabelNoPartition"),
        lines("Workers that drain", [(total(gauge("prelabel_draining")), "draining")], "They finish what they hold and read no more.", "none"),
    ]


def quota():
    def used(kind):
        chosen = f'quota="{kind}"'
        return [(total(gauge("prelabel_quota_used_per_minute", chosen)), "used"), (total(gauge("prelabel_quota_limit_per_minute", chosen)), "limit")]

    return [
        lines("Used of the quota", [(f"max by (quota) ({gauge('prelabel_quota_utilisation_ratio')})", "{{quota}}")], "Of the worker that uses most of its limit. Near 1 the quota is the bottleneck.", "percentunit",
              steps=[(0.95, YELLOW)], runbook="PrelabelQuotaExhausted"),
        lines("Tokens per minute", used("tokens"), "Reserved for calls in the last minute, summed over the workers, and their limits.", "short", limits=["limit"], runbook="PrelabelQuotaExhausted"),
        lines("Requests per minute", used("requests"), "Calls sent in the last minute, summed over the workers, and their limits.", "short", limits=["limit"], runbook="PrelabelQuotaExhausted"),
        lines("Refused for the quota (429)", [(share(total(rate("prelabel_calls_total", 'reply="throttled"')), CALLS), "share")],
              "Share of the calls. It stays near 0 unless somebody else uses the account or limits are set too high.", "percentunit", steps=[(0.02, RED)], runbook="PrelabelThrottled"),
        lines("Learned from refusals", [(f"max({gauge('prelabel_learned_requests_per_minute')})", "requests per minute"), (f"max({gauge('prelabel_learned_in_flight')})", "calls at once")],
              "What the provider's 429s have taught; 0: nothing.", "short", runbook="PrelabelThrottled"),
        lines("Reserved and counted tokens", [(total(rate("prelabel_reserved_tokens_total")), "reserved"), (total(rate("prelabel_tokens_total")), "counted")],
              "The difference is mostly llm.max_output_tokens that answers do not need: it is quota that is not used.", "ops", runbook="PrelabelQuotaExhausted"),
        lines("Calls in flight", [(total(gauge("prelabel_calls_in_flight")), "in flight"), (total(gauge("prelabel_calls_in_flight_limit")), "limit")], "Calls to the model under way.", "short", limits=["limit"]),
        lines("Waits before calls", [(total(rate("prelabel_waits_total"), "reason"), "{{reason}}")], "How often a call waited before it was sent.", "ops", stack=True),
        lines("Duration of a call", quantiles("prelabel_call_duration_seconds", 0.5, 0.95, 0.99), "From sending a call to its reply.", "s", runbook="PrelabelProviderFailing"),
    ]


def cost():
    return [
        lines("Cost per hour", [(COST_HOUR, "cost"), (TARGET.format("cost_usd_per_hour"), "target")], "At the configured prices, as far as tokens are counted.", "currencyUSD", limits=["target"], runbook="PrelabelCostRate"),
        lines("Cost of 1,000 documents", [("1000 * " + share(total(rate("prelabel_cost_usd_total")), FINISHED_NOW), "cost")], "All calls, also those of retries and of dead letters.", "currencyUSD", runbook="PrelabelCostRate"),
        lines("Tokens", [(total(rate("prelabel_tokens_total"), "kind"), "{{kind}}")], "Per second, as the provider counts them.", "ops", stack=True),
        stat("Spent in this range", increase("prelabel_cost_usd_total"), "By all workers, also those that have ended.", "currencyUSD", instant=True) | {"gridPos": {"w": 4, "h": HEIGHT}},
        lines("Where answers came from", [(total(rate("prelabel_cache_lookups_total"), "tier"), "{{tier}}")], "miss is a call; every other answer is free.", "ops", 10, stack=True),
        lines("Answers in the journals", [(total(gauge("prelabel_journal_answers")), "answers")], "Paid answers that a restart finds on disk.", "short"),
        lines("Size of the journals", [(total(gauge("prelabel_journal_bytes")), "size"), (total(gauge("prelabel_journal_limit_bytes")), "limit")],
              "At the limit, the oldest answers are removed for new ones.", "bytes", limits=["limit"]),
        lines("Memory of the journals", [(total(gauge("prelabel_journal_index_bytes")), "index")], "Of the tables that answers are found by.", "bytes"),
        lines("Written to the journals", [(total(rate("prelabel_journal_records_total")), "written"), (total(rate("prelabel_journal_not_kept_total")), "used, not kept"),
                                          (total(rate("prelabel_journal_segments_dropped_total")), "files removed")],
              "Per second. What is not kept would be paid again after a crash.", "ops", runbook="PrelabelJournalFailing"),
        lines("The journals' troubles", [(f"max({gauge('prelabel_journal_failing')})", "failing"), (total(rate("prelabel_journal_write_failures_total")), "failed writes"),
                                         (total(gauge("prelabel_journal_torn_tails_total")), "torn by crashes"), (total(gauge("prelabel_journal_damaged_total")), "damaged")],
              "Writes that fail; writes that crashes had cut, and records that could not be read, since the workers started.", "short", steps=[(1, RED)], runbook="PrelabelJournalFailing"),
        lines("Cost that is not known", [(total(rate("prelabel_answers_without_usage_total")), "answers without token counts"), (total(rate("prelabel_malformed_usage_total")), "impossible token counts"),
                                         (total(rate("prelabel_http_calls_total", 'state="sent_unknown"')), "sent, no response")],
              "Answers and calls per second that may be charged and are in no sum.", "ops", 10, runbook="PrelabelCostUnknown"),
    ]


def quality():
    found = total(rate("prelabel_entities_total"))
    dropped = rate("prelabel_discarded_total")
    invalid = total(rate("prelabel_dead_letters_total", 'class="invalid_answer"'))
    return [
        lines("Entities by label", [(total(rate("prelabel_entities_total"), "label"), "{{label}}")], "Published per second. A label that stops is a changed prompt, model or topic.", "ops", stack=True),
        lines("How entities were found", [(total(rate("prelabel_entities_total"), "match"), "{{match}}")], "Published per second: exact, normalized (case, white space, Unicode form) or fuzzy.", "ops", stack=True),
        lines("Set aside", [(f"{total(dropped, 'reason')} / ignoring (reason) group_left () ({found} + {total(dropped)})", "{{reason}}")],
              "Share of the model's mentions. not_in_text: the model invents or rewrites entities.", "percentunit", steps=[(0.1, RED)], runbook="PrelabelInventedEntities"),
        lines("Answers that cannot be used", [(share(f"({total(rate('prelabel_reasks_total'))} + {invalid})", total(rate("prelabel_calls_total", 'reply="answered"'))), "share")],
              "Share of the answers: asked again, or a dead letter.", "percentunit", steps=[(0.05, RED)], runbook="PrelabelInvalidAnswers"),
        lines("Answers that were understood", [(total(rate("prelabel_answers_adapted_total"), "how"), "{{how}}"), (total(rate("prelabel_reasks_total")), "asked again")],
              "Per second: cut out of a fence or of prose, read in another form, or asked for again.", "ops", runbook="PrelabelInvalidAnswers"),
        lines("Partial documents", [(share(total(rate("prelabel_documents_total", 'outcome="partial"')), FINISHED_NOW), "partial"),
                                   (share(total(rate("prelabel_texts_dropped_total")), FINISHED_NOW), "without text")],
              "Share of the documents of which something was set aside, and of records that would be too large with their text.", "percentunit", runbook="PrelabelTextsDropped"),
    ]


def kafka():
    return [
        lines("Lag by partition", [(by_group("prelabel_consumer_lag_records"), "{{topic}}/{{partition}}")], "Records that are not committed.", "short", runbook="PrelabelBehind"),
        lines("Age of the oldest document by partition", [(by_group("prelabel_consumer_watermark_age_seconds"), "{{topic}}/{{partition}}")],
              "One line above the others: a slow document holds its partition's commit back.", "s", runbook="PrelabelWatermarkOld"),
        lines("Progress by partition", [(total(mine('clamp_min(deriv(prelabel_consumer_committed_offset{namespace=~"$namespace"}[5m]), 0)'), "topic, partition"), "{{topic}}/{{partition}}")],
              "Offsets committed per second.", "ops", runbook="PrelabelWatermarkOld"),
        lines("Commits", [(total(rate("prelabel_commits_total"), "result"), "{{result}}")], "About one a second and worker while documents end.", "ops", runbook="PrelabelCommitsFailing"),
        lines("Duration of a commit", quantiles("prelabel_commit_duration_seconds", 0.5, 0.99), "How long commits took.", "s", runbook="PrelabelCommitsFailing"),
        lines("Transactions", [(total(rate("prelabel_transactions_total"), "outcome"), "{{outcome}}")], "With `output.delivery: exactly_once`. Those that are aborted are made again; indefinite ones got no answer and were read back.", "ops",
              runbook="PrelabelCommitsFailing"),
        lines("Duration of a transaction", quantiles("prelabel_transaction_duration_seconds", 0.5, 0.99), "From its first record to its commit. Readers of the output wait for it.", "s", runbook="PrelabelCommitsFailing"),
        lines("Outputs that wait", [(total(gauge("prelabel_outputs_waiting")), "not durable"), (total(gauge("prelabel_producer_in_flight")), "sent, not acknowledged")],
              "Outcomes that a crash would lose and buy again. They are normally gone within a second.", "short", runbook="PrelabelOutputsWaiting"),
        lines("Brokers", [(f"min({gauge('prelabel_consumer_brokers_up')})", "consumer"), (f"min({gauge('prelabel_producer_brokers_up')})", "producer")],
              "Connections to brokers of the worker that has the fewest. 0: none answers.", "none", runbook="PrelabelBrokersDown"),
        lines("Records read and written", [(total(rate("prelabel_consumer_records_total")), "read"), (total(rate("prelabel_producer_records_total")), "written")], "Written records include dead letters.", "ops"),
        lines("Bytes read and written", [(total(rate("prelabel_consumer_bytes_total")), "read"), (total(rate("prelabel_producer_bytes_total")), "written")], "Keys and values read, acknowledged values.", "Bps"),
        lines("Rebalances", [(increase("prelabel_rebalances_total", by="change", over="$__rate_interval"), "{{change}}"), (increase("prelabel_consumer_lost_assignments_total", over="$__rate_interval"), "lost")],
              "Changes of the assignment. Lost ones could not commit first.", "none", runbook="PrelabelRebalancing"),
        lines("Records lost", [(gauge("prelabel_records_lost_total"), WORKER)], "Since each worker's start: deleted from the input topic before they were read. Its retention is shorter than what waits. 0 is normal.",
              "none", runbook="PrelabelRecordsLost"),
        lines("The producer's troubles", [(total(rate("prelabel_write_failures_total")), "written again"), (total(rate("prelabel_producer_failures_total")), "not taken"), (total(rate("prelabel_producer_full_queue_total")), "full queue"),
                                          (total(rate("prelabel_producer_sent_alone_total")), "sent alone"), (total(rate("prelabel_producer_rebuilds_total")), "producers replaced")],
              "Per second. Nothing is lost: each is tried again.", "ops", runbook="PrelabelWritesFailing"),
    ]


def faults():
    prelabel_alerts = 'alertname=~"Prelabel.+",namespace=~"$namespace",group=~"$group"'
    return [
        states("Alerts", f'max by (alertname) (2 * ALERTS{{{prelabel_alerts},alertstate="firing"}} or ALERTS{{{prelabel_alerts}}})', "{{alertname}}",
               "Each has a section of its name in the runbook.", 12, [(1, "pending", YELLOW), (2, "firing", RED)]),
        lines("Dead letters by class", [(increase("prelabel_dead_letters_total", by="class", over="$__rate_interval"), "{{class}}")], "Documents that could not be labeled; they are on the dead-letter topic with their reason.", "short", 12,
              stack=True, runbook="PrelabelDeadLetters"),
        lines("Calls by reply", [(total(rate("prelabel_calls_total"), "reply"), "{{reply}}")], "What the replies meant.", "ops", 12, stack=True, runbook="PrelabelProviderFailing"),
        lines("Calls made again", [(total(rate("prelabel_retries_total")), "retried"), (total(rate("prelabel_http_resent_total")), "idle connection was dead"), (total(rate("prelabel_shape_refusals_total")), "part of the request refused")],
              "Per second.", "ops", 12, runbook="PrelabelProviderFailing"),
        lines("How far calls came", [(total(rate("prelabel_http_calls_total"), "state"), "{{state}}")], "sent_unknown got no response and may have been charged.", "ops", runbook="PrelabelUnansweredCalls", width=6),
        lines("Key files that cannot be used", [(gauge("prelabel_key_files_failing"), WORKER)], "What was in them before is used; a restart would fail. 0 is normal.", "none", 6, runbook="PrelabelKeyFileFailing"),
        lines("Connections to the model", [(total(rate("prelabel_http_connections_opened_total")), "opened"), (total(rate("prelabel_http_connections_failed_total")), "failed"),
                                           (total(rate("prelabel_http_connections_spoiled_total")), "spoiled")], "Per second. A spoiled one carried a response that nobody had asked for.", "ops", 6, runbook="PrelabelStrayResponses"),
        lines("The consumer's troubles", [(total(rate("prelabel_consumer_errors_total")), "consumer errors"), (total(rate("prelabel_producer_errors_total")), "producer errors"),
                                          (total(rate("prelabel_consumer_restarts_total")), "partitions that started over")], "Per second, as the Kafka clients report them.", "ops", 6, runbook="PrelabelTopicStartedOver"),
    ]


def process():
    per_worker = WORKER
    return [
        lines("Memory of its limit", [(mine('prelabel_process_resident_memory_bytes{namespace=~"$namespace"} / prelabel_process_memory_limit_bytes'), per_worker)],
              "Resident memory over what the container (or else the machine) has.", "percentunit", steps=[(0.9, RED)], maximum=1, runbook="PrelabelMemoryHigh"),
        lines("Memory", [(gauge("prelabel_process_resident_memory_bytes"), per_worker)], "Resident memory of each worker.", "bytes", runbook="PrelabelMemoryHigh"),
        lines("CPU", [(rate("prelabel_process_cpu_seconds_total"), per_worker)], "Cores in use. The pipeline has one thread; Kafka's clients have theirs.", "none", runbook="PrelabelLoopLate"),
        lines("Lag of the loop", [(gauge("prelabel_loop_lag_seconds"), per_worker)], "How late the loop's timers fired at worst in the last second.", "s", steps=[(1, RED)], runbook="PrelabelLoopLate"),
        lines("Open files", [(gauge("prelabel_process_open_files"), per_worker)], "Connections, files and sockets.", "none", runbook="PrelabelLocalLimit"),
        lines("Uptime", [(gauge("prelabel_process_uptime_seconds"), per_worker)], "A line that falls to 0 again and again is a worker that is killed.", "s", runbook="PrelabelRestarting"),
        lines("Connections", [(total(gauge("prelabel_http_connections"), "state"), "{{state}}"), (total(rate("prelabel_http_connections_reused_total")), "reused per second")], "Open connections to the model.", "short"),
        lines("Traffic with the model", [(total(rate("prelabel_http_sent_bytes_total")), "sent"), (total(rate("prelabel_http_received_bytes_total")), "received")], "Before and after TLS.", "Bps"),
        panel("table", "Workers", [(f"count by (namespace, group, task, task_version, version) ({WORKERS})", "")], "Which versions run, and how many workers of each.", "none", 8, instant=True,
              options={"showHeader": True}, overrides=[{"matcher": {"id": "byName", "options": "Time"}, "properties": [{"id": "custom.hidden", "value": True}]}], runbook="PrelabelNoWorker"),
    ]


ROWS = [("Is it well?", well, True), ("Throughput", throughput, True), ("Quota", quota, False), ("Cost", cost, False), ("Quality", quality, False), ("Kafka", kafka, False), ("Faults", faults, False), ("Process", process, False)]

# --- the whole ---------------------------------------------------------------------------------------------------------------


def laid_out():
    """Panels from left to right, each row of the dashboard below the one before. A row that is closed holds its panels."""
    out, y, number = [], 0, 0

    def numbered(one):
        nonlocal number
        number += 1
        return {"id": number} | one

    for title, panels, is_open in ROWS:
        row = numbered({"type": "row", "title": title, "collapsed": not is_open, "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}, "panels": []})
        out.append(row)
        y += 1
        x = line = 0
        for one in map(numbered, panels()):
            width, height = one["gridPos"]["w"], one["gridPos"]["h"]
            if x + width > WIDTH:
                x, y, line = 0, y + line, 0
            one["gridPos"] = {"x": x, "y": y, "w": width, "h": height}
            x, line = x + width, max(line, height)
            (out if is_open else row["panels"]).append(one)
        y += line
    return out


def variable(name, label, query):
    return {"type": "query", "name": name, "label": label, "datasource": {"type": "prometheus", "uid": "${datasource}"}, "definition": query, "query": {"query": query, "refId": name}, "refresh": 2, "sort": 1,
            "multi": True, "includeAll": True, "allValue": ".*", "current": {"selected": True, "text": ["All"], "value": ["$__all"]}}


def annotation(name, colour, query, text):
    return {"name": name, "enable": True, "iconColor": colour, "datasource": {"type": "prometheus", "uid": "${datasource}"}, "expr": query, "titleFormat": name, "textFormat": text, "step": "30s"}


def dashboard():
    versions = "count by (group, task, version, task_version)"
    return {
        "uid": "prelabel", "title": "prelabel", "description": "Workers that label documents: is it well, and if not, why.", "tags": ["prelabel", "kafka", "llm"],
        "schemaVersion": 39, "version": 1, "editable": True, "graphTooltip": 1, "refresh": "30s", "time": {"from": "now-3h", "to": "now"}, "timezone": "browser",
        "links": [{"title": "Operations", "type": "link", "icon": "doc", "url": "${runbook}", "targetBlank": True}],
        "annotations": {"list": [
            # For five minutes after a version of the program or of the task appears, and for the first minute of each worker.
            annotation("Rollout", "blue", f"{versions} ({WORKERS}) unless {versions} ({WORKERS} offset 5m)", "{{version}}, task {{task}} {{task_version}}, group {{group}}"),
            annotation("Worker started", "purple", mine('prelabel_process_uptime_seconds{namespace=~"$namespace"} < 60'), "{{instance}}"),
        ]},
        "templating": {"list": [
            {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "current": {}},
            variable("namespace", "Namespace", "label_values(prelabel_build_info, namespace)"),
            variable("group", "Group", 'label_values(prelabel_build_info{namespace=~"$namespace"}, group)'),
            variable("task", "Task", 'label_values(prelabel_build_info{namespace=~"$namespace",group=~"$group"}, task)'),
            {"type": "constant", "name": "runbook", "hide": 2, "query": RUNBOOK, "current": {"text": RUNBOOK, "value": RUNBOOK}},
        ]},
        "panels": laid_out(),
    }


def main():
    text = json.dumps(dashboard(), indent=1, ensure_ascii=False) + "\n"
    if "--check" in sys.argv[1:]:
        if OUT.read_text(encoding="utf-8") != text:
            sys.exit(f"{OUT} is not what {__file__} says: run {__file__}")
    else:
        OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
