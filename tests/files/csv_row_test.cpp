#include "files/csv_row.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::ElementsAre;

TEST(CsvRow, CountsFieldsBeyondItsBoundAndKeepsNoneOfThem) {
    CsvRow row(',', 2);
    row.clear();
    EXPECT_TRUE(row.feed("a,b,c,\"d\"\"\",e", "\n"));
    EXPECT_EQ(row.field_count(), 5U);
    EXPECT_THAT(row.fields(), ElementsAre("a", "b"));
    EXPECT_FALSE(row.blank());
    row.clear();
    EXPECT_TRUE(row.feed(std::string(1'000'000, ','), "\n"));
    EXPECT_EQ(row.field_count(), 1'000'001U);
    EXPECT_LE(row.fields().capacity(), 10U);
    row.clear();
    EXPECT_TRUE(row.blank());
    EXPECT_TRUE(row.feed("a,b", "\n"));
    EXPECT_THAT(row.fields(), ElementsAre("a", "b"));
}

TEST(CsvRow, AQuoteInAFieldBeyondItsBoundIsStillAQuote) {
    CsvRow row(',', 1);
    row.clear();
    EXPECT_FALSE(row.feed("a,\"b,c", "\n"));
    EXPECT_TRUE(row.feed("d\",e", "\n"));
    EXPECT_EQ(row.field_count(), 3U);
    EXPECT_FALSE(row.malformed());
    row.clear();
    EXPECT_TRUE(row.feed("a,\"b\"c", "\n"));
    EXPECT_TRUE(row.malformed());
}

}  // namespace
}  // namespace prelabel::files
