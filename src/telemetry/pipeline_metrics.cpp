// Long: one table of everything the pipeline counts.
#include "telemetry/metric_table.hpp"

#include <algorithm>
#include <numeric>

namespace prelabel::telemetry {
namespace {

using prometheus::MetricType;

/// One value for each enumerator.
template <class Enum, class Count>
void by(const EnumArray<Enum, Count>& counts, Samples& samples) {
    for (const auto one : enum_values<Enum>) samples.add(counts[one], {std::string(to_string(one))});
}

void documents(const Snapshot& s, Samples& samples) {
    if (!s.pipeline) return;
    const auto& dead = s.pipeline->dead_letters;
    samples.add(s.pipeline->documents_complete, {"complete"});
    samples.add(s.pipeline->documents_partial, {"partial"});
    samples.add(std::accumulate(dead.begin(), dead.end(), std::uint64_t{0}), {"dead_letter"});
    samples.add(s.pipeline->documents_abandoned, {"abandoned"});
}

void tokens(const Snapshot& s, Samples& samples) {
    if (!s.pipeline) return;
    const auto& usage = s.pipeline->usage;
    samples.add(usage.input_tokens - usage.cached_input_tokens, {"input"});
    samples.add(usage.cached_input_tokens, {"cached_input"});
    samples.add(usage.output_tokens, {"output"});
}

void entities(const Snapshot& s, Samples& samples) {
    if (!s.pipeline) return;
    for (std::size_t i = 0; i < std::min(s.pipeline->labels.size(), s.pipeline->entities.size()); ++i) {
        for (const auto match : enum_values<labeling::Match>)
            samples.add(s.pipeline->entities[i][match], {s.pipeline->labels[i], std::string(to_string(match))});
    }
}

void quota_limit(const Snapshot& s, Samples& samples) {
    if (!s.pipeline) return;
    if (s.pipeline->requests_per_minute > 0) samples.add(s.pipeline->requests_per_minute, {"requests"});
    if (s.pipeline->tokens_per_minute > 0) samples.add(s.pipeline->tokens_per_minute, {"tokens"});
}

void quota_used(const Snapshot& s, Samples& samples) {
    if (!s.pipeline) return;
    samples.add(s.last_minute.added.calls, {"requests"});
    samples.add(s.last_minute.added.tokens, {"tokens"});
}

void quota_utilisation(const Snapshot& s, Samples& samples) {
    if (!s.pipeline) return;
    const auto share = [](double used, std::uint64_t limit) { return used / static_cast<double>(limit); };
    const auto& added = s.last_minute.added;
    if (s.pipeline->requests_per_minute > 0)
        samples.add(share(added.calls, s.pipeline->requests_per_minute), {"requests"});
    if (s.pipeline->tokens_per_minute > 0) samples.add(share(added.tokens, s.pipeline->tokens_per_minute), {"tokens"});
}

std::vector<Metric> document_metrics() {
    return {
        {"prelabel_documents_total",
         MetricType::Counter,
         "Documents by how they ended; abandoned ones are read again.",
         {"outcome"},
         documents},
        {"prelabel_tombstones_total",
         MetricType::Counter,
         "Records without a value: skipped, nothing to label.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->tombstones);
         }},
        {"prelabel_documents_in_flight",
         MetricType::Gauge,
         "Documents read and not yet finished.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->documents_in_flight);
         }},
        {"prelabel_input_in_flight_bytes",
         MetricType::Gauge,
         "Bytes of the documents in flight: value, key and headers.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->input_bytes_in_flight);
         }},
        {"prelabel_document_duration_seconds",
         MetricType::Histogram,
         "From reading a document to its durable output.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->document_seconds);
         }},
        {"prelabel_dead_letters_total",
         MetricType::Counter,
         "Documents that went to the dead-letter topic.",
         {"class"},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) by(s.pipeline->dead_letters, out);
         }},
        {"prelabel_entities_total",
         MetricType::Counter,
         "Entities published, by how they were found in the text.",
         {"label", "match"},
         entities},
        {"prelabel_discarded_total",
         MetricType::Counter,
         "Mentions of the model that were set aside.",
         {"reason"},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) by(s.pipeline->discarded, out);
         }},
    };
}

