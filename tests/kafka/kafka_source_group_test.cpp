#include "source_fixture.hpp"

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

/// One worker of the group, as far as the group and the broker see it.
struct Member {
    KafkaSource& source;
    std::set<Partition> owned{};
    std::set<std::string> values{};
    std::set<std::pair<Partition, Offset>> read{};  ///< of the partitions it owns now
    bool twice = false;

    async::Coroutine<> take(pipeline::SourceEvent event) {
        if (auto* assigned = std::get_if<pipeline::Assigned>(&event)) {
            for (const auto& [partition, next, done_above] : assigned->partitions) {
                owned.insert(partition);
                source.grant(partition, 300);
            }
        } else if (auto* revoked = std::get_if<pipeline::Revoked>(&event)) {
            for (const auto& partition : revoked->partitions) {
                owned.erase(partition);
                std::erase_if(read, [&](const auto& each) { return each.first == partition; });
            }
            co_await source.release(std::move(revoked->partitions));
        } else {
            for (const auto& record : std::get<pipeline::Batch>(event).records) {
                EXPECT_TRUE(owned.contains(record.origin.partition));
                twice |= !read.emplace(record.origin.partition, record.origin.offset).second;
                values.insert(record.value.value());
            }
        }
    }
};

template <class T>
std::set<T> united(std::set<T> a, const std::set<T>& b) {
    a.insert(b.begin(), b.end());
    return a;
}

/// Reads for the member until its source is stopped.
async::Coroutine<> live(Member& member) {
    for (auto event = co_await member.source.next({1'000, 1U << 30}); event;
         event = co_await member.source.next({1'000, 1U << 30}))
        co_await member.take(std::move(*event));
}

using KafkaSourceGroupTest = KafkaSourceTest;

TEST_F(KafkaSourceGroupTest, ARevocationWaitsForItsReleaseAndBringsNoRecordMeanwhile) {
    fill(300);
    auto first = source();
    assign_all(*first, 20);
    read(*first, 60);

    auto second = source();
    Member other{*second};
    const auto other_lives = loop.start(live(other));
    const auto revoked = expect<pipeline::Revoked>(*first);
    EXPECT_FALSE(revoked.lost);
    EXPECT_THAT(revoked.partitions, UnorderedElementsAre(p0, p1, p2));

    for (const auto& partition : revoked.partitions) first->grant(partition, 100);
    Member one{*first};
    const auto one_lives = loop.start(live(one));
    loop.turn_for(std::chrono::milliseconds(500));
    EXPECT_TRUE(one.values.empty()) << "no record of a revoked partition, whatever its credit";
    EXPECT_TRUE(other.owned.empty()) << "nobody else owns them before the release";

    // A real broker takes a commit now; the mock answers REBALANCE_IN_PROGRESS, so the second member reads from the
    // start. It may also give one of them everything before it hears of the other: the last generation counts.
    loop.run(first->release(revoked.partitions));
    loop.turn_until([&] {
        return !one.owned.empty() && !other.owned.empty() && one.owned.size() + other.owned.size() == 3 &&
               united(one.values, other.values).size() == 300;
    });
    EXPECT_EQ(united(one.owned, other.owned), (std::set{p0, p1, p2}));
    EXPECT_FALSE(one.twice) << "a record comes again only after its partition was given back";
    EXPECT_FALSE(other.twice);
    first->stop();
    second->stop();
    loop.turn_until([&] { return one_lives->done && other_lives->done; });
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
    EXPECT_THAT(partitions_of(std::get<pipeline::Assigned>(**joining->value)), UnorderedElementsAre(p0, p1, p2));
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
    ASSERT_TRUE(loop.run(from->group().commit(after(read(*from, 30)), soon())));
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
            for (const auto& [partition, next, done_above] : assigned->partitions) {
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
