#include <prelabel/journal/memory_cache.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

namespace prelabel::journal {
namespace {

using async::Coroutine;
using pipeline::AnswerKey;
using pipeline::StoredAnswer;

template <class T>
Coroutine<> keep(Coroutine<T> task, std::optional<T>* out) {
    out->emplace(co_await std::move(task));
}

std::optional<StoredAnswer> find(MemoryCache& cache, AnswerKey key) {
    boost::asio::io_context loop;
    std::optional<std::optional<StoredAnswer>> found;
    boost::asio::co_spawn(loop.get_executor(), keep(cache.find(key), &found), boost::asio::detached);
    loop.run();
    return found.value();
}

void put(MemoryCache& cache, AnswerKey key, std::string content) {
    boost::asio::io_context loop;
    llm::Completion completion;
    completion.content = std::move(content);
    boost::asio::co_spawn(loop.get_executor(), cache.put(key, std::move(completion)), boost::asio::detached);
    loop.run();
}

TEST(MemoryCache, GivesBackWhatWasPut) {
    MemoryCache cache(1 << 20);
    EXPECT_FALSE(find(cache, {1, 2}));
    put(cache, {1, 2}, "answer");
    const auto found = find(cache, {1, 2});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->completion.content, "answer");
    EXPECT_EQ(found->tier, record::CacheTier::memory);
    EXPECT_FALSE(find(cache, {2, 2})) << "both halves of a key count";
}

TEST(MemoryCache, StaysWithinItsBytes) {
    MemoryCache cache(100'000);
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        put(cache, {0, i}, std::string(1'000, 'x'));
        ASSERT_LE(cache.bytes(), 100'000U);
    }
    EXPECT_GT(cache.size(), 50U);
    EXPECT_TRUE(find(cache, {0, 999}));
    EXPECT_FALSE(find(cache, {0, 0}));
}

TEST(MemoryCache, ForgetsWhatWasUnusedLongest) {
    MemoryCache cache(10'000);
    put(cache, {0, 1}, std::string(4'000, 'a'));
    put(cache, {0, 2}, std::string(4'000, 'b'));
    ASSERT_TRUE(find(cache, {0, 1})) << "used now";
    put(cache, {0, 3}, std::string(4'000, 'c'));
    EXPECT_TRUE(find(cache, {0, 1}));
    EXPECT_FALSE(find(cache, {0, 2}));
}

TEST(MemoryCache, DoesNotKeepAnAnswerLargerThanItself) {
    MemoryCache cache(10'000);
    put(cache, {0, 1}, std::string(20'000, 'a'));
    EXPECT_FALSE(find(cache, {0, 1}));
    EXPECT_EQ(cache.bytes(), 0U);
}

}  // namespace
}  // namespace prelabel::journal
