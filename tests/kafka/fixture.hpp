#pragma once

#include "kafka/group.hpp"
#include "loop.hpp"
#include "mock_cluster.hpp"

#include <prelabel/kafka/kafka_sink.hpp>
#include <prelabel/kafka/kafka_source.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::kafka::test {

/// A mock cluster with an input topic of three partitions, and sources and sinks on one loop.
class KafkaTest : public ::testing::Test {
protected:
    static constexpr pipeline::Room plenty{1'000, 1U << 30};

    Loop loop;
    MockCluster cluster{{"in", 3}, {"out", 10}, {"dead", 1}};
    std::vector<Notice> notices;

    TimePoint soon() { return loop.clock().now() + std::chrono::seconds(10); }

    OnNotice keep_notices() {
        return [this](const Notice& notice) { notices.push_back(notice); };
    }

    std::unique_ptr<KafkaSource> source(Properties properties = {}, const std::string& topic = "in",
                                        bool await_transactions = false) {
        // The mock makes a newcomer wait for the session of who has left.
        properties.try_emplace("session.timeout.ms", "2000");
        properties.try_emplace("heartbeat.interval.ms", "100");
        auto made =
            KafkaSource::create(loop.executor(), loop.clock(),
                                {cluster.brokers(), topic, "group", properties, await_transactions}, keep_notices());
        if (!made) throw std::runtime_error(made.error().message);
        return std::move(*made);
    }

    std::unique_ptr<KafkaSink> sink(Properties properties = {}, const std::string& topic = "out") {
        OutputSettings settings;
        settings.brokers = cluster.brokers();
        settings.topic = topic;
        settings.dead_letter_topic = "dead";
        settings.properties = std::move(properties);
        auto made = KafkaSink::create(loop.executor(), loop.clock(), settings, keep_notices());
        if (!made) throw std::runtime_error(made.error().message);
        return std::move(*made);
    }

    static pipeline::Output output(std::string key, std::string value) {
        pipeline::Output made;
        made.key = std::move(key);
        made.value = std::move(value);
        return made;
    }

    /// Writes `count` records "0", "1", … to the topic.
    void fill(int count, const std::string& topic = "in") {
        auto to = sink({}, topic);
        std::vector<std::shared_ptr<Loop::Started<Result<>>>> writes;
        for (int i = 0; i < count; ++i)
            writes.push_back(loop.start(to->write(output("key" + std::to_string(i), std::to_string(i)))));
        loop.turn_until([&] { return std::ranges::all_of(writes, [](const auto& each) { return each->done; }); });
        for (const auto& each : writes) ASSERT_TRUE(*each->value);
        loop.run(to->close(soon()));
    }

    template <class Event>
    Event expect(KafkaSource& from, pipeline::Room room = plenty) {
        auto event = loop.run(from.next(room));
        if (!event) throw std::runtime_error(event.error().message);
        if (!std::holds_alternative<Event>(*event))
            throw std::runtime_error("another event came: " + std::to_string(event->index()));
        return std::get<Event>(std::move(*event));
    }

    /// Reads until `count` records have come.
    std::vector<Record> read(KafkaSource& from, std::size_t count, pipeline::Room room = plenty) {
        std::vector<Record> records;
        while (records.size() < count)
            for (auto& record : expect<pipeline::Batch>(from, room).records) records.push_back(std::move(record));
        return records;
    }

    static std::vector<Partition> partitions_of(const pipeline::Assigned& assigned) {
        std::vector<Partition> partitions;
        for (const auto& one : assigned.partitions) partitions.push_back(one.partition);
        return partitions;
    }

    /// One past the highest offset of each partition.
    static std::vector<pipeline::Progress> after(const std::vector<Record>& records) {
        std::map<Partition, Offset> next;
        for (const auto& [origin, key, value, headers] : records)
            next[origin.partition] = std::max(next[origin.partition], origin.offset + 1);
        std::vector<pipeline::Progress> positions;
        for (const auto& [partition, offset] : next) positions.push_back({partition, offset});
        return positions;
    }
};

}  // namespace prelabel::kafka::test
