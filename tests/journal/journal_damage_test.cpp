#include "journal/frame.hpp"
#include "journal_world.hpp"

namespace prelabel::journal {
namespace {

/// A journal of a few small answers: full segments with their indexes, and one that is written.
struct DamageTest : testing::Test {
    static constexpr std::uint64_t answers = 8;
    static constexpr std::uint64_t forgotten = 2;

    DamageTest() {
        world.settings.bytes_max = 16 << 10;
        world.start();
        for (std::uint64_t i = 0; i < answers; ++i) {
            world.put(i, i * 3);
            if (i == 4) world.journal->forget(key_of(forgotten));
        }
        world.journal.reset();
    }

    /// How many answers are gone. A wrong one is the end.
    std::size_t lost() {
        std::size_t gone = 0;
        for (std::uint64_t i = 0; i < answers; ++i) {
            const auto found = world.find(i);
            if (found) {
                EXPECT_EQ(*found, content_of(i, i * 3));
            } else if (i != forgotten) {
                ++gone;
            }
        }
        return gone;
    }

    /// What is put now is found, now and after a restart.
    void expect_to_work() {
        world.put(100);
        EXPECT_EQ(world.find(100), content_of(100));
        world.start();
        EXPECT_EQ(world.find(100), content_of(100));
    }

    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& [name, file] : world.disk.files)
            if (name != "secret") names.push_back(name);
        return names;
    }

    JournalWorld world;
};

TEST_F(DamageTest, AFlippedBitAnywhereCostsAtMostOneAnswerAndGivesNoWrongOne) {
    const DiskState before = world.disk.copy();
    ASSERT_GE(files().size(), 3U) << "more than one segment, and an index";
    for (const auto& name : files()) {
        for (std::size_t at = 0; at < before.files.at(name)->size(); ++at) {
            for (const int bit : {0, 3, 7}) {
                world.journal.reset();
                world.disk = before.copy();
                world.disk[name][at] = static_cast<char>(world.disk[name][at] ^ (1 << bit));
                world.start();
                ASSERT_LE(lost(), 1U) << name << " byte " << at << " bit " << bit;
                if (bit == 0) expect_to_work();
                ASSERT_LE(lost(), 1U) << "after a restart: " << name << " byte " << at;
                ASSERT_FALSE(HasFailure()) << name << " byte " << at << " bit " << bit;
            }
        }
    }
}

TEST_F(DamageTest, ABitThatFlipsWhileItRunsGivesNoWrongAnswer) {
    for (const auto& name : files()) {
        for (std::size_t at = 0; at < world.disk[name].size(); ++at) {
            world.start();
            world.disk[name][at] ^= 0x10;
            ASSERT_LE(lost(), 1U) << name << " byte " << at;
            world.journal.reset();
            world.disk[name][at] ^= 0x10;
        }
    }
}

TEST_F(DamageTest, AFileCutAnywhereLosesOnlyWhatWasCutOff) {
    const DiskState before = world.disk.copy();
    for (const auto& name : files()) {
        const std::string whole = *before.files.at(name);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            world.journal.reset();
            world.disk = before.copy();
            world.disk[name].resize(size);
            world.start();
            const auto gone = lost();
            if (name.ends_with(".index")) {
                ASSERT_EQ(gone, 0U);
            } else if (size + FrameFormat::header_bytes >= whole.size()) {
                ASSERT_LE(gone, 1U) << "a torn write is of one answer";
            }
            expect_to_work();
            ASSERT_EQ(lost(), gone);
            ASSERT_FALSE(HasFailure()) << name << " cut to " << size;
        }
    }
}

TEST_F(DamageTest, ATornTailIsCutOffAndCounted) {
    const auto last = files().back();
    ASSERT_TRUE(last.ends_with(".journal"));
    const std::size_t whole = world.disk[last].size();
    world.disk[last].resize(whole - 8);
    world.start();
    EXPECT_EQ(world.stats().torn_tails, 1U);
    EXPECT_EQ(lost(), 1U);
    EXPECT_LT(world.disk[last].size(), whole - 8);
    world.start();
    EXPECT_EQ(world.stats().torn_tails, 0U) << "it is gone";
}

TEST_F(DamageTest, ZerosBehindTheLastAnswerAreATornTail) {
    world.disk[files().back()].append(5'000, '\0');
    world.start();
    EXPECT_EQ(world.stats().torn_tails, 1U);
    EXPECT_EQ(lost(), 0U);
    expect_to_work();
}

TEST_F(DamageTest, AnAnswerThatLooksLikeAFrameIsNone) {
    // A model that was made to say the journal's own bytes, of a folder with another secret.
    JournalWorld other;
    other.start();
    other.put(1);
    const std::string frame = other.disk["0000000001.journal"];
    world.start();
    const std::size_t before = world.disk[files().back()].size();
    world.run(world.journal->put(key_of(50), completion_of(frame)));
    ASSERT_GT(world.disk[files().back()].size(), before + frame.size()) << "in the same segment";
    world.journal.reset();
    world.disk[files().back()][before + 20] ^= 1;  // its own header
    world.start();
    EXPECT_EQ(world.stats().damaged + world.stats().torn_tails, 1U);
    EXPECT_EQ(lost(), 0U) << "and no answer of the other folder to the same key";
}

TEST_F(DamageTest, AFolderThatCannotBeReadGivesNoAnswersAndKeepsItsFiles) {
    const auto before = world.disk.files;
    world.start();
    world.disk.reads = false;
    EXPECT_EQ(lost(), answers - 1);
    world.disk.reads = true;
    world.start();
    EXPECT_EQ(lost(), 0U);
    EXPECT_EQ(world.disk.files.size(), before.size());
}

}  // namespace
}  // namespace prelabel::journal
