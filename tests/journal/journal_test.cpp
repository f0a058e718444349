#include "journal_world.hpp"

namespace prelabel::journal {
namespace {

using namespace std::chrono_literals;

TEST(Journal, FindsWhatWasPutAlsoAfterARestart) {
    JournalWorld world;
    world.start();
    EXPECT_FALSE(world.find(1));
    world.put(1);
    world.put(2);
    for (int process = 0; process < 3; ++process) {
        EXPECT_EQ(world.find(1), content_of(1));
        EXPECT_EQ(world.find(2), content_of(2));
        EXPECT_FALSE(world.find(3));
        EXPECT_EQ(world.stats().answers, 2U);
        world.start();
    }
    EXPECT_EQ(world.journal->find(key_of(1))->usage, completion_of("").usage) << "with what was paid for it";
}

TEST(Journal, KeepsItsSecret) {
    JournalWorld world;
    world.start();
    const std::string before = world.journal->secret().reveal();
    EXPECT_EQ(before.size(), 32U);
    world.start();
    EXPECT_EQ(world.journal->secret().reveal(), before);
    JournalWorld other;
    other.start();
    EXPECT_NE(other.journal->secret().reveal(), before);
}

TEST(Journal, DoesNotGiveWhatIsForgottenUntilItIsPutAgain) {
    JournalWorld world;
    world.start();
    world.put(1);
    world.put(2);
    world.journal->forget(key_of(1));
    for (int process = 0; process < 2; ++process) {
        EXPECT_FALSE(world.find(1));
        EXPECT_TRUE(world.find(2));
        EXPECT_EQ(world.stats().answers, 1U);
        world.start();
    }
    world.put(1);
    world.start();
    EXPECT_TRUE(world.find(1));
}

TEST(Journal, GivesTheLatestAnswer) {
    JournalWorld world;
    world.start();
    world.put(1);
    world.run(world.journal->put(key_of(1), completion_of("a later one")));
    EXPECT_EQ(world.find(1), "a later one");
    world.start();
    EXPECT_EQ(world.find(1), "a later one");
    EXPECT_EQ(world.stats().answers, 1U);
}

TEST(Journal, GivesNoAnswerToAKeyThatOnlyLooksTheSameInItsIndex) {
    JournalWorld world;
    world.start();
    const pipeline::AnswerKey one{{1, 2, 3, 4}};
    const pipeline::AnswerKey other{{4, 3, 2, 1}};
    world.run(world.journal->put(one, completion_of("of one")));
    EXPECT_TRUE(world.journal->find(one));
    EXPECT_FALSE(world.journal->find(other));
    world.run(world.journal->put(other, completion_of("of the other")));
    world.start();
    EXPECT_EQ(world.journal->find(other)->content, "of the other");
    EXPECT_FALSE(world.journal->find(one)) << "the later one has its place: it is paid again, and that is all";
}

TEST(Journal, StaysWithinItsBytesAndLosesTheOldestFirst) {
    JournalWorld world;
    world.settings.bytes_max = 64 << 10;
    world.start();
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        world.put(i, 400);
        ASSERT_LE(world.disk.bytes(), world.settings.bytes_max);
        ASSERT_EQ(world.stats().bytes, world.disk.bytes());
    }
    EXPECT_TRUE(world.find(999));
    EXPECT_FALSE(world.find(0));
    EXPECT_GT(world.stats().answers, 80U) << "the space is used";
    EXPECT_GT(world.stats().segments_dropped, 0U);
    const auto answers = world.stats().answers;
    world.start();
    EXPECT_EQ(world.stats().answers, answers);
    for (std::uint64_t i = 1'000 - answers; i < 1'000; ++i) ASSERT_EQ(world.find(i), content_of(i, 400));
    EXPECT_FALSE(world.find(999 - answers));
}

TEST(Journal, ThatMayBeSmallerNowRemovesTheOldestAtItsStart) {
    JournalWorld world;
    world.start();
    for (std::uint64_t i = 0; i < 1'000; ++i) world.put(i, 400);
    world.settings.bytes_max = 256 << 10;
    world.start();
    EXPECT_LE(world.disk.bytes(), world.settings.bytes_max);
    EXPECT_TRUE(world.find(999));
}

TEST(Journal, DoesNotKeepAnAnswerThatWouldTakeItsPlaceFromAllOthers) {
    JournalWorld world;
    world.settings.bytes_max = 64 << 10;
    world.start();
    world.put(1);
    world.put(2, 20 << 10);
    EXPECT_FALSE(world.find(2));
    EXPECT_TRUE(world.find(1));
    EXPECT_EQ(world.stats().not_kept, 1U);
    world.put(3, 15 << 10);
    EXPECT_EQ(world.find(3), content_of(3, 15 << 10)) << "longer than a segment";
}

TEST(Journal, DoesNotGiveAnAnswerThatIsTooOld) {
    JournalWorld world;
    world.start();
    world.put(1);
    world.advance(23h + 59min);
    world.put(2);
    EXPECT_TRUE(world.find(1));
    world.advance(2min);
    EXPECT_FALSE(world.find(1));
    EXPECT_TRUE(world.find(2));
    world.start();
    EXPECT_FALSE(world.find(1));
    EXPECT_TRUE(world.find(2));
}

TEST(Journal, RemovesWhatIsTooOldFromTheDiskWithoutBeingAsked) {
    JournalWorld world;
    world.start();
    world.put(1);
    world.advance(27h + 1min);
    EXPECT_EQ(world.disk.bytes(), 0U);
    EXPECT_EQ(world.stats().answers, 0U);
    world.put(2);
    world.journal.reset();
    world.advance(25h);
    world.start();
    world.advance(3h);
    EXPECT_EQ(world.disk.bytes(), 0U) << "also what a process before had written";
}

TEST(Journal, KnowsItsSizeInEveryProcess) {
    JournalWorld world;
    world.settings.bytes_max = 64 << 10;
    for (std::uint64_t process = 0; process < 30; ++process) {
        world.start();
        EXPECT_EQ(world.stats().bytes, world.disk.bytes());
        for (std::uint64_t i = 0; i < 7; ++i) world.put(process * 7 + i, 400);
        EXPECT_EQ(world.stats().bytes, world.disk.bytes());
        if (process % 3 == 0) world.advance(2h);  // its segment is closed, and there is no other
        EXPECT_EQ(world.stats().bytes, world.disk.bytes());
    }
}

TEST(Journal, OpensFewFilesHoweverManyItHas) {
    JournalWorld world;
    world.settings.bytes_max = 16 << 10;  // segments of 1 KiB: one or two answers
    world.start();
    for (std::uint64_t i = 0; i < 40; ++i) world.put(i, 600);
    world.settings.bytes_max = 1 << 20;
    world.start();
    for (std::uint64_t i = 0; i < 40; ++i) (void)world.find(i);
    EXPECT_LE(world.disk.open_max, 20U);
    EXPECT_LE(world.disk.open, 17U);
}

TEST(Journal, BuildsTheIndexOfASegmentAnewWhereItIsMissingOrWrong) {
    JournalWorld world;
    world.settings.bytes_max = 64 << 10;
    world.start();
    for (std::uint64_t i = 0; i < 40; ++i) world.put(i, 400);
    world.journal->forget(key_of(0));
    world.start();
    const auto files = world.disk.files;
    std::size_t indexes = 0;
    for (const auto& [name, file] : files) {
        if (!name.ends_with(".index")) continue;
        ++indexes;
        const std::string good = *file;
        world.disk[name][good.size() / 2] ^= 1;
        world.start();
        EXPECT_EQ(world.disk[name], good) << "written again";
        world.disk.files.erase(name);
        world.start();
        EXPECT_EQ(world.disk[name], good);
        EXPECT_EQ(world.stats().answers, 39U);
    }
    EXPECT_GE(indexes, 2U);
    for (std::uint64_t i = 1; i < 40; ++i) ASSERT_EQ(world.find(i), content_of(i, 400));
    EXPECT_FALSE(world.find(0));
}

TEST(Journal, DoesNotTakeTheIndexOfASegmentThatHasChanged) {
    JournalWorld world;
    world.settings.bytes_max = 64 << 10;
    world.start();
    for (std::uint64_t i = 0; i < 40; ++i) world.put(i, 400);
    world.disk["0000000001.journal"].resize(600);
    world.start();
    EXPECT_TRUE(world.find(0));
    EXPECT_FALSE(world.find(1)) << "it was cut off";
    EXPECT_TRUE(world.find(39));
}

TEST(Journal, WithoutItsSecretSaysSoAndDoesNotBeginAnewOnItsOwn) {
    JournalWorld world;
    world.start();
    world.put(1);
    world.disk.files.erase("secret");
    const auto opened = world.try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().fault, Fault::config);
    EXPECT_EQ(
        opened.error().message,
        "journal.path /memory: its file `secret` is missing, and without it no answer in the folder is found; put "
        "it back, or empty the folder to begin anew");
}

TEST(Journal, ReadsItsSecretThoughAnyBitOfItChanged) {
    JournalWorld world;
    world.start();
    const std::string secret = world.journal->secret().reveal();
    const std::string file = world.disk["secret"];
    world.put(1);
    for (std::size_t at = 0; at < file.size(); ++at) {
        world.disk["secret"][at] ^= 4;
        world.start();
        ASSERT_EQ(world.journal->secret().reveal(), secret) << at;
        ASSERT_EQ(world.disk["secret"], file) << "and mends it";
    }
    EXPECT_TRUE(world.find(1));
}

TEST(Journal, LeavesFilesAloneThatAreNotItsOwn) {
    JournalWorld world;
    world.disk.files["notes.txt"] = std::make_shared<std::string>("mine");
    world.disk.files["0000000000.journal"] = std::make_shared<std::string>("mine");
    world.disk.files["1.journal"] = std::make_shared<std::string>("mine");
    // What only looks like one of its own counts as answers that need their secret.
    EXPECT_FALSE(world.try_open());
    world.disk.files.erase("0000000000.journal");
    world.disk.files.erase("1.journal");
    world.start();
    world.put(1);
    world.start();
    EXPECT_EQ(world.disk["notes.txt"], "mine");
}

}  // namespace
}  // namespace prelabel::journal
