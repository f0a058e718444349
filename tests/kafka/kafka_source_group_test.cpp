#include "source_fixture.hpp"

#include <gmock/gmock.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using KafkaSourceGroupTest = KafkaSourceTest;

TEST_F(KafkaSourceGroupTest, ARevocationWaitsForItsReleaseAndBringsNoRecordMeanwhile) {
    fill(300);
    auto first = source();
    assign_all(*first, 20);
    read(*first, 60);

    auto second = source();
    const auto joining = loop.start(second->next(plenty));
    const auto revoked = expect<pipeline::Revoked>(*first);
    EXPECT_FALSE(revoked.lost);
    EXPECT_THAT(revoked.partitions, UnorderedElementsAre(p0, p1, p2));

    for (const auto& partition : revoked.partitions) first->grant(partition, 100);
    const auto after_revocation = loop.start(first->next(plenty));
    loop.turn_for(std::chrono::milliseconds(500));
    EXPECT_FALSE(after_revocation->done) << "no record of a revoked partition, whatever its credit";
    EXPECT_FALSE(joining->done) << "nobody else owns them before the release";

    // A real broker takes a commit now; the mock answers REBALANCE_IN_PROGRESS, so the second member reads from the
    // start.
    loop.run(first->release(revoked.partitions));
    loop.turn_until([&] { return joining->done && after_revocation->done; });

    std::vector<Partition> owned = std::get<pipeline::Assigned>(**after_revocation->value).partitions;
    const auto by_second = std::get<pipeline::Assigned>(**joining->value).partitions;
    EXPECT_FALSE(owned.empty());
    EXPECT_FALSE(by_second.empty());
    for (const auto& partition : owned) first->grant(partition, 300);
    for (const auto& partition : by_second) second->grant(partition, 300);
    owned.insert(owned.end(), by_second.begin(), by_second.end());
    EXPECT_THAT(owned, UnorderedElementsAre(p0, p1, p2));

    std::set<std::string> values;
    auto reading_first = loop.start(first->next(plenty));
    auto reading_second = loop.start(second->next(plenty));
    while (values.size() < 300) {
        for (auto* reading : {&reading_first, &reading_second}) {
            if (!(*reading)->done) continue;
            for (const auto& record : std::get<pipeline::Batch>(**(*reading)->value).records)
                EXPECT_TRUE(values.insert(record.value.value()).second) << "read twice";
            *reading = loop.start((reading == &reading_first ? first : second)->next(plenty));
        }
        loop.turn_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(first->stats().revocations, 1U);
    EXPECT_EQ(first->stats().assignments, 2U);
    first->stop();
    second->stop();
    loop.turn_until([&] { return reading_first->done && reading_second->done; });
    loop.run(first->close(soon()));
    loop.run(second->close(soon()));
}

TEST_F(KafkaSourceGroupTest, ClosingHandsThePartitionsToTheOthersAtOnce) {
    auto first = source();
    assign_all(*first, 1);
    auto second = source();
    const auto joining = loop.start(second->next(plenty));
    const auto revoked = expect<pipeline::Revoked>(*first);
    loop.run(first->close(soon()));  // without a release
    EXPECT_THAT(notices, Not(Contains(Field(&Notice::text, HasSubstr("left in order")))));
    loop.turn_until([&] { return joining->done; });
    EXPECT_THAT(std::get<pipeline::Assigned>(**joining->value).partitions, UnorderedElementsAre(p0, p1, p2));
    loop.run(second->close(soon()));
}

TEST_F(KafkaSourceGroupTest, SaysWhenAnAssignmentIsLostAndGoesOnAfterwards) {
    fill(30);
    auto from = source();
    assign_all(*from, 1);
    read(*from, 3);
    cluster.fail(Request::heartbeat, {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID});
    const auto revoked = expect<pipeline::Revoked>(*from);
    EXPECT_TRUE(revoked.lost);
    loop.run(from->release(revoked.partitions));
    assign_all(*from, 30);
    read(*from, 30);
    EXPECT_EQ(from->stats().lost_assignments, 1U);
    loop.run(from->close(soon()));
}

// A topic that was deleted and created again, or cut, answers so: the client starts over from what there is.
TEST_F(KafkaSourceGroupTest, APartitionWhoseOffsetsGoBackIsLostAndAssignedAnew) {
    fill(30);
    const auto counts = count_all(30);
    auto from = source();
    assign_all(*from, 1'000);
    ASSERT_TRUE(loop.run(from->commit(after(read(*from, 30)), soon())));
    cluster.fail(Request::fetch, {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE});
    std::map<Partition, std::vector<Offset>> again;
    std::size_t expected = 0;
    std::size_t found = 0;
    while (expected == 0 || found < expected) {
        auto event = loop.run(from->next(plenty));
        ASSERT_TRUE(event);
        if (auto* revoked = std::get_if<pipeline::Revoked>(&*event)) {
            EXPECT_TRUE(revoked->lost) << "nothing of its past may be committed";
            loop.run(from->release(revoked->partitions));
        } else if (auto* assigned = std::get_if<pipeline::Assigned>(&*event)) {
            for (const auto& partition : assigned->partitions) {
                EXPECT_TRUE(again.try_emplace(partition).second) << "once";
                expected += counts.at(partition);
                from->grant(partition, 1'000);
            }
        } else {
            for (const auto& record : std::get<pipeline::Batch>(*event).records) {
                ASSERT_TRUE(again.contains(record.origin.partition)) << "only after it was assigned anew";
                again[record.origin.partition].push_back(record.origin.offset);
                ++found;
            }
        }
    }
    for (const auto& [partition, offsets] : again)
        for (std::size_t i = 0; i < offsets.size(); ++i)
            EXPECT_EQ(offsets[i], static_cast<Offset>(i)) << "all, in order";
    EXPECT_GE(from->stats().restarts, again.size()) << "others may have started over since";
    EXPECT_THAT(notices, Contains(AllOf(Field(&Notice::severity, Severity::error),
                                        Field(&Notice::text, HasSubstr("went back from offset")))));
    loop.run(from->close(soon()));

    auto later = source();
    assign_all(*later, 30);
    EXPECT_EQ(read(*later, expected).size(), expected) << "the group's position went back with the partition";
    loop.run(later->close(soon()));
}

TEST_F(KafkaSourceGroupTest, StaysInItsGroupWhileNobodyReads) {
    fill(30);
    auto from = source({{"max.poll.interval.ms", "1500"}, {"session.timeout.ms", "1500"}});
    assign_all(*from, 30);
    loop.turn_for(std::chrono::milliseconds(3'500));  // more than twice the interval, and no call of next()
    EXPECT_EQ(read(*from, 30).size(), 30U);
    EXPECT_EQ(from->stats().revocations, 0U);
    EXPECT_THAT(notices, Not(Contains(Field(&Notice::text, HasSubstr("max.poll")))));
    loop.run(from->close(soon()));
}

}  // namespace
}  // namespace prelabel::kafka::test
