#include "app/dead_letter_news.hpp"

#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using pipeline::DeadLetterClass;

TEST(DeadLetterNews, TellsTheFirstOnesAndCountsTheOthersByClass) {
    DeadLetterNews news;
    for (std::uint64_t i = 0; i < DeadLetterNews::told_max; ++i) EXPECT_TRUE(news.tells(DeadLetterClass::refused));
    EXPECT_EQ(news.others("d.jsonl"), "") << "all were told";
    EXPECT_FALSE(news.tells(DeadLetterClass::deadline));
    EXPECT_EQ(news.others("d.jsonl"), "1 more dead letter is not shown (1 deadline); all are in d.jsonl");
    for (int i = 0; i < 1'200; ++i) EXPECT_FALSE(news.tells(DeadLetterClass::malformed_input));
    EXPECT_EQ(news.others("d.jsonl"),
              "1,201 more dead letters are not shown (1,200 malformed_input, 1 deadline); all are in d.jsonl");
}

}  // namespace
}  // namespace prelabel::app
