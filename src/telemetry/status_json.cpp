#include "telemetry/status_json.hpp"

#include "telemetry/shown_text.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace prelabel::telemetry {
namespace {

/// Writes keys and values in order; the standard types it needs, nothing more.
class Json {
public:
    Json& key(std::string_view name) {
        writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
        return *this;
    }
    void value(std::string_view text) { writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size())); }
    void value(std::uint64_t number) { writer_.Uint64(number); }
    void value(std::int64_t number) { writer_.Int64(number); }
    void value(double number) { std::isfinite(number) ? writer_.Double(number) : writer_.Null(); }
    template <class T>
    void value(const std::optional<T>& maybe) {
        if (maybe) {
            value(*maybe);
        } else {
            writer_.Null();
        }
    }
    template <class T>
    Json& pair(std::string_view name, const T& what) {
        key(name).value(what);
        return *this;
    }
    Json& open(std::string_view name = {}) {
        if (!name.empty()) key(name);
        writer_.StartObject();
        return *this;
    }
    void close() { writer_.EndObject(); }
    void open_list(std::string_view name) {
        key(name);
        writer_.StartArray();
    }
    void close_list() { writer_.EndArray(); }
    void raw_object(const std::string& json) { writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType); }

    [[nodiscard]] std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

/// Only what has happened: a page full of zeros hides the one that matters.
template <class Enum, class Count>
void counts_by(Json& json, std::string_view name, const EnumArray<Enum, Count>& counts) {
    json.open(name);
    for (const auto one : enum_values<Enum>) {
        if (counts[one] != 0) json.pair(to_string(one), counts[one]);
    }
    json.close();
}

void quota(Json& json, std::string_view name, std::uint64_t limit, double used) {
    json.open(name).pair("limit", limit).pair("used", used);
    if (limit > 0) json.pair("utilisation", used / static_cast<double>(limit));
    json.close();
}

void rates(Json& json, const LastMinute& minute) {
    const double seconds = std::chrono::duration<double>(minute.seen).count();
    const double per_second = seconds > 0 ? 1 / seconds : 0;
    json.open("rates").pair("documents_per_second", minute.added.documents * per_second);
    json.pair("cost_usd_per_hour", minute.added.cost_usd * per_second * 3600);
    json.pair("over_seconds", seconds).close();
}

void pipeline(Json& json, const pipeline::Stats& stats) {
    json.open("documents");
    json.pair("complete", stats.documents_complete).pair("partial", stats.documents_partial);
    json.pair("dead_lettered", std::accumulate(stats.dead_letters.begin(), stats.dead_letters.end(), std::uint64_t{0}));
    json.pair("abandoned", stats.documents_abandoned).pair("in_flight", stats.documents_in_flight).close();
    counts_by(json, "dead_letters", stats.dead_letters);
    counts_by(json, "calls", stats.calls);
    json.pair("calls_in_flight", stats.calls_in_flight).pair("retries", stats.retries).pair("reasks", stats.reasks);
    counts_by(json, "wait_seconds", stats.wait_seconds);
    json.open("tokens").pair("input", stats.usage.input_tokens).pair("cached_input", stats.usage.cached_input_tokens);
    json.pair("output", stats.usage.output_tokens).close();
    json.pair("cost_usd", stats.usage.cost_usd).pair("answers_without_usage", stats.usage.uncounted);
    counts_by(json, "cache", stats.cache_lookups);
    counts_by(json, "discarded", stats.discarded);
    json.open("entities");
    for (const auto& [label, found] : stats.entities)
        json.pair(label, std::accumulate(found.begin(), found.end(), std::uint64_t{0}));
    json.close();
}

void assignment(Json& json, const kafka::SourceStats& source) {
    json.open_list("assignment");
    for (const auto& partition : source.partitions) {
        json.open().pair("topic", partition.partition.topic);
        json.pair("partition", static_cast<std::int64_t>(partition.partition.number));
        json.pair("committed", partition.committed).pair("lag", partition.lag).close();
    }
    json.close_list();
}

}  // namespace

std::string_view state_of(const Snapshot& snapshot) {
    if (!snapshot.pipeline) return "starting";
    if (snapshot.pipeline->draining) return "draining";
    if (snapshot.pipeline->paused) return "paused";
    if (snapshot.pipeline->partitions_assigned > 0) return "running";
    return snapshot.pipeline->assignments == 0 ? "starting" : "unassigned";
}

std::string status_json(const Snapshot& snapshot) {
    Json json;
    json.open().pair("version", snapshot.version);
    json.open("task").pair("name", snapshot.task_name).pair("version", snapshot.task_version).close();
    json.pair("state", state_of(snapshot));
    if (snapshot.pipeline && snapshot.pipeline->paused)
        json.pair("pause_reason", shown_text(snapshot.pipeline->pause_reason));
    json.pair("uptime_seconds", snapshot.process.uptime_seconds);
    rates(json, snapshot.last_minute);
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
    if (snapshot.pipeline) pipeline(json, *snapshot.pipeline);
    if (snapshot.source) assignment(json, *snapshot.source);
    if (snapshot.source) {
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
