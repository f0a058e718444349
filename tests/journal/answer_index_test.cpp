#include "journal/answer_index.hpp"

#include <prelabel/base/rng.hpp>

#include <map>

#include <gtest/gtest.h>

namespace prelabel::journal {
namespace {

TEST(AnswerIndex, FindsNothingBeforeAnythingIsPut) {
    AnswerIndex index;
    EXPECT_FALSE(index.find(7));
    index.erase(7);
    EXPECT_EQ(index.bytes(), 0U);
}

TEST(AnswerIndex, AgreesWithAMapWhateverIsPutErasedAndDropped) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Rng rng(seed);
        AnswerIndex index;
        std::map<std::uint64_t, Place> model;
        std::uint32_t oldest = 1;
        std::uint32_t newest = 1;
        for (int step = 0; step < 5'000; ++step) {
            const std::uint64_t print = rng.below(1'500) << 5U;  // near each other, so that searches are long
            if (rng.chance(0.7)) {
                const Place place{newest, static_cast<std::uint32_t>(rng.below(1'000))};
                index.put(print, place);
                model[print] = place;
            } else if (rng.chance(0.5)) {
                index.erase(print);
                model.erase(print);
            } else if (rng.chance(0.05)) {
                ++newest;
            } else if (oldest < newest && rng.chance(0.02)) {
                index.drop_before(++oldest);
                std::erase_if(model, [&](const auto& one) { return one.second.segment < oldest; });
            }
            const auto found = model.find(print);
            ASSERT_EQ(index.find(print), found == model.end() ? std::nullopt : std::optional(found->second));
        }
        for (const auto& [print, place] : model) ASSERT_EQ(index.find(print), place);
        ASSERT_EQ(index.count(), model.size());
    }
}

TEST(AnswerIndex, TakesAsFewBytesAsItSays) {
    AnswerIndex index;
    for (std::uint64_t i = 1; i <= 300'000; ++i) {
        index.put(i * 0x9E3779B97F4A7C15U, {1, static_cast<std::uint32_t>(i)});
        ASSERT_LE(index.bytes(), 43 * std::max<std::uint64_t>(i, 1'024));
    }
}

TEST(AnswerIndex, DoesNotGrowWhereAsManyAnswersGoAsCome) {
    AnswerIndex index;
    for (std::uint32_t segment = 1; segment <= 200; ++segment) {
        for (std::uint64_t i = 0; i < 1'000; ++i)
            index.put((segment * 1'000 + i) * 0x9E3779B97F4A7C15U, {segment, static_cast<std::uint32_t>(i)});
        if (segment > 10) index.drop_before(segment - 9);
    }
    EXPECT_EQ(index.count(), 10'000U);
    EXPECT_LE(index.bytes(), 43U * 11'000U);
}

}  // namespace
}  // namespace prelabel::journal
