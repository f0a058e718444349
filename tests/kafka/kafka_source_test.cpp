#include "fixture.hpp"

#include <prelabel/kafka/kafka_source.hpp>

#include <set>

#include <gmock/gmock.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class KafkaSourceTest : public KafkaTest {
protected:
    const Partition p0{"in", 0};
    const Partition p1{"in", 1};
    const Partition p2{"in", 2};

    void assign_all(KafkaSource& to, std::size_t credit) {
        const auto assigned = expect<pipeline::Assigned>(to);
        ASSERT_THAT(assigned.partitions, UnorderedElementsAre(p0, p1, p2));
        for (const auto& partition : assigned.partitions) to.grant(partition, credit);
    }

    /// Records in each partition, as the broker spread them.
    std::map<Partition, std::size_t> count_all(std::size_t total) {
        auto from = source();
        assign_all(*from, total);
        std::map<Partition, std::size_t> counts;
        for (const auto& record : read(*from, total)) ++counts[record.origin.partition];
        loop.run(from->close());
        return counts;
    }
};

TEST_F(KafkaSourceTest, ReadsEveryRecordOnceAndInOrderWithinItsPartition) {
    fill(500);
    auto from = source();
    assign_all(*from, 500);
    std::map<Partition, Offset> next;
    std::set<std::string> values;
    for (const auto& record : read(*from, 500)) {
        EXPECT_EQ(record.origin.offset, next[record.origin.partition]++);
        EXPECT_EQ(record.key, "key" + record.value);
        EXPECT_GT(record.origin.timestamp_ms, 1'600'000'000'000);
        values.insert(record.value);
    }
    EXPECT_EQ(values.size(), 500U);
    EXPECT_EQ(next.size(), 3U);
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, ReadsAPartitionOnlyWhileItHasCredit) {
    fill(300);
    const auto counts = count_all(300);
    auto from = source();
    expect<pipeline::Assigned>(*from);

    from->grant(p1, 1'000);
    for (const auto& record : read(*from, counts.at(p1))) EXPECT_EQ(record.origin.partition, p1);
    const auto waiting = loop.start(from->next(plenty));
    loop.turn_for(std::chrono::milliseconds(300));
    EXPECT_FALSE(waiting->done) << "p0 and p2 have records but no credit";

    from->grant(p2, 7);
    loop.turn_until([&] { return waiting->done; });
    const auto batch = std::get<pipeline::Batch>(**waiting->value);
    ASSERT_EQ(batch.records.size(), 7U) << "exactly the credit, though more is there";
    for (const auto& record : batch.records) EXPECT_EQ(record.origin.partition, p2);

    from->grant(p0, 1'000);
    for (const auto& record : read(*from, counts.at(p0))) EXPECT_EQ(record.origin.partition, p0);
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, ABatchStopsAtTheRoomInRecordsAndInBytes) {
    fill(200);
    auto from = source();
    assign_all(*from, 200);
    EXPECT_LE(expect<pipeline::Batch>(*from, {5, 1U << 20}).records.size(), 5U);
    EXPECT_EQ(expect<pipeline::Batch>(*from, {100, 1}).records.size(), 1U) << "the first record may go over the bytes";
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, WithoutRoomItWaitsAndANudgeEndsTheWait) {
    fill(10);
    auto from = source();
    assign_all(*from, 10);
    const auto waiting = loop.start(from->next({0, 0}));
    loop.turn_for(std::chrono::milliseconds(300));
    ASSERT_FALSE(waiting->done);
    from->nudge();
    loop.turn_until([&] { return waiting->done; });
    EXPECT_TRUE(std::get<pipeline::Batch>(**waiting->value).records.empty());
    read(*from, 10);
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, StopEndsTheWaitAndEveryLaterOne) {
    auto from = source();
    assign_all(*from, 1);
    const auto waiting = loop.start(from->next(plenty));
    loop.turn_for(std::chrono::milliseconds(10));
    from->stop();
    loop.turn_until([&] { return waiting->done; });
    EXPECT_EQ(waiting->value->error().fault, Fault::cancelled);
    EXPECT_EQ(loop.run(from->next(plenty)).error().fault, Fault::cancelled);
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, ResumesAfterWhatWasCommittedNotAfterWhatWasRead) {
    fill(120);
    std::vector<Record> committed;
    {
        auto from = source();
        assign_all(*from, 20);
        committed = read(*from, 60);
        ASSERT_TRUE(loop.run(from->commit(after(committed))));
        for (const auto& partition : {p0, p1, p2}) from->grant(partition, 1);
        read(*from, 3);  // read, but never committed
        loop.run(from->close());
    }
    auto from = source();
    assign_all(*from, 120);
    std::set<std::string> values;
    for (const auto& record : committed) values.insert(record.value);
    for (const auto& record : read(*from, 60)) EXPECT_TRUE(values.insert(record.value).second) << "read twice";
    EXPECT_EQ(values.size(), 120U);
    EXPECT_EQ(from->stats().records, 60U);
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, ARefusedCommitIsReportedAndTheNextOneCoversIt) {
    fill(30);
    auto from = source();
    assign_all(*from, 30);
    const auto positions = after(read(*from, 30));
    cluster.fail(Request::offset_commit, {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
    const auto refused = loop.run(from->commit(positions));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::dependency);
    EXPECT_THAT(refused.error().message, HasSubstr("allow this user to read the consumer group"));
    EXPECT_TRUE(loop.run(from->commit(positions)));
    EXPECT_EQ(from->stats().failed_commits, 1U);
    EXPECT_EQ(from->stats().commits, 1U);
    EXPECT_TRUE(loop.run(from->commit({}))) << "nothing to commit is done at once";
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, ARevocationWaitsForItsReleaseAndBringsNoRecordMeanwhile) {
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
                EXPECT_TRUE(values.insert(record.value).second) << "read twice";
            *reading = loop.start((reading == &reading_first ? first : second)->next(plenty));
        }
        loop.turn_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(first->stats().revocations, 1U);
    EXPECT_EQ(first->stats().assignments, 2U);
    first->stop();
    second->stop();
    loop.turn_until([&] { return reading_first->done && reading_second->done; });
    loop.run(first->close());
    loop.run(second->close());
}

TEST_F(KafkaSourceTest, ClosingHandsThePartitionsToTheOthersAtOnce) {
    auto first = source();
    assign_all(*first, 1);
    auto second = source();
    const auto joining = loop.start(second->next(plenty));
    const auto revoked = expect<pipeline::Revoked>(*first);
    loop.run(first->close());  // without a release
    EXPECT_THAT(notices, Not(Contains(Field(&Notice::text, HasSubstr("left in order")))));
    loop.turn_until([&] { return joining->done; });
    EXPECT_THAT(std::get<pipeline::Assigned>(**joining->value).partitions, UnorderedElementsAre(p0, p1, p2));
    loop.run(second->close());
}

TEST_F(KafkaSourceTest, SaysWhenAnAssignmentIsLostAndGoesOnAfterwards) {
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
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, StaysInItsGroupWhileNobodyReads) {
    fill(30);
    auto from = source({{"max.poll.interval.ms", "1500"}, {"session.timeout.ms", "1500"}});
    assign_all(*from, 30);
    loop.turn_for(std::chrono::milliseconds(3'500));  // more than twice the interval, and no call of next()
    EXPECT_EQ(read(*from, 30).size(), 30U);
    EXPECT_EQ(from->stats().revocations, 0U);
    EXPECT_THAT(notices, Not(Contains(Field(&Notice::text, HasSubstr("max.poll")))));
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, KnowsTheLagAlsoOfAPartitionThatIsHeldBack) {
    fill(300);
    const auto counts = count_all(300);
    auto from = source();
    assign_all(*from, 10);
    const auto records = read(*from, 30);
    ASSERT_TRUE(loop.run(from->commit(after(records))));
    fill(600);
    loop.turn_until([&] {
        std::int64_t high = 0;
        for (const auto& partition : from->stats().partitions) high += partition.high.value_or(0);
        return high == 900;
    });
    for (const auto& partition : from->stats().partitions) {
        EXPECT_EQ(partition.committed, 10);
        EXPECT_EQ(partition.position, 10);
        EXPECT_EQ(partition.lag, *partition.high - 10);
        EXPECT_EQ(partition.low, 0);
    }
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, AnEmptyPartitionHasNoLag) {
    auto from = source();
    assign_all(*from, 1);
    const auto waiting = loop.start(from->next(plenty));
    loop.turn_until([&] {
        const auto stats = from->stats();
        return std::ranges::all_of(stats.partitions, [](const auto& each) { return each.lag == 0; });
    });
    from->stop();
    loop.turn_until([&] { return waiting->done; });
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, TellsOfAMissingTopicAndKeepsWaiting) {
    auto from = source({{"topic.metadata.refresh.interval.ms", "200"}}, "missing");
    const auto waiting = loop.start(from->next(plenty));
    loop.turn_until([&] { return !notices.empty(); });
    EXPECT_THAT(notices, Contains(AllOf(Field(&Notice::severity, Severity::error),
                                        Field(&Notice::text, HasSubstr("create the topic")))));
    EXPECT_FALSE(waiting->done);
    from->stop();
    loop.turn_until([&] { return waiting->done; });
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, AStaticMemberReadsOnWhereItWas) {
    fill(30);
    const Properties properties{{"group.instance.id", "worker-0"}};
    {
        auto from = source(properties);
        assign_all(*from, 30);
        ASSERT_TRUE(loop.run(from->commit(after(read(*from, 30)))));
        loop.run(from->close());
    }
    auto from = source(properties);
    assign_all(*from, 30);
    loop.run(from->close());
}

TEST_F(KafkaSourceTest, CanBeDestroyedWhileSomebodyWaits) {
    auto from = source();
    assign_all(*from, 1);
    const auto waiting = loop.start(from->next(plenty));
    loop.turn_for(std::chrono::milliseconds(50));
    from.reset();
    EXPECT_FALSE(waiting->done);
}

}  // namespace
}  // namespace prelabel::kafka::test
