#include "raw_producer.hpp"
#include "source_fixture.hpp"

#include <set>

#include <gmock/gmock.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

TEST_F(KafkaSourceTest, ReadsEveryRecordOnceAndInOrderWithinItsPartition) {
    fill(500);
    auto from = source();
    assign_all(*from, 500);
    std::map<Partition, Offset> next;
    std::set<std::string> values;
    for (const auto& record : read(*from, 500)) {
        EXPECT_EQ(record.origin.offset, next[record.origin.partition]++);
        EXPECT_EQ(record.key, "key" + record.value.value());
        EXPECT_GT(record.origin.timestamp_ms, 1'600'000'000'000);
        values.insert(record.value.value());
    }
    EXPECT_EQ(values.size(), 500U);
    EXPECT_EQ(next.size(), 3U);
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, ReadsAPartitionOnlyWhileItHasCredit) {
    fill(300);
    const auto counts = count_all(300);
    auto from = source();
    expect<pipeline::Assigned>(*from);

    from->grant(p1, 1'000);
    for (const auto& record : read(*from, counts.at(p1))) EXPECT_EQ(record.origin.partition, p1);
    const auto waiting = loop.start(next_besides_ends(from.get()));
    loop.turn_for(std::chrono::milliseconds(300));
    EXPECT_FALSE(waiting->done) << "p0 and p2 have records but no credit";

    from->grant(p2, 7);
    loop.turn_until([&] { return waiting->done; });
    const auto batch = std::get<pipeline::Batch>(**waiting->value);
    ASSERT_EQ(batch.records.size(), 7U) << "exactly the credit, though more is there";
    for (const auto& record : batch.records) EXPECT_EQ(record.origin.partition, p2);

    from->grant(p0, 1'000);
    for (const auto& record : read(*from, counts.at(p0))) EXPECT_EQ(record.origin.partition, p0);
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, ABatchStopsAtTheRoomInRecordsAndInBytes) {
    fill(200);
    auto from = source();
    assign_all(*from, 200);
    EXPECT_LE(expect<pipeline::Batch>(*from, {5, 1U << 20}).records.size(), 5U);
    EXPECT_EQ(expect<pipeline::Batch>(*from, {100, 1}).records.size(), 1U) << "the first record may go over the bytes";
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, NullIsNotEmptyInAValueAKeyOrAHeader) {
    RawProducer to(cluster.brokers());
    to.add({{p0, 0, -1}, "gone", std::nullopt, {{"none", std::nullopt}, {"empty", ""}}});
    to.add({{p0, 0, -1}, std::nullopt, "", {}});
    to.flush();
    auto from = source();
    assign_all(*from, 2);
    const auto records = read(*from, 2);
    EXPECT_EQ(records[0].key, "gone");
    EXPECT_EQ(records[0].value, std::nullopt);
    EXPECT_EQ(records[0].headers, (std::vector<Header>{{"none", std::nullopt}, {"empty", ""}}));
    EXPECT_EQ(records[1].key, std::nullopt);
    EXPECT_EQ(records[1].value, "");
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, ABatchStopsAtTheRoomAlsoWhereKeysAndHeadersTakeIt) {
    RawProducer to(cluster.brokers());
    for (int i = 0; i < 20; ++i)
        to.add({{p0, 0, -1}, std::string(1'000, 'k'), "v", {{"trace", std::string(1'000, 'h')}}});
    to.flush();
    auto from = source();
    assign_all(*from, 20);
    std::size_t most = 0;
    for (std::size_t count = 0; count < 20;) {
        const auto batch = expect<pipeline::Batch>(*from, {100, 5'000});
        count += batch.records.size();
        most = std::max(most, batch.records.size());
    }
    EXPECT_LE(most, 3U) << "two fit, and the third goes over";
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, SaysWhichPartitionAnErrorIsOf) {
    fill(30);
    auto from = source();
    assign_all(*from, 1'000);
    read(*from, 30);
    // More than one: the client passes over the reply to a fetch that it no longer waits for.
    cluster.fail(Request::fetch, std::vector(10, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED));
    const auto reading = loop.start(next_besides_ends(from.get()));
    const auto named = Contains(Field(&Notice::text, AllOf(HasSubstr("in/"), HasSubstr("allow this user"))));
    loop.turn_until([&] { return ::testing::Value(notices, named); });
    from->stop();
    loop.turn_until([&] { return reading->done; });
    loop.run(from->close(soon()));
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
    from->nudge();  // nobody waits: the next one does not
    EXPECT_TRUE(expect<pipeline::Batch>(*from, {0, 0}).records.empty());
    read(*from, 10);
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, StopEndsTheWaitAndEveryLaterOne) {
    auto from = source();
    assign_all(*from, 1);
    const auto waiting = loop.start(next_besides_ends(from.get()));
    loop.turn_for(std::chrono::milliseconds(10));
    from->stop();
    loop.turn_until([&] { return waiting->done; });
    EXPECT_EQ(waiting->value->error().fault, Fault::cancelled);
    EXPECT_EQ(loop.run(from->next(plenty)).error().fault, Fault::cancelled);
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, ResumesAfterWhatWasCommittedNotAfterWhatWasRead) {
    fill(120);
    std::vector<Record> committed;
    {
        auto from = source();
        assign_all(*from, 20);
        committed = read(*from, 60);
        ASSERT_TRUE(loop.run(from->group().commit(after(committed), soon())));
        for (const auto& partition : {p0, p1, p2}) from->grant(partition, 1);
        read(*from, 3);  // read, but never committed
        loop.run(from->close(soon()));
    }
    auto from = source();
    assign_all(*from, 120);
    std::set<std::string> values;
    for (const auto& record : committed) values.insert(record.value.value());
    for (const auto& record : read(*from, 60)) EXPECT_TRUE(values.insert(record.value.value()).second) << "read twice";
    EXPECT_EQ(values.size(), 120U);
    EXPECT_EQ(from->stats().records, 60U);
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, ARefusedCommitIsReportedAndTheNextOneCoversIt) {
    fill(30);
    auto from = source();
    assign_all(*from, 30);
    const auto positions = after(read(*from, 30));
    cluster.fail(Request::offset_commit, {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
    const auto refused = loop.run(from->group().commit(positions, soon()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::dependency);
    EXPECT_THAT(refused.error().message, HasSubstr("allow this user to read the consumer group"));
    EXPECT_TRUE(loop.run(from->group().commit(positions, soon())));
    EXPECT_EQ(from->stats().failed_commits, 1U);
    EXPECT_EQ(from->stats().commits, 1U);
    EXPECT_TRUE(loop.run(from->group().commit({}, soon()))) << "nothing to commit is done at once";
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, KnowsTheLagAlsoOfAPartitionThatIsHeldBack) {
    fill(300);
    const auto counts = count_all(300);
    auto from = source();
    assign_all(*from, 10);
    const auto records = read(*from, 30);
    ASSERT_TRUE(loop.run(from->group().commit(after(records), soon())));
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
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, APartitionWithoutACommitLagsFromItsStart) {
    fill(30);
    const auto counts = count_all(30);
    auto from = source();
    expect<pipeline::Assigned>(*from);  // and nothing is read
    loop.turn_until([&] {
        const auto stats = from->stats();
        return std::ranges::all_of(stats.partitions, [](const auto& each) { return each.lag.has_value(); });
    });
    for (const auto& partition : from->stats().partitions) {
        EXPECT_EQ(partition.committed, std::nullopt);
        EXPECT_EQ(partition.lag, static_cast<std::int64_t>(counts.at(partition.partition)));
    }
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, KnowsWhatEarlierOwnersHaveCommitted) {
    fill(30);
    const auto counts = count_all(30);
    {
        auto earlier = source();
        assign_all(*earlier, 30);
        ASSERT_TRUE(loop.run(earlier->group().commit(after(read(*earlier, 30)), soon())));
        loop.run(earlier->close(soon()));
    }
    auto from = source();
    expect<pipeline::Assigned>(*from);
    loop.turn_until([&] {
        const auto stats = from->stats();
        return std::ranges::all_of(stats.partitions, [](const auto& each) { return each.lag == 0; });
    });
    for (const auto& partition : from->stats().partitions)
        EXPECT_EQ(partition.committed, static_cast<Offset>(counts.at(partition.partition)));
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, ACommitEndsAtItsDeadlineWhenTheBrokerIsAway) {
    fill(3);
    auto from = source();
    assign_all(*from, 3);
    const auto positions = after(read(*from, 3));
    cluster.stop();
    const auto refused = loop.run(from->group().commit(positions, loop.clock().now() + std::chrono::milliseconds(200)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::dependency);
    loop.run(from->close(loop.clock().now() + std::chrono::milliseconds(200)));
    EXPECT_THAT(notices, Contains(Field(&Notice::text, HasSubstr("session time-out"))));
}

TEST_F(KafkaSourceTest, AnEmptyPartitionHasNoLag) {
    auto from = source();
    assign_all(*from, 1);
    const auto waiting = loop.start(next_besides_ends(from.get()));
    loop.turn_until([&] {
        const auto stats = from->stats();
        return std::ranges::all_of(stats.partitions, [](const auto& each) { return each.lag == 0; });
    });
    from->stop();
    loop.turn_until([&] { return waiting->done; });
    loop.run(from->close(soon()));
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
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, AStaticMemberReadsOnWhereItWas) {
    fill(30);
    const Properties properties{{"group.instance.id", "worker-0"}};
    {
        auto from = source(properties);
        assign_all(*from, 30);
        ASSERT_TRUE(loop.run(from->group().commit(after(read(*from, 30)), soon())));
        loop.run(from->close(soon()));
    }
    auto from = source(properties);
    assign_all(*from, 30);
    loop.run(from->close(soon()));
}

TEST_F(KafkaSourceTest, CanBeDestroyedWhileSomebodyWaits) {
    auto from = source();
    expect<pipeline::Assigned>(*from);  // without credit nothing comes
    const auto waiting = loop.start(from->next(plenty));
    loop.turn_for(std::chrono::milliseconds(50));
    from.reset();
    EXPECT_FALSE(waiting->done);
}

}  // namespace
}  // namespace prelabel::kafka::test
