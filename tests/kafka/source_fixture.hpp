#pragma once

#include "fixture.hpp"

#include <prelabel/kafka/kafka_source.hpp>

#include <map>

#include <gmock/gmock.h>

namespace prelabel::kafka::test {

/// Tests of a source on a topic `in` of three partitions.
class KafkaSourceTest : public KafkaTest {
protected:
    const Partition p0{"in", 0};
    const Partition p1{"in", 1};
    const Partition p2{"in", 2};

    void assign_all(KafkaSource& to, std::size_t credit) {
        const auto assigned = expect<pipeline::Assigned>(to);
        ASSERT_THAT(partitions_of(assigned), ::testing::UnorderedElementsAre(p0, p1, p2));
        for (const auto& partition : partitions_of(assigned)) to.grant(partition, credit);
    }

    /// As next(), which also brings the ends of partitions as they are reached.
    static async::Coroutine<Result<pipeline::SourceEvent>> next_besides_ends(KafkaSource* from) {
        for (;;) {
            auto event = co_await from->next(plenty);
            const auto* const batch = event ? std::get_if<pipeline::Batch>(&*event) : nullptr;
            if (!batch || !batch->records.empty()) co_return event;
        }
    }

    /// Records in each partition, as the broker spread them.
    std::map<Partition, std::size_t> count_all(std::size_t total) {
        auto from = source();
        assign_all(*from, total);
        std::map<Partition, std::size_t> counts;
        for (const auto& record : read(*from, total)) ++counts[record.origin.partition];
        loop.run(from->close(soon()));
        return counts;
    }
};

}  // namespace prelabel::kafka::test
