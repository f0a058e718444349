// What an assignment reads, from a broker in the test.
#include "assignment_reads_fixture.hpp"

#include <map>

#include <gmock/gmock.h>

namespace prelabel::kafka {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST_F(AssignmentReads, OneRecordACreditInOrder) {
    fill(6, {p0});
    assign({p0});
    read_one_each({p0});
    EXPECT_THAT(read(), IsEmpty()) << "its credit is spent";
    assignment->grant(p0, 2);
    assignment->grant(p0, 1);
    EXPECT_THAT(offsets(read_until([](const auto& out) { return out.size() >= 3; })), ElementsAre(1, 2, 3));
    EXPECT_EQ(position(p0), 4);
    EXPECT_THAT(read(), IsEmpty());
    assignment->grant(p0, 10);
    EXPECT_THAT(offsets(read_count(2)), ElementsAre(4, 5));
}

TEST_F(AssignmentReads, OnlyWhatThereIsRoomFor) {
    fill(6, {p0});
    assign({p0});
    read_one_each({p0});
    assignment->grant(p0, 10);
    EXPECT_THAT(read({0, 1'000}), IsEmpty());
    EXPECT_THAT(read({10, 0}), IsEmpty());
    EXPECT_THAT(offsets(read_count(2)), ElementsAre(1, 2));
    const auto some = [](const auto& out) { return !out.empty(); };
    EXPECT_THAT(offsets(read_until(some, {10, 1})), ElementsAre(3))
        << "the first record that reaches the bound ends it";
}

TEST_F(AssignmentReads, PartitionsTakeTurns) {
    fill(5);
    assign({p0, p1, p2});
    read_one_each({p0, p1, p2});
    for (const auto& partition : {p0, p1, p2}) assignment->grant(partition, 10);
    std::map<int, int> times;
    for (int turn = 0; turn < 12; ++turn) ++times[numbers(read_count(1)).at(0)];
    EXPECT_THAT(times, ElementsAre(Pair(0, 4), Pair(1, 4), Pair(2, 4)));
    fill(30);
    times.clear();
    for (int turn = 0; turn < 18; ++turn) ++times[numbers(read_count(1)).at(0)];
    EXPECT_THAT(times, ElementsAre(Pair(0, 6), Pair(1, 6), Pair(2, 6))) << "up to each one's credit";
}

TEST_F(AssignmentReads, OneWithoutCreditKeepsNobodyElseWaiting) {
    fill(3);
    assign({p0, p1, p2});
    read_one_each({p0, p1, p2});
    assignment->grant(p2, 2);
    EXPECT_THAT(numbers(read_count(2)), ElementsAre(2, 2));
    EXPECT_THAT(read(), IsEmpty());
}

TEST_F(AssignmentReads, NothingOfAPartitionThatIsRevoked) {
    fill(3, {p0, p1});
    assign({p0, p1});
    read_one_each({p0, p1});
    for (const auto& partition : {p0, p1}) assignment->grant(partition, 10);
    assignment->revoke(p0);
    EXPECT_THAT(numbers(read_count(2)), ElementsAre(1, 1));
    EXPECT_THAT(read(), IsEmpty());
    EXPECT_EQ(position(p0), 1);
}

TEST_F(AssignmentReads, AnAddedPartitionStartsWithoutCredit) {
    assign({p0});
    assignment->grant(p0, 5);
    assignment->add(p0);
    fill(1, {p0});
    loop.turn_until([&] { return signals > 0; });
    assignment->signalled();
    EXPECT_THAT(read(), IsEmpty());
    assignment->grant(p0, 1);
    EXPECT_THAT(offsets(read_count(1)), ElementsAre(0));
}

TEST_F(AssignmentReads, AQueueThatWasEmptyIsLookedAtAgainOnASignal) {
    assign({p0});
    assignment->grant(p0, 5);
    EXPECT_THAT(read(), IsEmpty());
    fill(1, {p0});
    EXPECT_THAT(offsets(read_count(1)), ElementsAre(0));
}

TEST_F(AssignmentReads, NothingBehindAnOffsetThatWentBackUntilItIsResumed) {
    fill(5, {p0});
    assign({p0});
    assignment->grant(p0, 3);
    ASSERT_THAT(offsets(read_count(3)), ElementsAre(0, 1, 2));
    seek(p0, 1);
    assignment->grant(p0, 10);
    EXPECT_THAT(read_until([&](const auto&) { return !went_back.empty(); }), IsEmpty());
    EXPECT_EQ(went_back[0].partition, p0);
    EXPECT_EQ(went_back[0].delivered, 3) << "the next one to be read";
    EXPECT_EQ(went_back[0].found, 1);
    assignment->signalled();
    EXPECT_THAT(read(), IsEmpty());

    assignment->resume(p0);
    EXPECT_THAT(read(), IsEmpty()) << "without credit, as if it had just been added";
    assignment->grant(p0, 4);
    EXPECT_THAT(offsets(read_count(4)), ElementsAre(1, 2, 3, 4)) << "the record that told of it is not lost";
    EXPECT_EQ(went_back.size(), 1U);
    EXPECT_EQ(position(p0), 5);
}

TEST_F(AssignmentReads, OffsetsThatAreSkippedAreNoTrouble) {
    fill(5, {p0});
    assign({p0});
    assignment->grant(p0, 10);
    ASSERT_EQ(read_until([](const auto& out) { return out.size() >= 2; }, {2, plenty.bytes}).size(), 2U);
    seek(p0, 4);
    EXPECT_THAT(offsets(read_until([](const auto& out) { return !out.empty(); })), ElementsAre(4));
    EXPECT_THAT(went_back, IsEmpty());
}

TEST_F(AssignmentReads, TheEndOfAPartitionTellsItsPosition) {
    fill(2, {p0});
    assign({p0}, 2);
    assignment->grant(p0, 1);
    read_until([&](const auto&) { return position(p0).has_value(); });
    EXPECT_EQ(position(p0), 2);
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].partition, p0);
    EXPECT_EQ(ends[0].next, 2);
    EXPECT_THAT(errors, IsEmpty());
}

TEST_F(AssignmentReads, APartitionThatComesBackIsNotBehindByWhatTheClientKnewOfItBefore) {
    assign({p0});
    assignment->grant(p0, 1);
    read_until([&](const auto&) { return assignment->stats().at(0).lag == 0; });
    rd_kafka_assign(client.get(), nullptr);
    assignment->clear();
    fill(5, {p0});
    assignment->add(p0);
    assignment->committed(p0, 0);
    EXPECT_EQ(assignment->stats().at(0).lag, std::nullopt) << "its end was 0 when another owner had not yet filled it";
    assignment->high(p0, 5);
    EXPECT_EQ(assignment->stats().at(0).lag, 5);
}

TEST_F(AssignmentReads, WhatElseArrivesIsHandedOn) {
    fill(2, {p0});
    assign({p0}, 100, {{"auto.offset.reset", "error"}});
    assignment->grant(p0, 1);
    EXPECT_THAT(read_until([&](const auto&) { return !errors.empty(); }), IsEmpty());
    EXPECT_THAT(errors, ElementsAre(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET));
}

}  // namespace
}  // namespace prelabel::kafka
