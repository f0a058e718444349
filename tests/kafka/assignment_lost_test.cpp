// What is lost before it is read: told from gaps by where the partition starts.
#include "assignment_reads_fixture.hpp"

#include <gmock/gmock.h>

namespace prelabel::kafka {
namespace {

using pipeline::Lost;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AssignmentLost : public AssignmentReads {
protected:
    /// Five records, of which two are read, and `jump` to where the client goes on.
    void read_two_and(Offset jump) {
        fill(5, {p0});
        assign({p0});
        assignment->grant(p0, 10);
        ASSERT_EQ(read_until([](const auto& out) { return out.size() >= 2; }, {2, plenty.bytes}).size(), 2U);
        seek(p0, jump);
    }
    void read_on() {
        read_until([](const auto& out) { return !out.empty(); });
    }
};

TEST_F(AssignmentLost, NothingIsLostInAGap) {
    read_two_and(4);
    read_on();
    EXPECT_EQ(position(p0), 5);
    EXPECT_THAT(lost, IsEmpty()) << "a marker of a transaction, or compacted away";
}

TEST_F(AssignmentLost, WhatIsBelowANewStartIs) {
    read_two_and(4);
    assignment->low(p0, 4);
    read_on();
    EXPECT_THAT(lost, ElementsAre(Lost{p0, 2, 4}));
}

TEST_F(AssignmentLost, ButNotTheGapAboveTheStart) {
    read_two_and(4);
    assignment->low(p0, 3);
    read_on();
    EXPECT_THAT(lost, ElementsAre(Lost{p0, 2, 3}));
}

TEST_F(AssignmentLost, TheStartsOfSeveralCutsAreToldApart) {
    read_two_and(4);
    for (const Offset start : {3, 4, 5}) assignment->low(p0, start);
    read_on();
    EXPECT_THAT(lost, ElementsAre(Lost{p0, 2, 4})) << "of the third cut nothing was missed yet";
}

TEST_F(AssignmentLost, AStartThatHasPassedWhatWasFetchedBeforeTakesNothing) {
    read_two_and(3);
    assignment->low(p0, 5);
    read_on();
    EXPECT_THAT(lost, IsEmpty()) << "what was found is older than the cut";
}

TEST_F(AssignmentLost, AStartBelowWhatWasReadTakesNothing) {
    read_two_and(4);
    for (const Offset start : {0, 1, 2}) assignment->low(p0, start);
    read_on();
    EXPECT_THAT(lost, IsEmpty());
}

TEST_F(AssignmentLost, NothingIsWhereTheGroupHasNoPlaceYet) {
    fill(5, {p0});
    assign({p0}, 3);
    assignment->low(p0, 3);
    assignment->grant(p0, 1);
    read_on();
    EXPECT_THAT(lost, IsEmpty());
}

// The mock keeps 5 MiB of a partition. It does not say where the partition starts in what it brings: it is asked.
TEST_F(AssignmentLost, WhatRetentionTookWhileNobodyReadIsWhatIsBetweenThePlaceOfTheGroupAndTheStart) {
    for (int batch = 0; batch < 10; ++batch) fill(1, {p0}, 900'000);
    assign({p0}, 1);
    assignment->found_committed(p0, 1);
    std::int64_t low = 0;
    std::int64_t high = 0;
    ASSERT_EQ(rd_kafka_query_watermark_offsets(client.get(), "in", 0, &low, &high, 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    ASSERT_GT(low, 1);
    assignment->grant(p0, 1);
    read_on();
    EXPECT_EQ(position(p0), low + 1);
    EXPECT_THAT(lost, ElementsAre(Lost{p0, 1, low}));
}

TEST_F(AssignmentLost, AllThatWasThereIsLostWhereTheEndComesFirst) {
    fill(5, {p0});
    assign({p0}, 5);
    assignment->found_committed(p0, 2);
    assignment->low(p0, 5);
    assignment->grant(p0, 1);
    read_until([&](const auto&) { return position(p0).has_value(); });
    EXPECT_THAT(lost, ElementsAre(Lost{p0, 2, 5}));
}

}  // namespace
}  // namespace prelabel::kafka
