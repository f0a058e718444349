#include "telemetry/metric_table.hpp"

namespace prelabel::telemetry {
namespace {

using prometheus::MetricType;

/// One value a partition, where the broker has told it.
template <class Pick>
void by_partition(const Snapshot& s, Samples& samples, Pick pick) {
    if (!s.source) return;
    for (const auto& partition : s.source->partitions) {
        if (const auto value = pick(partition))
            samples.add(static_cast<double>(*value),
                        {partition.partition.topic, std::to_string(partition.partition.number)});
    }
}

std::vector<Metric> consumer_metrics() {
    return {
        {"prelabel_consumer_lag_records",
         MetricType::Gauge,
         "Records between the committed offset and the partition's end.",
         {"topic", "partition"},
         [](const Snapshot& s, Samples& out) { by_partition(s, out, [](const auto& p) { return p.lag; }); }},
        {"prelabel_consumer_committed_offset",
         MetricType::Gauge,
         "Next record after a restart.",
         {"topic", "partition"},
         [](const Snapshot& s, Samples& out) { by_partition(s, out, [](const auto& p) { return p.committed; }); }},
        {"prelabel_consumer_records_total",
         MetricType::Counter,
         "Records read.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.source) out.add(s.source->records);
         }},
        {"prelabel_consumer_bytes_total",
         MetricType::Counter,
         "Bytes read, keys and values.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.source) out.add(s.source->bytes);
         }},
        {"prelabel_consumer_restarts_total",
         MetricType::Counter,
         "Partitions whose offsets went back: the topic was created again, or cut.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.source) out.add(s.source->restarts);
         }},
        {"prelabel_consumer_lost_assignments_total",
         MetricType::Counter,
         "Assignments lost without a chance to commit.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.source) out.add(s.source->lost_assignments);
         }},
        {"prelabel_consumer_errors_total",
         MetricType::Counter,
         "Errors the consumer reported.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.source) out.add(s.source->errors);
         }},
    };
}

std::vector<Metric> producer_metrics() {
    return {
        {"prelabel_producer_records_total",
         MetricType::Counter,
         "Records acknowledged by the broker.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.sink) out.add(s.sink->records);
         }},
        {"prelabel_producer_bytes_total",
         MetricType::Counter,
         "Bytes of acknowledged values.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.sink) out.add(s.sink->bytes);
         }},
        {"prelabel_producer_in_flight",
         MetricType::Gauge,
         "Records sent and not yet acknowledged.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.sink) out.add(static_cast<double>(s.sink->in_flight));
         }},
        {"prelabel_producer_failures_total",
         MetricType::Counter,
         "Records the broker did not take.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.sink) out.add(s.sink->failed);
         }},
        {"prelabel_producer_full_queue_total",
         MetricType::Counter,
         "Writes that met a full queue and waited.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.sink) out.add(s.sink->waits_for_room);
         }},
        {"prelabel_producer_sent_alone_total",
         MetricType::Counter,
         "Records sent again by themselves, because their batch was refused.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.sink) out.add(s.sink->sent_alone);
         }},
        {"prelabel_producer_rebuilds_total",
         MetricType::Counter,
         "Producers replaced after a fatal error.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.sink) out.add(s.sink->rebuilds);
         }},
        {"prelabel_producer_errors_total",
         MetricType::Counter,
         "Errors the producer reported.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.sink) out.add(s.sink->errors);
         }},
    };
}

std::vector<Metric> http_metrics() {
    return {
        {"prelabel_http_connections",
         MetricType::Gauge,
         "Open connections to the model.",
         {"state"},
         [](const Snapshot& s, Samples& out) {
             if (!s.http) return;
             out.add(s.http->connections_busy, {"busy"});
             out.add(s.http->connections_idle, {"idle"});
         }},
        {"prelabel_http_connections_opened_total",
         MetricType::Counter,
         "Connections made.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.http) out.add(s.http->connections_opened);
         }},
        {"prelabel_http_connections_failed_total",
         MetricType::Counter,
         "Connections that failed: name, TCP or TLS.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.http) out.add(s.http->connections_failed);
         }},
        {"prelabel_http_connections_reused_total",
         MetricType::Counter,
         "Calls that found an idle connection.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.http) out.add(s.http->connections_reused);
         }},
        {"prelabel_http_connections_spoiled_total",
         MetricType::Counter,
         "Connections closed because they carried a response that nobody had asked for.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.http) out.add(s.http->connections_spoiled);
         }},
        {"prelabel_http_resent_total",
         MetricType::Counter,
         "Calls sent again at once because an idle connection was dead or spoiled.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.http) out.add(s.http->resent);
         }},
        {"prelabel_http_calls_total",
         MetricType::Counter,
         "Calls by how far they came; `sent_unknown` got no response and may have been paid for, also when the call "
         "was sent again at once.",
         {"state"},
         [](const Snapshot& s, Samples& out) {
             if (!s.http) return;
             out.add(s.http->calls_answered, {"answered"});
             out.add(s.http->calls_not_sent, {"not_sent"});
             out.add(s.http->calls_sent_unknown, {"sent_unknown"});
         }},
        {"prelabel_http_sent_bytes_total",
         MetricType::Counter,
         "Bytes sent, before TLS.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.http) out.add(s.http->bytes_sent);
         }},
        {"prelabel_http_received_bytes_total",
         MetricType::Counter,
         "Bytes received, after TLS.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.http) out.add(s.http->bytes_received);
         }},
    };
}

std::vector<Metric> process_metrics() {
    return {
        {"prelabel_loop_lag_seconds",
         MetricType::Gauge,
         "How late the loop's last timer fired.",
         {},
         [](const Snapshot& s, Samples& out) {
             if (s.loop_lag_seconds) out.add(*s.loop_lag_seconds);
         }},
        {"prelabel_process_resident_memory_bytes",
         MetricType::Gauge,
         "Memory of the process.",
         {},
         [](const Snapshot& s, Samples& out) { out.add(s.process.resident_bytes); }},
        {"prelabel_process_cpu_seconds_total",
         MetricType::Counter,
         "CPU time, user and system.",
         {},
         [](const Snapshot& s, Samples& out) { out.add(s.process.cpu_seconds); }},
        {"prelabel_process_open_files",
         MetricType::Gauge,
         "Open file descriptors.",
         {},
         [](const Snapshot& s, Samples& out) { out.add(s.process.open_files); }},
        {"prelabel_process_uptime_seconds",
         MetricType::Gauge,
         "Time since the process started.",
         {},
         [](const Snapshot& s, Samples& out) { out.add(s.process.uptime_seconds); }},
        {"prelabel_build_info",
         MetricType::Gauge,
         "Always 1; the labels say what runs.",
         {"version", "task", "task_version"},
         [](const Snapshot& s, Samples& out) { out.add(1.0, {s.version, s.task_name, s.task_version}); }},
    };
}

}  // namespace

std::vector<Metric> transport_metrics() {
    auto all = consumer_metrics();
    for (const auto& part : {producer_metrics(), http_metrics(), process_metrics()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace prelabel::telemetry
