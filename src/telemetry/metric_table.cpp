#include "telemetry/metric_table.hpp"

#include <prelabel/telemetry/watermark_ages.hpp>

#include <algorithm>
#include <numeric>

namespace prelabel::telemetry {
namespace {

/// Entities by label and by how they were found.
Series entities(const pipeline::Stats& s) {
    Series series({"label", "match"});
    for (const auto& [label, found] : s.entities) {
        for (const auto match : enum_values<labeling::Match>)
            series.add({label, std::string(to_string(match))}, found[match]);
    }
    return series;
}

/// A limit is shown where there is one.
std::optional<double> limit(std::uint64_t per_minute) {
    if (per_minute == 0) return std::nullopt;
    return static_cast<double>(per_minute);
}

std::optional<double> share(double used, std::uint64_t per_minute) {
    if (per_minute == 0) return std::nullopt;
    return used / static_cast<double>(per_minute);
}

/// One number for each partition of which the broker has told it.
Series by_partition(const kafka::SourceStats& s, std::optional<std::int64_t> kafka::PartitionStats::*number) {
    Series series({"topic", "partition"});
    for (const auto& one : s.partitions)
        series.add({one.partition.topic, std::to_string(one.partition.number)}, one.*number);
    return series;
}

/// A partition that is read and done to its end has no old document. Before its first record is read, nobody knows.
std::optional<double> watermark_age(const Snapshot& s, const kafka::PartitionStats& one) {
    if (const auto age = s.watermark_ages.find(one.partition); age != s.watermark_ages.end())
        return std::chrono::duration<double>(age->second).count();
    if (done_to_its_end(one)) return 0;
    return std::nullopt;
}

Series watermark_ages(const Snapshot& s) {
    Series series({"topic", "partition"});
    for (const auto& one : s.source->partitions)
        series.add({one.partition.topic, std::to_string(one.partition.number)}, watermark_age(s, one));
    return series;
}

Series build(const Snapshot& s) {
    Series series({"version", "task", "task_version", "group"});
    series.add({s.version, s.task_name, s.task_version, s.group}, 1);
    return series;
}

void documents(MetricFamilies& m, const pipeline::Stats& s) {
    const auto dead = std::accumulate(s.dead_letters.begin(), s.dead_letters.end(), std::uint64_t{0});
    m.counter("prelabel_documents_total", "Documents by how they ended; abandoned ones are read again.",
              by("outcome", {{"complete", s.documents_complete},
                             {"partial", s.documents_partial},
                             {"dead_letter", dead},
                             {"abandoned", s.documents_abandoned}}));
    m.counter("prelabel_documents_skipped_total",
              "Documents that were done before their partition came here: not labeled again.", s.documents_skipped);
    m.counter("prelabel_texts_dropped_total",
              "Records published without their text, with which they would be too large; also counted as complete or "
              "partial.",
              s.texts_dropped);
    m.counter("prelabel_tombstones_total", "Records without a value: skipped, nothing to label.", s.tombstones);
    m.counter("prelabel_records_lost_total",
              "Records that were gone from the topic before they were read: retention took them, or somebody deleted "
              "them. Offsets that held no record count too.",
              s.records_lost);
    m.gauge("prelabel_documents_in_flight", "Documents read and not yet finished.", s.documents_in_flight);
    m.gauge("prelabel_documents_in_flight_limit", "How many at most: `input.max_documents_in_memory`.",
            s.documents_in_flight_max);
    m.gauge("prelabel_outputs_waiting", "Outcomes that are there and not yet durable: bought again after a crash.",
            s.outputs_waiting);
    m.gauge("prelabel_input_in_flight_bytes", "Bytes of the documents in flight: value, key and headers.",
            s.input_bytes_in_flight);
    m.gauge("prelabel_input_in_flight_limit_bytes", "How many at most: `input.max_bytes_in_memory`.",
            s.input_bytes_in_flight_max);
    m.histogram("prelabel_document_duration_seconds", "From reading a document to its durable output.",
                s.document_seconds);
    m.histogram("prelabel_document_age_seconds",
                "From a record's timestamp to its durable output: how late a reader of the output gets it.",
                s.document_age);
    m.counter("prelabel_dead_letters_total", "Documents that went to the dead-letter topic.",
              by("class", s.dead_letters));
    m.counter("prelabel_entities_total", "Entities published, by how they were found in the text.", entities(s));
    m.counter("prelabel_discarded_total", "Mentions of the model that were set aside.", by("reason", s.discarded));
}

void calls(MetricFamilies& m, const pipeline::Stats& s) {
    m.counter("prelabel_calls_total", "Calls to the model by what the reply meant.", by("reply", s.calls));
    m.gauge("prelabel_calls_in_flight", "Calls to the model under way.", s.calls_in_flight);
    m.gauge("prelabel_calls_in_flight_limit", "How many at most: `llm.limits.max_in_flight`.", s.calls_in_flight_max);
    m.histogram("prelabel_call_duration_seconds", "From sending a call to its reply.", s.call_seconds);
    m.counter("prelabel_retries_total", "Calls made again after a reply that time may heal.", s.retries);
    m.counter("prelabel_reasks_total", "Further calls after an answer that could not be used.", s.reasks);
    m.counter("prelabel_shape_refusals_total",
              "Calls refused for a part of the request that the model does not take; sent again without it.",
              s.shape_refusals);
    m.counter("prelabel_answers_adapted_total",
              "Answers that were not just the JSON asked for, and were understood: cut out of a fence, of reasoning or "
              "of prose, or in another form.",
              by("how", {{"cut_out", s.answers_cut_out}, {"other_form", s.answers_in_other_form}}));
    m.counter("prelabel_waits_total", "Waits before calls.", by("reason", s.waits));
    m.counter("prelabel_wait_seconds_total", "Time that calls wait before they are sent, as it passes.",
              by("reason", s.wait_seconds));
    m.gauge("prelabel_learned_requests_per_minute",
            "The rate that the provider's refusals (429) have taught; 0: none so far.", s.learned_requests_per_minute);
    m.gauge("prelabel_learned_in_flight",
            "How many calls at once the provider's refusals allow; 0: as many as configured.", s.learned_in_flight);
    m.gauge("prelabel_paused",
            "1 while nothing is called but a probe: no money, a wrong key, a refused request, or an outage.", s.paused);
}

void spending(MetricFamilies& m, const Snapshot& snapshot) {
    const pipeline::Stats& s = *snapshot.pipeline;
    const Totals& last_minute = snapshot.last_minute.added;
    m.counter("prelabel_tokens_total", "Tokens as the provider counts them; `input` without the cached ones.",
              by("kind", {{"input", s.usage.input_tokens - s.usage.cached_input_tokens},
                          {"cached_input", s.usage.cached_input_tokens},
                          {"output", s.usage.output_tokens}}));
    m.counter("prelabel_reserved_tokens_total", "Tokens charged against the limit before calls.", s.reserved_tokens);
    m.counter("prelabel_malformed_usage_total",
              "Replies whose token counts cannot be true; they were cut to what a model can reach.", s.malformed_usage);
    if (snapshot.priced)
        m.counter("prelabel_cost_usd_total",
                  "What the calls cost at the configured prices, as far as tokens are counted; absent without "
                  "`llm.price`.",
                  s.usage.cost_usd);
    m.counter("prelabel_answers_without_usage_total",
              "Answers without token counts: what they cost is unknown, and in no other sum.", s.usage.uncounted);
    m.gauge("prelabel_quota_limit_per_minute", "The limits in force: configured, or said by the provider's headers.",
            by("quota", {{"requests", limit(s.requests_per_minute)}, {"tokens", limit(s.tokens_per_minute)}}));
    m.gauge("prelabel_quota_used_per_minute",
            "Calls sent and tokens reserved for them in the last minute, summed as a provider counts them.",
            by("quota", {{"requests", last_minute.calls}, {"tokens", last_minute.tokens}}));
    m.gauge("prelabel_quota_utilisation_ratio", "Used over limit, where there is a limit.",
            by("quota", {{"requests", share(last_minute.calls, s.requests_per_minute)},
                         {"tokens", share(last_minute.tokens, s.tokens_per_minute)}}));
    m.counter("prelabel_cache_lookups_total", "Where answers came from; `miss` is a call.",
              by("tier", s.cache_lookups));
}

void commits(MetricFamilies& m, const pipeline::Stats& s) {
    m.counter("prelabel_commits_total", "Commits of finished offsets.",
              by("result", {{"done", s.commits}, {"failed", s.commit_failures}}));
    m.histogram("prelabel_commit_duration_seconds", "How long commits took.", s.commit_seconds);
    m.counter("prelabel_write_failures_total", "Outputs that could not be written and were tried again.",
              s.write_failures);
    m.counter("prelabel_rebalances_total", "Changes of the assignment.",
              by("change", {{"assigned", s.assignments}, {"revoked", s.revocations}}));
    m.gauge("prelabel_partitions_assigned", "Partitions this worker reads.", s.partitions_assigned);
    m.gauge("prelabel_draining", "1 while the worker finishes what it holds and reads no more.", s.draining);
}

/// A count that is not known yet is not shown.
std::optional<double> known(const std::optional<std::size_t>& count) {
    if (!count) return std::nullopt;
    return static_cast<double>(*count);
}

void consumer(MetricFamilies& m, const Snapshot& snapshot) {
    const kafka::SourceStats& s = *snapshot.source;
    m.gauge("prelabel_consumer_lag_records", "Records between the committed offset and the partition's end.",
            by_partition(s, &kafka::PartitionStats::lag));
    m.gauge("prelabel_consumer_watermark_age_seconds",
            "Age of the partition's oldest record without a durable outcome, by its timestamp; 0: all are done.",
            watermark_ages(snapshot));
    m.gauge("prelabel_consumer_committed_offset", "Next record after a restart.",
            by_partition(s, &kafka::PartitionStats::committed));
    m.counter("prelabel_consumer_records_total", "Records read.", s.records);
    m.counter("prelabel_consumer_bytes_total", "Bytes read, keys and values.", s.bytes);
    m.counter("prelabel_consumer_restarts_total",
              "Partitions whose offsets went back: the topic was created again, or cut.", s.restarts);
    m.counter("prelabel_consumer_lost_assignments_total", "Assignments lost without a chance to commit.",
              s.lost_assignments);
    m.counter("prelabel_consumer_errors_total", "Errors the consumer reported.", s.errors);
    m.gauge("prelabel_consumer_brokers_up", "Connections of the consumer to brokers; 0: none answers.",
            known(s.brokers_up));
}

void producer(MetricFamilies& m, const kafka::SinkStats& s) {
    m.counter("prelabel_producer_records_total", "Records acknowledged by the broker.", s.records);
    m.counter("prelabel_producer_bytes_total", "Bytes of acknowledged values.", s.bytes);
    m.gauge("prelabel_producer_in_flight", "Records sent and not yet acknowledged.", s.in_flight);
    m.counter("prelabel_producer_failures_total", "Records the broker did not take.", s.failed);
    m.counter("prelabel_producer_full_queue_total", "Writes that met a full queue and waited.", s.waits_for_room);
    m.counter("prelabel_producer_sent_alone_total",
              "Records sent again by themselves, because their batch was refused.", s.sent_alone);
    m.counter("prelabel_producer_rebuilds_total", "Producers replaced: they failed, or may have sent a step twice.",
              s.rebuilds);
    m.counter("prelabel_producer_errors_total", "Errors the producer reported.", s.errors);
    const auto transactions = s.transactions.value_or(kafka::TransactionStats{});
    m.counter("prelabel_transactions_total",
              "Transactions by how they ended. `indefinite` got no answer to their commit; what the group then says of "
              "them counts as another end. All are zero with `output.delivery: at_least_once`.",
              by("outcome", {{"committed", transactions.committed},
                             {"aborted", transactions.aborted},
                             {"indefinite", transactions.indefinite}}));
    m.histogram("prelabel_transaction_duration_seconds", "How long committed transactions were open.",
                transactions.seconds);
    m.gauge("prelabel_producer_brokers_up", "Connections of the producer to brokers; 0: none answers.",
            known(s.brokers_up));
}

void connections(MetricFamilies& m, const http::Stats& s) {
    m.gauge("prelabel_http_connections", "Open connections to the model.",
            by("state", {{"busy", s.connections_busy}, {"idle", s.connections_idle}}));
    m.counter("prelabel_http_connections_opened_total", "Connections made.", s.connections_opened);
    m.counter("prelabel_http_connections_failed_total", "Connections that failed: name, TCP or TLS.",
              s.connections_failed);
    m.counter("prelabel_http_connections_reused_total", "Calls that found an idle connection.", s.connections_reused);
    m.counter("prelabel_http_connections_spoiled_total",
              "Connections closed because they carried a response that nobody had asked for.", s.connections_spoiled);
    m.counter("prelabel_http_resent_total", "Calls sent again at once because an idle connection was dead or spoiled.",
              s.resent);
    m.counter(
        "prelabel_http_calls_total",
        "Calls by how far they came; `sent_unknown` got no response and may have been paid for, also when the call "
        "was sent again at once.",
        by("state",
           {{"answered", s.calls_answered}, {"not_sent", s.calls_not_sent}, {"sent_unknown", s.calls_sent_unknown}}));
    m.counter("prelabel_http_sent_bytes_total", "Bytes sent, before TLS.", s.bytes_sent);
    m.counter("prelabel_http_received_bytes_total", "Bytes received, after TLS.", s.bytes_received);
}

void journal_of(MetricFamilies& m, const journal::Stats& s) {
    m.gauge("prelabel_journal_bytes", "Bytes of the journal's files.", s.bytes);
    m.gauge("prelabel_journal_limit_bytes", "How many at most: `journal.max_bytes`.", s.bytes_max);
    m.gauge("prelabel_journal_answers", "Paid answers that are found in it.", s.answers);
    m.gauge("prelabel_journal_index_bytes", "Memory of its index.", s.index_bytes);
    m.gauge("prelabel_journal_failing",
            "1 while its disk does not take answers: they would be paid again after a crash.", s.failing);
    m.counter("prelabel_journal_records_total", "Records written: answers, and that one is not to be given any more.",
              s.written);
    m.counter("prelabel_journal_not_kept_total", "Answers that were used without being kept.", s.not_kept);
    m.counter("prelabel_journal_write_failures_total", "Writes and flushes that failed.", s.write_failures);
    m.counter("prelabel_journal_torn_tails_total", "Writes that a crash had cut, removed at the start.", s.torn_tails);
    m.counter("prelabel_journal_damaged_total", "Records that could not be read: their answers are paid again.",
              s.damaged);
    m.counter("prelabel_journal_segments_dropped_total",
              "Files removed for `journal.max_bytes` or `journal.ttl`, the oldest first.", s.segments_dropped);
}

void process(MetricFamilies& m, const Snapshot& s) {
    m.gauge("prelabel_loop_lag_seconds", "How late the loop's last timer fired.", s.loop_lag_seconds);
    m.gauge(
        "prelabel_key_files_failing",
        "Files of `llm.api_key` and `llm.headers` that cannot be read or hold no key; what was read before is used.",
        s.key_files_failing);
    m.gauge("prelabel_process_resident_memory_bytes", "Memory of the process.", s.process.resident_bytes);
    m.gauge("prelabel_process_memory_limit_bytes",
            "Memory that the process may have: the least of the machine's and the limits of its control groups.",
            s.process.memory_limit_bytes);
    m.counter("prelabel_process_cpu_seconds_total", "CPU time, user and system.", s.process.cpu_seconds);
    m.gauge("prelabel_process_open_files", "Open file descriptors.", s.process.open_files);
    m.gauge("prelabel_process_uptime_seconds", "Time since the process started.", s.process.uptime_seconds);
    m.gauge("prelabel_build_info", "Always 1; the labels say what runs.", build(s));
}

}  // namespace

MetricFamilies metric_table(const Snapshot& s) {
    MetricFamilies m;
    if (s.pipeline) {
        documents(m, *s.pipeline);
        calls(m, *s.pipeline);
        spending(m, s);
        commits(m, *s.pipeline);
    }
    if (s.source) consumer(m, s);
    if (s.sink) producer(m, *s.sink);
    if (s.http) connections(m, *s.http);
    if (s.journal) journal_of(m, *s.journal);
    process(m, s);
    return m;
}

}  // namespace prelabel::telemetry
