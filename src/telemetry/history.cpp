#include "telemetry/json_writer.hpp"
#include "telemetry/metric_table.hpp"

#include <prelabel/telemetry/history.hpp>
#include <prelabel/telemetry/quantile.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::telemetry {
namespace {

using prometheus::MetricType;

/// A metric that the page draws: one series for each set of values of these labels, summed over the others.
struct Drawn {
    std::string_view metric;
    std::vector<std::string_view> by;
};

/// Those that grow with the task's labels and with the partitions come last: they find what room there is.
const std::vector<Drawn>& drawn() {
    static const std::vector<Drawn> table = {
        {"prelabel_documents_total", {"outcome"}},
        {"prelabel_documents_in_flight", {}},
        {"prelabel_document_duration_seconds", {}},
        {"prelabel_dead_letters_total", {"class"}},
        {"prelabel_discarded_total", {"reason"}},
        {"prelabel_calls_total", {"reply"}},
        {"prelabel_calls_in_flight", {}},
        {"prelabel_call_duration_seconds", {}},
        {"prelabel_reasks_total", {}},
        {"prelabel_wait_seconds_total", {"reason"}},
        {"prelabel_tokens_total", {"kind"}},
        {"prelabel_cost_usd_total", {}},
        {"prelabel_quota_used_per_minute", {"quota"}},
        {"prelabel_cache_lookups_total", {"tier"}},
        {"prelabel_commits_total", {"result"}},
        {"prelabel_write_failures_total", {}},
        {"prelabel_rebalances_total", {"change"}},
        {"prelabel_consumer_lag_records", {}},
        {"prelabel_records_lost_total", {}},
        {"prelabel_consumer_lost_assignments_total", {}},
        {"prelabel_consumer_errors_total", {}},
        {"prelabel_producer_failures_total", {}},
        {"prelabel_producer_errors_total", {}},
        {"prelabel_http_connections_failed_total", {}},
        {"prelabel_http_calls_total", {"state"}},
        {"prelabel_loop_lag_seconds", {}},
        {"prelabel_process_resident_memory_bytes", {}},
        {"prelabel_process_cpu_seconds_total", {}},
        {"prelabel_entities_total", {"label"}},
        {"prelabel_consumer_lag_records", {"topic", "partition"}},
    };
    return table;
}

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

/// What a metric says now of one set of label values.
struct Reading {
    double number = 0;
    Buckets observations{};
};

using Values = std::vector<std::string>;
using Key = std::pair<std::size_t, Values>;  ///< row of the table, values of its labels

Values values_of(const Drawn& row, const prometheus::ClientMetric& sample) {
    Values values;
    for (const auto& label : sample.label)
        if (std::ranges::find(row.by, label.name) != row.by.end()) values.push_back(label.value);
    return values;
}

std::map<Values, Reading> readings(const Drawn& row, const MetricFamily& family) {
    std::map<Values, Reading> all;
    for (const auto& sample : family.series.samples()) {
        Reading& reading = all[values_of(row, sample)];
        reading.number += family.type == MetricType::Counter ? sample.counter.value : sample.gauge.value;
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < sample.histogram.bucket.size(); ++i) {
            reading.observations[i] += static_cast<double>(sample.histogram.bucket[i].cumulative_count - below);
            below = sample.histogram.bucket[i].cumulative_count;
        }
        if (family.type == MetricType::Histogram) reading.number = static_cast<double>(sample.histogram.sample_count);
    }
    return all;
}

/// One line of a chart: a ring of values.
class Line {
public:
    void put(std::uint64_t slot, std::optional<double> value) {
        values_[slot % History::steps_max] = value ? static_cast<float>(*value) : nothing;
    }

    void write(JsonWriter& json, std::string_view name, std::uint64_t newest) const {
        json.open_list(name);
        const std::uint64_t count = std::min<std::uint64_t>(newest + 1, History::steps_max);
        for (std::uint64_t slot = newest + 1 - count; slot <= newest; ++slot) {
            const float value = values_[slot % History::steps_max];
            if (!std::isfinite(value)) {
                json.value(std::optional<double>());
                continue;
            }
            std::array<char, 32> text{};
            const auto end =
                std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 4).ptr;
            json.raw_number({text.data(), end});
        }
        json.close_list();
    }

private:
    std::vector<float> values_ = std::vector<float>(History::steps_max, nothing);
};

struct Track {
    MetricType type;
    Reading last;
    TimePoint read_at;
    std::uint64_t slot = 0;
    Line values;  ///< of a histogram: its p50
    std::optional<Line> p99;
};

}  // namespace

