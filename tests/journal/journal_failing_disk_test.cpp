#include "journal_world.hpp"

namespace prelabel::journal {
namespace {

using namespace std::chrono_literals;

TEST(JournalOnAFullDisk, GoesOnSaysSoOnceAndWorksAgain) {
    JournalWorld world;
    world.start();
    world.put(1);
    world.disk.room = 100;
    for (std::uint64_t i = 2; i < 10; ++i) {
        world.put(i);
        EXPECT_FALSE(world.find(i));
        world.advance(1s);
    }
    ASSERT_EQ(world.news.size(), 1U);
    EXPECT_FALSE(world.news[0].works);
    EXPECT_EQ(
        world.news[0].what,
        "journal: /memory: writing failed; answers go on without it, and would be paid again after a crash; it is "
        "tried again every few seconds");
    EXPECT_TRUE(world.stats().failing);
    EXPECT_EQ(world.stats().not_kept, 8U);
    EXPECT_EQ(world.stats().write_failures, 2U) << "it was tried again after five seconds, not with every answer";
    EXPECT_TRUE(world.find(1)) << "what is there is read";

    world.disk.room = SIZE_MAX;
    world.advance(5s);
    world.put(20);
    ASSERT_EQ(world.news.size(), 2U);
    EXPECT_TRUE(world.news[1].works);
    EXPECT_FALSE(world.stats().failing);
    world.start();
    EXPECT_TRUE(world.find(1));
    EXPECT_TRUE(world.find(20));
    EXPECT_EQ(world.stats().torn_tails + world.stats().damaged, 0U) << "the part that was written was cut off";
}

TEST(JournalOnAFullDisk, ThatDoesNotEvenCutBeginsAnotherSegment) {
    JournalWorld world;
    world.start();
    world.put(1);
    world.disk.room = 30;
    world.disk.cuts = false;
    world.put(2);
    world.disk.room = SIZE_MAX;
    world.advance(5s);
    world.put(3);
    EXPECT_EQ(world.segments(), 2U);
    EXPECT_EQ(world.find(3), content_of(3));
    world.disk.cuts = true;
    world.start();
    EXPECT_EQ(world.find(1), content_of(1));
    EXPECT_EQ(world.find(3), content_of(3));
    EXPECT_FALSE(world.find(2));
}

TEST(JournalOnAFullDisk, LosesNoAnswerWhereverItFills) {
    for (std::size_t room = 0; room < 3'000; room += 7) {
        JournalWorld world;
        world.settings.bytes_max = 16 << 10;
        world.start();
        world.put(0);
        world.disk.room = room;
        std::vector<bool> kept;
        for (std::uint64_t i = 1; i < 20; ++i) {
            world.put(i);
            kept.push_back(world.find(i).has_value());
            world.advance(6s);
        }
        world.disk.room = SIZE_MAX;
        world.start();
        ASSERT_TRUE(world.find(0));
        for (std::uint64_t i = 1; i < 20; ++i) ASSERT_EQ(world.find(i).has_value(), kept[i - 1]) << room;
    }
}

TEST(JournalOnAFullDisk, ForgetsInThisProcessAtLeast) {
    JournalWorld world;
    world.start();
    world.put(1);
    world.disk.room = 0;
    world.journal->forget(key_of(1));
    EXPECT_FALSE(world.find(1));
}

TEST(JournalFlushes, NothingByItselfAtSyncNone) {
    JournalWorld world;
    world.start();
    for (std::uint64_t i = 0; i < 300; ++i) world.put(i);
    world.journal.reset();
    EXPECT_EQ(world.disk.flushed, 1U) << "the secret";
}

TEST(JournalFlushes, EveryAnswerAtSyncAlwaysBeforeItIsUsed) {
    JournalWorld world;
    world.settings.sync = Sync::always;
    world.start();
    for (std::uint64_t i = 0; i < 5; ++i) {
        const auto before = world.disk.flushed;
        world.put(i);
        EXPECT_EQ(world.disk.flushed, before + 1);
    }
}

TEST(JournalFlushes, ManyAnswersTogetherAtSyncAlways) {
    JournalWorld world;
    world.settings.sync = Sync::always;
    world.start();
    std::size_t done = 0;
    for (std::uint64_t i = 0; i < 100; ++i)
        boost::asio::co_spawn(world.loop, world.journal->put(key_of(i), completion_of("x")),
                              [&done](const std::exception_ptr&) { ++done; });
    world.loop.restart();
    world.loop.run();
    EXPECT_EQ(done, 100U);
    EXPECT_LE(world.disk.flushed, 5U);
}

TEST(JournalFlushes, AfterATenthOfASecondAtSyncGroup) {
    JournalWorld world;
    world.settings.sync = Sync::group;
    world.start();
    const auto before = world.disk.flushed;
    world.put(1);
    world.put(2);
    EXPECT_EQ(world.disk.flushed, before) << "no put waits";
    world.advance(100ms);
    world.loop.restart();
    world.loop.run();
    EXPECT_EQ(world.disk.flushed, before + 1);
    world.put(3);
    world.journal.reset();
    EXPECT_EQ(world.disk.flushed, before + 2) << "and at the end";
}

TEST(JournalFlushes, AfterAHundredAnswersAtSyncGroup) {
    JournalWorld world;
    world.settings.sync = Sync::group;
    world.start();
    const auto before = world.disk.flushed;
    for (std::uint64_t i = 0; i < 100; ++i) world.put(i);
    EXPECT_EQ(world.disk.flushed, before + 1);
}

TEST(JournalFlushes, OrSaysThatItCannot) {
    JournalWorld world;
    world.settings.sync = Sync::always;
    world.start();
    world.disk.flushes = false;
    world.put(1);
    ASSERT_EQ(world.news.size(), 1U);
    EXPECT_TRUE(world.stats().failing);
    world.disk.flushes = true;
    world.advance(5s);
    world.put(2);
    EXPECT_EQ(world.news.size(), 2U);
    EXPECT_EQ(world.segments(), 2U) << "what is behind a failed flush is not trusted to be one with what is before";
}

}  // namespace
}  // namespace prelabel::journal
