// What an assignment knows of its partitions: no broker is asked.
#include "assignment_fixture.hpp"
#include "loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::kafka {
namespace {

using test::Loop;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AssignmentStats : public ::testing::Test {
protected:
    Loop loop;
    ClientPtr client = consumer("127.0.0.1:1");
    Wakeup wakeup{loop.executor(), [] {}};
    Assignment assignment{client.get(), wakeup, {[](rd_kafka_event_t*) {}, [](const Partition&, Offset, Offset) {}}};

    PartitionStats stats_of(const Partition& partition) {
        for (const auto& stats : assignment.stats())
            if (stats.partition == partition) return stats;
        throw std::runtime_error("no stats of the partition");
    }
};

TEST_F(AssignmentStats, HoldsPartitionsInOrderHoweverTheyCame) {
    EXPECT_TRUE(assignment.empty());
    for (const auto& partition : {p2, p0, Partition{"a", 9}, p1}) assignment.add(partition);
    EXPECT_FALSE(assignment.empty());
    EXPECT_THAT(assignment.partitions(), ElementsAre(Partition{"a", 9}, p0, p1, p2));
    assignment.remove(p1);
    EXPECT_THAT(assignment.partitions(), ElementsAre(Partition{"a", 9}, p0, p2));
    assignment.clear();
    EXPECT_TRUE(assignment.empty());
}

TEST_F(AssignmentStats, ARevokedPartitionStaysUntilItIsRemoved) {
    assignment.add(p0);
    assignment.revoke(p0);
    EXPECT_THAT(assignment.partitions(), ElementsAre(p0));
    assignment.remove(p0);
    EXPECT_THAT(assignment.partitions(), IsEmpty());
}

TEST_F(AssignmentStats, KnowsNothingOfANewPartition) {
    assignment.add(p0);
    const auto stats = stats_of(p0);
    EXPECT_EQ(stats.position, std::nullopt);
    EXPECT_EQ(stats.committed, std::nullopt);
    EXPECT_EQ(stats.low, std::nullopt);
    EXPECT_EQ(stats.high, std::nullopt);
    EXPECT_EQ(stats.lag, std::nullopt);
}

struct LagCase {
    std::optional<Offset> low;
    std::optional<Offset> committed;
    std::optional<Offset> high;
    std::optional<std::int64_t> lag;
    const char* why;
};

TEST_F(AssignmentStats, TellsHowFarAPartitionIsBehind) {
    const std::vector<LagCase> cases = {
        {10, 20, 100, 80, "what is not committed"},
        {10, std::nullopt, 100, 90, "before the first commit all that the broker has"},
        {50, 20, 100, 50, "what retention has taken is nobody's lag"},
        {10, 100, 100, 0, "all done"},
        {10, 120, 100, 0, "an old high watermark makes no negative lag"},
        {std::nullopt, 20, 100, 80, "the low watermark is not needed"},
        {10, 20, std::nullopt, std::nullopt, "no end is known"},
        {std::nullopt, std::nullopt, 100, std::nullopt, "no beginning is known"},
    };
    for (const auto& [low, committed, high, lag, why] : cases) {
        assignment.add(p0);
        if (low) assignment.low(p0, *low);
        if (committed) assignment.committed(p0, *committed);
        if (high) assignment.high(p0, *high);
        const auto stats = stats_of(p0);
        EXPECT_EQ(stats.lag, lag) << why;
        EXPECT_EQ(stats.low, low) << why;
        EXPECT_EQ(stats.committed, committed) << why;
        EXPECT_EQ(stats.high, high) << why;
    }
}

TEST_F(AssignmentStats, OurOwnCommitSaysMoreThanWhatWasFound) {
    assignment.add(p0);
    assignment.found_committed(p0, 5);
    EXPECT_EQ(stats_of(p0).committed, 5);
    assignment.committed(p0, 9);
    assignment.found_committed(p0, 5);
    EXPECT_EQ(stats_of(p0).committed, 9) << "an answer that was under way meanwhile is old";
    assignment.committed(p0, 12);
    EXPECT_EQ(stats_of(p0).committed, 12);
}

TEST_F(AssignmentStats, KnowsEveryCommitOnlyWhenEachPartitionHasOne) {
    EXPECT_TRUE(assignment.knows_every_commit()) << "of none";
    assignment.add(p0);
    assignment.add(p1);
    assignment.committed(p0, 1);
    EXPECT_FALSE(assignment.knows_every_commit());
    assignment.found_committed(p1, 0);
    EXPECT_TRUE(assignment.knows_every_commit());
    assignment.add(p1);
    EXPECT_FALSE(assignment.knows_every_commit()) << "it came anew";
}

TEST_F(AssignmentStats, ForgetsWhatItKnewWhenAPartitionStartsAnew) {
    const auto know_all = [&] {
        assignment.low(p0, 1);
        assignment.high(p0, 9);
        assignment.committed(p0, 4);
    };
    const auto expect_nothing_known = [&] {
        EXPECT_EQ(stats_of(p0).committed, std::nullopt);
        EXPECT_EQ(stats_of(p0).low, std::nullopt);
        EXPECT_EQ(stats_of(p0).high, std::nullopt);
    };
    assignment.add(p0);
    know_all();
    assignment.resume(p0);
    expect_nothing_known();
    know_all();
    assignment.add(p0);
    expect_nothing_known();
}

TEST_F(AssignmentStats, NewsOfPartitionsThatAreNotOursChangeNothing) {
    assignment.add(p1);
    for (const auto& other : {p0, p2, Partition{"out", 1}}) {
        assignment.revoke(other);
        assignment.remove(other);
        assignment.resume(other);
        assignment.grant(other, 5);
        assignment.committed(other, 5);
        assignment.found_committed(other, 5);
        assignment.low(other, 5);
        assignment.high(other, 5);
    }
    EXPECT_THAT(assignment.partitions(), ElementsAre(p1));
    EXPECT_EQ(stats_of(p1).committed, std::nullopt);
    EXPECT_EQ(stats_of(p1).high, std::nullopt);
}

}  // namespace
}  // namespace prelabel::kafka
