#include <prelabel/files/finished_records.hpp>

#include <algorithm>
#include <array>
#include <set>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

TEST(FinishedRecords, KnowsOffsetsInAnyOrder) {
    FinishedRecords finished;
    for (const Offset offset : {5, 3, 4, 9, 3, 8, 0}) finished.add("a", offset);
    for (Offset offset = -1; offset < 12; ++offset)
        EXPECT_EQ(finished.contains("a", offset),
                  (offset >= 3 && offset <= 5) || offset == 0 || offset == 8 || offset == 9)
            << offset;
    EXPECT_FALSE(finished.contains("b", 3));
    EXPECT_EQ(finished.size(), 6U);
    EXPECT_THAT(finished.topics(), testing::ElementsAre("a"));
}

// Every order of seven offsets with a gap among them, checked after every step against a plain set.
TEST(FinishedRecords, AgreesWithASetForEveryOrder) {
    std::array<Offset, 7> order{0, 1, 2, 4, 5, 7, 8};
    do {
        FinishedRecords finished;
        std::set<Offset> expected;
        for (const auto offset : order) {
            finished.add("a", offset);
            expected.insert(offset);
            ASSERT_EQ(finished.size(), expected.size());
            for (Offset asked = -1; asked < 10; ++asked)
                ASSERT_EQ(finished.contains("a", asked), expected.contains(asked));
        }
    } while (std::ranges::next_permutation(order).found);
}

}  // namespace
}  // namespace prelabel::files
