#pragma once

#include "assignment_fixture.hpp"
#include "loop.hpp"
#include "mock_cluster.hpp"
#include "raw_producer.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::kafka {

inline constexpr pipeline::Room plenty{1'000, 1U << 30};

/// An assignment that reads from a broker in the test.
class AssignmentReads : public ::testing::Test {
protected:
    struct WentBack {
        Partition partition;
        Offset delivered;
        Offset found;
    };

    test::MockCluster cluster{{"in", 3}};
    test::Loop loop;
    ClientPtr client;
    int signals = 0;
    Wakeup wakeup{loop.executor(), [this] { ++signals; }};
    std::vector<rd_kafka_resp_err_t> errors;
    std::vector<WentBack> went_back;
    std::vector<pipeline::ReadToEnd> ends;
    std::vector<pipeline::Lost> lost;
    std::optional<Assignment> assignment;

    /// Each partition's records in one batch, so that all of them arrive together.
    void fill(std::size_t each, const std::vector<Partition>& partitions = {p0, p1, p2}, std::size_t bytes = 100) {
        test::RawProducer producer(cluster.brokers(), {{"linger.ms", "5000"}});
        for (std::size_t i = 0; i < each; ++i) {
            for (const auto& partition : partitions) {
                Record record;
                record.origin.partition = partition;
                record.value = std::string(bytes, 'v');
                producer.add(record);
            }
        }
        producer.flush();
    }

    void assign(const std::vector<Partition>& partitions, Offset from = 0, const Properties& properties = {}) {
        client = consumer(cluster.brokers(), properties);
        assignment.emplace(
            client.get(), wakeup,
            Assignment::Events{[this](rd_kafka_event_t* event) { errors.push_back(rd_kafka_event_error(event)); },
                               [this](const Partition& partition, Offset delivered, Offset found) {
                                   went_back.push_back({partition, delivered, found});
                               }});
        const PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
        for (const auto& partition : partitions) {
            assignment->add(partition);
            rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number)->offset = from;
        }
        ASSERT_EQ(rd_kafka_assign(client.get(), list.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    }

    /// Where the client itself goes on, as after a topic was cut.
    void seek(const Partition& partition, Offset to) {
        const PartitionListPtr list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number)->offset = to;
        const ErrorPtr error(rd_kafka_seek_partitions(client.get(), list.get(), 10'000));
        ASSERT_EQ(error, nullptr);
    }

    std::vector<Record> read(pipeline::Room room = plenty) {
        pipeline::Batch out;
        assignment->read(room, out);
        return kept(std::move(out));
    }

    std::vector<Record> kept(pipeline::Batch out) {
        ends.insert(ends.end(), out.ends.begin(), out.ends.end());
        lost.insert(lost.end(), out.lost.begin(), out.lost.end());
        return std::move(out.records);
    }

    /// Turns the loop and reads on signals, as the source does.
    std::vector<Record> read_until(const std::function<bool(const std::vector<Record>&)>& enough,
                                   pipeline::Room room = plenty) {
        pipeline::Batch out;
        loop.turn_until([&] {
            if (std::exchange(signals, 0) > 0) assignment->signalled();
            assignment->read({room.records - out.records.size(), room.bytes}, out);
            return enough(out.records);
        });
        return kept(std::move(out));
    }
    std::vector<Record> read_count(std::size_t count) {
        return read_until([count](const auto& out) { return out.size() >= count; }, {count, plenty.bytes});
    }

    /// Reads the first record of each partition, so that the others are known to wait in the client.
    void read_one_each(const std::vector<Partition>& partitions) {
        for (const auto& partition : partitions) assignment->grant(partition, 1);
        ASSERT_EQ(read_count(partitions.size()).size(), partitions.size());
    }

    static std::vector<Offset> offsets(const std::vector<Record>& records) {
        std::vector<Offset> out;
        for (const auto& record : records) out.push_back(record.origin.offset);
        return out;
    }
    static std::vector<int> numbers(const std::vector<Record>& records) {
        std::vector<int> out;
        for (const auto& record : records) out.push_back(record.origin.partition.number);
        return out;
    }
    [[nodiscard]] std::optional<Offset> position(const Partition& partition) const {
        for (const auto& stats : assignment->stats())
            if (stats.partition == partition) return stats.position;
        return std::nullopt;
    }
};

}  // namespace prelabel::kafka