std::vector<Metric> call_metrics() {
    return {
        {"prelabel_calls_total",
         MetricType::Counter,
         "Calls to the model by what the reply meant.",
         {"reply"},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) by(s.pipeline->calls, out);
         }},
        {"prelabel_calls_in_flight",
         MetricType::Gauge,
         "Calls to the model under way.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->calls_in_flight);
         }},
        {"prelabel_call_duration_seconds",
         MetricType::Histogram,
         "From sending a call to its reply.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->call_seconds);
         }},
        {"prelabel_retries_total",
         MetricType::Counter,
         "Calls made again after a reply that time may heal.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->retries);
         }},
        {"prelabel_reasks_total",
         MetricType::Counter,
         "Further calls after an answer that could not be used.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->reasks);
         }},
        {"prelabel_waits_total",
         MetricType::Counter,
         "Waits before calls.",
         {"reason"},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) by(s.pipeline->waits, out);
         }},
        {"prelabel_wait_seconds_total",
         MetricType::Counter,
         "Time calls waited before they were sent.",
         {"reason"},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) by(s.pipeline->wait_seconds, out);
         }},
        {"prelabel_learned_requests_per_minute",
         MetricType::Gauge,
         "The rate that the provider's refusals (429) have taught; 0: none so far.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->learned_requests_per_minute);
         }},
        {"prelabel_learned_in_flight",
         MetricType::Gauge,
         "How many calls at once the provider's refusals allow; 0: as many as configured.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(static_cast<std::uint64_t>(s.pipeline->learned_in_flight));
         }},
        {"prelabel_paused",
         MetricType::Gauge,
         "1 while nothing is called but a probe: no money, a wrong key, a refused request, or an outage.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->paused ? 1.0 : 0.0);
         }},
    };
}

std::vector<Metric> spending_metrics() {
    return {
        {"prelabel_tokens_total",
         MetricType::Counter,
         "Tokens as the provider counts them; `input` without the cached ones.",
         {"kind"},
         tokens},
        {"prelabel_reserved_tokens_total",
         MetricType::Counter,
         "Tokens charged against the limit before calls.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->reserved_tokens);
         }},
        {"prelabel_malformed_usage_total",
         MetricType::Counter,
         "Replies whose token counts cannot be true; they were cut to what a model can reach.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->malformed_usage);
         }},
        {"prelabel_cost_usd_total",
         MetricType::Counter,
         "What the calls cost at the configured prices.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->usage.cost_usd);
         }},
        {"prelabel_quota_limit_per_minute",
         MetricType::Gauge,
         "The limits in force: configured, or said by the provider's headers.",
         {"quota"},
         quota_limit},
        {"prelabel_quota_used_per_minute",
         MetricType::Gauge,
         "Calls sent and tokens reserved for them in the last minute, summed as a provider counts them.",
         {"quota"},
         quota_used},
        {"prelabel_quota_utilisation_ratio",
         MetricType::Gauge,
         "Used over limit, where there is a limit.",
         {"quota"},
         quota_utilisation},
        {"prelabel_cache_lookups_total",
         MetricType::Counter,
         "Where answers came from; `miss` is a call.",
         {"tier"},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) by(s.pipeline->cache_lookups, out);
         }},
    };
}

std::vector<Metric> commit_metrics() {
    return {
        {"prelabel_commits_total",
         MetricType::Counter,
         "Commits of finished offsets.",
         {"result"},
         [](const Snapshot& s, Samples& out) {
             if (!s.pipeline) return;
             out.add(s.pipeline->commits, {"done"});
             out.add(s.pipeline->commit_failures, {"failed"});
         }},
        {"prelabel_commit_duration_seconds",
         MetricType::Histogram,
         "How long commits took.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->commit_seconds);
         }},
        {"prelabel_write_failures_total",
         MetricType::Counter,
         "Outputs that could not be written and were tried again.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->write_failures);
         }},
        {"prelabel_rebalances_total",
         MetricType::Counter,
         "Changes of the assignment.",
         {"change"},
         [](const Snapshot& s, Samples& out) {
             if (!s.pipeline) return;
             out.add(s.pipeline->assignments, {"assigned"});
             out.add(s.pipeline->revocations, {"revoked"});
         }},
        {"prelabel_partitions_assigned",
         MetricType::Gauge,
         "Partitions this worker reads.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(static_cast<double>(s.pipeline->partitions_assigned));
         }},
        {"prelabel_draining",
         MetricType::Gauge,
         "1 while the worker finishes what it holds and reads no more.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.pipeline) out.add(s.pipeline->draining ? 1.0 : 0.0);
         }},
    };
}

}  // namespace

std::vector<Metric> pipeline_metrics() {
    auto all = document_metrics();
    for (const auto& part : {call_metrics(), spending_metrics(), commit_metrics()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace prelabel::telemetry
