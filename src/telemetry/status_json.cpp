#include "telemetry/status_json.hpp"

#include "telemetry/json_writer.hpp"
#include "telemetry/shown_text.hpp"
#include "telemetry/worker_summary.hpp"

#include <prelabel/telemetry/watermark_ages.hpp>

#include <numeric>
#include <optional>

namespace prelabel::telemetry {
namespace {

/// Only what has happened: a page full of zeros hides the one that matters.
template <class Enum, class Count>
void counts_by(JsonWriter& json, std::string_view name, const EnumArray<Enum, Count>& counts) {
    json.open(name);
    for (const auto one : enum_values<Enum>) {
        if (counts[one] != 0) json.pair(to_string(one), counts[one]);
    }
    json.close();
}

void quota(JsonWriter& json, std::string_view name, std::uint64_t limit, double used) {
    json.open(name).pair("limit", limit).pair("used", used);
    if (limit > 0) json.pair("utilisation", used / static_cast<double>(limit));
    json.close();
}

/// What calls cost, where a price is configured: nobody knows it otherwise.
std::optional<double> cost(const Snapshot& snapshot, double usd) {
    return snapshot.priced ? std::optional(usd) : std::nullopt;
}

void rates(JsonWriter& json, const Snapshot& snapshot) {
    const LastMinute& minute = snapshot.last_minute;
    const double seconds = std::chrono::duration<double>(minute.seen).count();
    const double per_second = seconds > 0 ? 1 / seconds : 0;
    json.open("rates").pair("documents_per_second", minute.added.documents * per_second);
    json.pair("cost_usd_per_hour", cost(snapshot, minute.added.cost_usd * per_second * 3600));
    const double documents = minute.added.documents;
    json.pair("cost_usd_per_1000_documents",
              documents > 0 ? cost(snapshot, minute.added.cost_usd / documents * 1000) : std::nullopt);
    json.pair("over_seconds", seconds).close();
    json.open("latency");
    for (const auto& [name, observed] :
         {std::pair{"call_seconds", &minute.added.call_seconds}, {"document_seconds", &minute.added.document_seconds}})
        json.open(name).pair("p50", quantile(*observed, 0.5)).pair("p99", quantile(*observed, 0.99)).close();
    json.close();
    json.open("waiting_calls");
    for (const auto reason : enum_values<pipeline::WaitReason>)
        if (const double waited = minute.added.wait_seconds[reason]; waited > 0)
            json.pair(to_string(reason), waited * per_second);
    json.close();
}

/// How long until what is left is done, if the last minute goes on; nothing if it does not fall, or does not go on.
void backlog(JsonWriter& json, const Snapshot& snapshot) {
    const auto records = lag_of(*snapshot.source);
    const auto per_second = snapshot.last_minute.backlog_per_second;
    const bool goes_on = state_of(snapshot) == "running";
    std::optional<double> seconds;
    if (records == 0) seconds = 0;
    if (goes_on && records && *records > 0 && per_second && *per_second < 0)
        seconds = static_cast<double>(*records) / -*per_second;
    json.open("lag").pair("records", records).pair("per_second", per_second).pair("drains_in_seconds", seconds).close();
}

/// What the answers said of each label.
void labels(JsonWriter& json, const pipeline::Stats& stats) {
    json.open("labels");
    for (const auto& [label, found] : stats.entities) {
        const auto known = stats.quality.find(label);
        const auto quality = known == stats.quality.end() ? pipeline::LabelQuality() : known->second;
        json.open(label).pair("found", std::accumulate(found.begin(), found.end(), std::uint64_t{0}));
        json.pair("set_aside", quality.set_aside);
        const auto measured = static_cast<double>(quality.measured);
        json.pair("confidence", quality.measured > 0 ? std::optional(quality.confidence_sum / measured) : std::nullopt);
        json.close();
    }
    json.close();
}

void pipeline(JsonWriter& json, const Snapshot& snapshot) {
    const pipeline::Stats& stats = *snapshot.pipeline;
    json.open("documents");
    json.pair("complete", stats.documents_complete).pair("partial", stats.documents_partial);
    json.pair("dead_lettered", std::accumulate(stats.dead_letters.begin(), stats.dead_letters.end(), std::uint64_t{0}));
    json.pair("lost", stats.records_lost);
    json.pair("abandoned", stats.documents_abandoned).pair("in_flight", stats.documents_in_flight).close();
    counts_by(json, "dead_letters", stats.dead_letters);
    counts_by(json, "calls", stats.calls);
    json.pair("calls_in_flight", stats.calls_in_flight).pair("retries", stats.retries).pair("reasks", stats.reasks);
    counts_by(json, "wait_seconds", stats.wait_seconds);
    json.open("tokens").pair("input", stats.usage.input_tokens).pair("cached_input", stats.usage.cached_input_tokens);
    json.pair("output", stats.usage.output_tokens).close();
    json.pair("cost_usd", cost(snapshot, stats.usage.cost_usd)).pair("answers_without_usage", stats.usage.uncounted);
    counts_by(json, "cache", stats.cache_lookups);
    counts_by(json, "discarded", stats.discarded);
    json.open("entities");
    for (const auto& [label, found] : stats.entities)
        json.pair(label, std::accumulate(found.begin(), found.end(), std::uint64_t{0}));
    json.close();
    labels(json, stats);
}

void assignment(JsonWriter& json, const kafka::SourceStats& source) {
    json.open_list("assignment");
    for (const auto& partition : source.partitions) {
        json.open().pair("topic", partition.partition.topic);
        json.pair("partition", static_cast<std::int64_t>(partition.partition.number));
        json.pair("committed", partition.committed).pair("lag", partition.lag).close();
    }
    json.close_list();
}

}  // namespace

std::string status_json(const Snapshot& snapshot) {
    JsonWriter json;
    json.open().pair("version", snapshot.version);
    json.open("task").pair("name", snapshot.task_name).pair("version", snapshot.task_version).close();
    json.pair("state", state_of(snapshot)).pair("summary", summary_of(snapshot));
    if (snapshot.pipeline && snapshot.pipeline->paused)
        json.pair("pause_reason", shown_text(snapshot.pipeline->pause_reason));
    json.pair("uptime_seconds", snapshot.process.uptime_seconds);
    json.pair("priced", snapshot.priced).pair("shows_documents", snapshot.documents != nullptr);
    json.pair("input_done", snapshot.input_done);
    rates(json, snapshot);
    json.open("quota");
    const pipeline::Stats none;
    const pipeline::Stats& known = snapshot.pipeline ? *snapshot.pipeline : none;
    quota(json, "requests_per_minute", known.requests_per_minute, snapshot.last_minute.added.calls);
    quota(json, "tokens_per_minute", known.tokens_per_minute, snapshot.last_minute.added.tokens);
    json.close();
    json.open("learned").pair("requests_per_minute", known.learned_requests_per_minute);
    json.pair("in_flight", static_cast<std::uint64_t>(known.learned_in_flight));
    json.open_list("request_shape");
    for (const auto& change : known.shape_changes)
        json.open().pair("refused", shown_text(change.refused)).pair("now", shown_text(change.now)).close();
    json.close_list();
    json.close();
    if (snapshot.pipeline) pipeline(json, snapshot);
    if (snapshot.source) {
        assignment(json, *snapshot.source);
        backlog(json, snapshot);
        json.open("brokers_up").pair("consumer", snapshot.source->brokers_up);
        json.pair("producer", snapshot.sink ? snapshot.sink->brokers_up : std::nullopt).close();
    }
    json.open("process").pair("resident_bytes", snapshot.process.resident_bytes);
    json.pair("cpu_seconds", snapshot.process.cpu_seconds).pair("open_files", snapshot.process.open_files);
    json.pair("loop_lag_seconds", snapshot.loop_lag_seconds).close();
    json.open_list("troubles");
    for (const auto& trouble : snapshot.troubles) {
        json.open().pair("at", trouble.at).pair("level", trouble.level).pair("event", trouble.event).key("fields");
        json.raw_object(trouble.fields);
        json.close();
    }
    json.close_list();
    json.close();
    return json.take();
}

}  // namespace prelabel::telemetry
