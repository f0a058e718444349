#include "source_fixture.hpp"

#include <prelabel/kafka/kafka_outbox.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prelabel::kafka::test {
namespace {

using pipeline::Progress;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

/// What a group keeps for the next owner of a partition.
class GroupTest : public KafkaSourceTest {
protected:
    /// An owner comes, commits, and leaves.
    Result<> commit(std::vector<Progress> progress) {
        auto from = source();
        assign_all(*from, 1);
        Result<> committed = loop.run(from->group().commit(std::move(progress), soon()));
        loop.run(from->close(soon()));
        return committed;
    }
    /// What the next one is told.
    std::map<Partition, pipeline::AssignedPartition> told() {
        auto from = source();
        std::map<Partition, pipeline::AssignedPartition> found;
        for (const auto& one : expect<pipeline::Assigned>(*from).partitions) found[one.partition] = one;
        loop.run(from->close(soon()));
        return found;
    }
};

TEST_F(GroupTest, TellsTheNextOwnerWhatIsDoneAboveThePosition) {
    ASSERT_TRUE(commit({{p0, 3, "Rabc"}, {p1, 7}}));
    const auto found = told();
    EXPECT_EQ(found.at(p0).next, 3);
    EXPECT_EQ(found.at(p0).done_above, "Rabc");
    EXPECT_EQ(found.at(p1).next, 7);
    EXPECT_EQ(found.at(p1).done_above, "");
    EXPECT_EQ(found.at(p2).next, std::nullopt) << "nobody has committed it";
}

TEST_F(GroupTest, KeepsATextOfTheGreatestSize) {
    const std::string text(4'096, 'B');
    ASSERT_TRUE(commit({{p0, 3, text}}));
    EXPECT_EQ(told().at(p0).done_above, text);
}

TEST_F(GroupTest, ACommitWithoutATextTakesTheEarlierAway) {
    ASSERT_TRUE(commit({{p0, 3, "Rabc"}}));
    ASSERT_TRUE(commit({{p0, 4}}));
    EXPECT_EQ(told().at(p0).next, 4);
    EXPECT_EQ(told().at(p0).done_above, "");
}

TEST_F(GroupTest, AnAnswerThatIsRefusedIsNone) {
    ASSERT_TRUE(commit({{p0, 3, "Rabc"}}));
    cluster.fail(Request::offset_fetch, std::vector(4, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED));
    EXPECT_EQ(told().at(p0).done_above, "");
}

TEST_F(GroupTest, AnAnswerThatDoesNotComeIsWaitedForOnlySoLong) {
    ASSERT_TRUE(commit({{p0, 3, "Rabc"}}));
    cluster.delay(Request::offset_fetch, 4, std::chrono::seconds(20));
    const TimePoint began = loop.clock().now();
    EXPECT_EQ(told().at(p0).done_above, "");
    EXPECT_LE(loop.clock().now() - began, std::chrono::seconds(15));
    EXPECT_THAT(notices, Contains(Field(&Notice::text, HasSubstr("labeled again"))));
}

TEST_F(GroupTest, WhatIsCommittedIsAskedForUntilItIsToldWhereTransactionsAreAwaited) {
    ASSERT_TRUE(commit({{p0, 3, "Rabc"}}));
    cluster.fail(Request::offset_fetch, std::vector(8, RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT));
    auto from = source({}, "in", true);
    const TimePoint began = loop.clock().now();
    const auto assigned = expect<pipeline::Assigned>(*from);
    EXPECT_GE(loop.clock().now() - began, std::chrono::milliseconds(500))
        << "the transaction of the last owner is open";
    const auto zero = std::ranges::find(assigned.partitions, p0, &pipeline::AssignedPartition::partition);
    ASSERT_NE(zero, assigned.partitions.end());
    EXPECT_EQ(zero->done_above, "Rabc");
    loop.run(from->close(soon()));
}

TEST_F(GroupTest, CommitsWithoutMapsWhereABrokerTakesNone) {
    auto from = source();
    assign_all(*from, 1);
    cluster.fail(Request::offset_commit, {RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE});
    EXPECT_FALSE(loop.run(from->group().commit({{p0, 3, "Rabc"}}, soon())));
    EXPECT_TRUE(loop.run(from->group().commit({{p0, 3, "Rabc"}}, soon())));
    loop.run(from->close(soon()));
    EXPECT_EQ(told().at(p0).next, 3);
    EXPECT_EQ(told().at(p0).done_above, "");
    EXPECT_THAT(notices, Contains(Field(&Notice::text, HasSubstr("offset.metadata.max.bytes"))));
}

TEST_F(GroupTest, AnOutboxAsksForProgressAndCommitsIt) {
    auto from = source();
    assign_all(*from, 1);
    {
        KafkaOutbox outbox(sink(), *from);
        std::vector<Progress> progress;
        int asked = 0;
        const pipeline::AskProgress ask = [&](const std::vector<Origin>& together) {
            EXPECT_TRUE(together.empty()) << "an acknowledged output waits for no commit";
            ++asked;
            return progress;
        };
        EXPECT_TRUE(loop.run(outbox.commit(ask, soon()))) << "nothing to commit";
        progress = {{p0, 3, "Rabc"}};
        EXPECT_TRUE(loop.run(outbox.publish(output("k", "v"))));
        EXPECT_TRUE(loop.run(outbox.commit(ask, soon())));
        EXPECT_EQ(asked, 2);
        EXPECT_FALSE(outbox.fits(output("k", std::string(1'000'001, 'v'))));
        EXPECT_TRUE(outbox.fits(output("k", std::string(999'000, 'v'))));
        loop.run(outbox.close(soon()));
        EXPECT_EQ(outbox.stats().records, 1U);
    }
    EXPECT_EQ(from->stats().commits, 1U);
    loop.run(from->close(soon()));
    EXPECT_EQ(told().at(p0).done_above, "Rabc");
}

}  // namespace
}  // namespace prelabel::kafka::test