class History::Impl {
public:
    [[nodiscard]] bool due(TimePoint now) const { return !read_at_ || slot_at(now) > slot_; }

    void sample(TimePoint now, const Snapshot& snapshot) {
        if (!due(now)) return;
        if (!started_) started_ = now;
        const std::uint64_t slot = slot_at(now);
        const std::uint64_t first_new = read_at_ ? std::max(slot_ + 1, slot - std::min(slot, steps_max - 1)) : slot;
        for (auto& [key, track] : tracks_)
            for (std::uint64_t gap = first_new; gap <= slot; ++gap) put(track, gap, std::nullopt, std::nullopt);
        std::erase_if(tracks_, [slot](const auto& one) { return one.second.slot + steps_max <= slot; });
        left_out_before_ = std::exchange(left_out_, 0);
        const MetricFamilies families = metric_table(snapshot);
        for (std::size_t row = 0; row < drawn().size(); ++row) {
            const auto family = std::ranges::find(families, drawn()[row].metric, &MetricFamily::name);
            if (family == families.end()) continue;
            for (auto& [values, reading] : readings(drawn()[row], *family))
                take({row, values}, family->type, reading, slot, now);
        }
        slot_ = slot;
        read_at_ = now;
    }

    [[nodiscard]] std::string json() const {
        JsonWriter json;
        json.open().pair("step_seconds", std::chrono::duration<double>(step).count());
        json.pair("steps", static_cast<std::uint64_t>(steps_max)).pair("left_out", left_out_);
        json.open_list("series");
        for (const auto& [key, track] : tracks_) {
            const Drawn& row = drawn()[key.first];
            json.open().pair("metric", row.metric).open("labels");
            for (std::size_t i = 0; i < row.by.size(); ++i) json.pair(row.by[i], key.second[i]);
            json.close();
            json.pair("now", track.last.number);
            if (track.p99) {
                track.values.write(json, "p50", slot_);
                track.p99->write(json, "p99", slot_);
            } else {
                track.values.write(json, track.type == MetricType::Counter ? "per_second" : "values", slot_);
            }
            json.close();
        }
        json.close_list();
        json.close();
        return json.take();
    }

private:
    [[nodiscard]] std::uint64_t slot_at(TimePoint now) const {
        return static_cast<std::uint64_t>((now - started_.value_or(now)) / step);
    }

    static void put(Track& track, std::uint64_t slot, std::optional<double> value, std::optional<double> p99) {
        track.values.put(slot, value);
        if (track.p99) track.p99->put(slot, p99);
    }

    void take(const Key& key, MetricType type, const Reading& reading, std::uint64_t slot, TimePoint now) {
        auto found = tracks_.find(key);
        if (found == tracks_.end()) {
            if (tracks_.size() == series_max) {
                ++left_out_;
                return;
            }
            Track track{type, {}, read_at_.value_or(now), slot, {}, {}};
            if (type == MetricType::Histogram) track.p99.emplace();
            // A counter that was not there at the last look has grown from zero since. One that was left out has not.
            if (left_out_before_ > 0) {
                track.last = reading;
                track.read_at = now;
            }
            found = tracks_.emplace(key, std::move(track)).first;
        }
        Track& track = found->second;
        const double seconds = std::chrono::duration<double>(now - track.read_at).count();
        if (type == MetricType::Gauge) {
            put(track, slot, reading.number, std::nullopt);
        } else if (seconds > 0 && type == MetricType::Counter) {
            put(track, slot, std::max(0.0, reading.number - track.last.number) / seconds, std::nullopt);
        } else if (seconds > 0) {
            Buckets added{};
            std::ranges::transform(reading.observations, track.last.observations, added.begin(), std::minus());
            put(track, slot, quantile(added, 0.5), quantile(added, 0.99));
        }
        track.last = reading;
        track.read_at = now;
        track.slot = slot;
    }

    std::optional<TimePoint> started_;
    std::optional<TimePoint> read_at_;
    std::uint64_t slot_ = 0;      // of the last sample
    std::uint64_t left_out_ = 0;  // at the last sample
    std::uint64_t left_out_before_ = 0;
    std::map<Key, Track> tracks_;
};

History::History() : impl_(std::make_unique<Impl>()) {}
History::~History() = default;

bool History::due(TimePoint now) const { return impl_->due(now); }
void History::sample(TimePoint now, const Snapshot& snapshot) { impl_->sample(now, snapshot); }
std::string History::json() const { return impl_->json(); }

}  // namespace prelabel::telemetry
