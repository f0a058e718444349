#include "journal_world.hpp"

#include <prelabel/journal/answer_tiers.hpp>

namespace prelabel::journal {
namespace {

struct AnswerTiersTest : testing::Test {
    AnswerTiersTest() { world.start(); }

    std::optional<pipeline::StoredAnswer> find(std::uint64_t number) {
        AnswerTiers tiers(*memory, *world.journal);
        std::optional<pipeline::StoredAnswer> found;
        world.run(
            [](AnswerTiers* from, std::uint64_t of, std::optional<pipeline::StoredAnswer>* into) -> async::Coroutine<> {
                *into = co_await from->find(key_of(of));
            }(&tiers, number, &found));
        return found;
    }
    void put(std::uint64_t number) {
        AnswerTiers tiers(*memory, *world.journal);
        world.run(tiers.put(key_of(number), completion_of(content_of(number))));
    }
    void restart() {
        memory.emplace(1U << 20);
        world.start();
    }

    JournalWorld world;
    std::optional<MemoryCache> memory{std::in_place, 1U << 20};
};

TEST_F(AnswerTiersTest, FindInMemoryWhatIsThereAndOnDiskWhatARestartTookFromIt) {
    EXPECT_FALSE(find(1));
    put(1);
    EXPECT_EQ(find(1)->tier, record::CacheTier::memory);
    restart();
    const auto found = find(1);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->tier, record::CacheTier::journal);
    EXPECT_EQ(found->completion.content, content_of(1));
    EXPECT_EQ(find(1)->tier, record::CacheTier::memory) << "it is asked for again";
}

TEST_F(AnswerTiersTest, ForgetInBoth) {
    put(1);
    AnswerTiers(*memory, *world.journal).forget(key_of(1));
    EXPECT_FALSE(find(1));
    restart();
    EXPECT_FALSE(find(1));
}

TEST_F(AnswerTiersTest, MakeKeysWithTheJournalsSecret) {
    EXPECT_EQ(AnswerTiers(*memory, *world.journal).key_secret().reveal(), world.journal->secret().reveal());
}

TEST_F(AnswerTiersTest, KeepAnswersInMemoryWhereTheDiskIsFull) {
    world.disk.room = 0;
    put(1);
    EXPECT_EQ(find(1)->tier, record::CacheTier::memory);
}

}  // namespace
}  // namespace prelabel::journal
