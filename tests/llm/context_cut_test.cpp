#include <prelabel/llm/context_cut.hpp>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

TEST(ContextCut, IsNoticedOnceWhenRequestsOfDifferentSizesCountTheSame) {
    ContextCut cut;
    EXPECT_FALSE(cut.answered(2'000, 500));
    EXPECT_FALSE(cut.answered(20'000, 4'096));
    EXPECT_FALSE(cut.answered(3'000, 750)) << "a short document between them";
    EXPECT_FALSE(cut.answered(24'000, 4'096)) << "chance";
    EXPECT_TRUE(cut.answered(30'000, 4'096));
    EXPECT_FALSE(cut.answered(40'000, 4'096)) << "said once";
}

TEST(ContextCut, IsNoneWhereRequestsAreAlike) {
    ContextCut cut;
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(cut.answered(20'000U + static_cast<unsigned>(i), 5'000));
}

TEST(ContextCut, IsNoneWhereALongerRequestCountsMore) {
    ContextCut cut;
    for (unsigned tokens = 1'000; tokens < 9'000; ++tokens) EXPECT_FALSE(cut.answered(tokens * 4U, tokens));
    ContextCut few;
    for (unsigned bytes = 1'000; bytes < 9'000; bytes += 500)
        EXPECT_FALSE(few.answered(bytes, 900)) << "too few to tell";
    ContextCut unknown;
    for (unsigned bytes = 1'000; bytes < 9'000; bytes += 500) EXPECT_FALSE(unknown.answered(bytes, 0));
}

}  // namespace
}  // namespace prelabel::llm
