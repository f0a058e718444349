#pragma once

#include <prelabel/telemetry/snapshot.hpp>

namespace prelabel::telemetry {

/// A worker in the middle of its work, with a number of its own in every place that a test looks at.
struct BusyWorker {
    pipeline::Stats pipeline;
    http::Stats http;
    kafka::SourceStats source;
    kafka::SinkStats sink;
    journal::Stats journal;

    BusyWorker() {
        pipeline.documents_complete = 40;
        pipeline.documents_partial = 2;
        pipeline.dead_letters[pipeline::DeadLetterClass::too_large] = 3;
        pipeline.documents_in_flight = 7;
        pipeline.calls[llm::ReplyClass::throttled] = 5;
        pipeline.document_seconds.observe(std::chrono::milliseconds(3));
        pipeline.document_seconds.observe(std::chrono::seconds(1'000));
        pipeline.usage = {.requests = 44,
                          .input_tokens = 900,
                          .cached_input_tokens = 200,
                          .output_tokens = 80,
                          .cost_usd = 0.25,
                          .uncounted = 2};
        pipeline.waits[pipeline::WaitReason::tokens] = 6;
        pipeline.wait_seconds[pipeline::WaitReason::tokens] = 1.5;
        pipeline.quality = {{"PER", {4, 0, 0}}};
        pipeline.entities = {{"PER", {11, 1, 0}}, {"a\"b\\c\nd", {2, 0, 0}}};
        pipeline.partitions_assigned = 2;
        pipeline.requests_per_minute = 600;
        http.connections_busy = 9;
        source.partitions = {{{"raw", 0}, 20, 15, 0, 30, 15}, {{"raw", 1}, {}, {}, {}, {}, {}}};
        source.brokers_up = 3;
        sink.records = 42;
        sink.brokers_up = 2;
    }

    [[nodiscard]] Snapshot snapshot() const {
        Snapshot s;
        s.version = "0.1.0";
        s.task_name = "news-ner";
        s.task_version = "3f9c2a71b0de";
        s.group = "labelers";
        s.pipeline = &pipeline;
        s.http = &http;
        s.source = &source;
        s.watermark_ages[{"raw", 0}] = std::chrono::seconds(4);
        s.sink = &sink;
        s.journal = &journal;
        s.last_minute = {{.documents = 60, .calls = 300, .tokens = 5'000, .cost_usd = 0.25}, std::chrono::seconds(30)};
        s.process = {.resident_bytes = 1 << 20, .open_files = 12, .cpu_seconds = 1.5, .uptime_seconds = 60};
        s.troubles = {{"2026-11-23T19:00:00Z", "error", "paused", R"({"reason":"unauthorized"})"}};
        return s;
    }
};

}  // namespace prelabel::telemetry
