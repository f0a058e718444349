#include "labeling/placed_spans.hpp"

#include <prelabel/base/rng.hpp>

#include <algorithm>
#include <limits>
#include <ostream>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

using Room = PlacedSpans::Room;

struct Placed {
    Span span;
    std::string_view label;
};

/// The words of the header, span by span.
Room expected_room(const std::vector<Placed>& all, Span span, std::string_view label) {
    Room room = Room::free;
    for (const auto& [other, its_label] : all) {
        if (other == span) return its_label == label ? Room::duplicate : Room::taken;
        if (other.end <= span.start || span.end <= other.start) continue;
        const bool inside = other.start <= span.start && span.end <= other.end;
        const bool around = span.start <= other.start && other.end <= span.end;
        if (!inside && !around) return Room::crossing;
        room = Room::nested;
    }
    return room;
}

/// Every span of a text of `size` bytes under both labels against the definition.
void expect_agreement(const PlacedSpans& spans, const std::vector<Placed>& all, std::size_t size) {
    for (std::size_t start = 0; start < size; ++start) {
        for (std::size_t end = start + 1; end <= size; ++end) {
            for (const std::string_view label : {"PER", "ORG"}) {
                WorkBudget budget(std::numeric_limits<std::uint64_t>::max());
                ASSERT_EQ(spans.room({start, end}, label, budget), expected_room(all, {start, end}, label))
                    << start << ' ' << end << ' ' << label << " beside " << all.size();
            }
        }
    }
}

TEST(PlacedSpans, TellsHowASpanLiesToTheOthers) {
    PlacedSpans spans;
    WorkBudget budget(1'000'000);
    EXPECT_EQ(spans.room({0, 9}, "PER", budget), Room::free);
    spans.place({4, 8}, "PER");
    EXPECT_EQ(spans.room({0, 4}, "PER", budget), Room::free) << "ends where the other begins";
    EXPECT_EQ(spans.room({8, 9}, "PER", budget), Room::free);
    EXPECT_EQ(spans.room({4, 8}, "PER", budget), Room::duplicate);
    EXPECT_EQ(spans.room({4, 8}, "ORG", budget), Room::taken);
    EXPECT_EQ(spans.room({4, 7}, "PER", budget), Room::nested);
    EXPECT_EQ(spans.room({5, 8}, "PER", budget), Room::nested);
    EXPECT_EQ(spans.room({0, 9}, "PER", budget), Room::nested);
    EXPECT_EQ(spans.room({3, 5}, "PER", budget), Room::crossing);
    EXPECT_EQ(spans.room({7, 9}, "PER", budget), Room::crossing);
}

TEST(PlacedSpans, AgreesWithItsWordsForEveryThreeSpansOfAShortText) {
    constexpr std::size_t size = 5;
    std::vector<Span> every;
    for (std::size_t start = 0; start < size; ++start) {
        for (std::size_t end = start + 1; end <= size; ++end) every.push_back({start, end});
    }
    for (const Span one : every) {
        for (const Span two : every) {
            for (const Span three : every) {
                PlacedSpans spans;
                std::vector<Placed> all;
                for (const Span span : {one, two, three}) {
                    const auto room = expected_room(all, span, "PER");
                    if (room != Room::free && room != Room::nested) continue;
                    spans.place(span, "PER");
                    all.push_back({span, "PER"});
                }
                expect_agreement(spans, all, size);
            }
        }
    }
}

// More spans than a block holds, so that blocks are split, searched and skipped.
TEST(PlacedSpans, AgreesWithItsWordsForHundredsOfSpans) {
    Rng rng(31);
    for (const std::size_t longest : {3U, 40U, 600U}) {
        PlacedSpans spans;
        std::vector<Placed> all;
        WorkBudget budget(std::numeric_limits<std::uint64_t>::max());
        for (int round = 0; round < 6'000; ++round) {
            const std::size_t start = rng.below(600);
            const Span span{start, std::min<std::size_t>(600, start + 1 + rng.below(longest))};
            const std::string_view label = rng.chance(0.5) ? "PER" : "ORG";
            const Room room = expected_room(all, span, label);
            ASSERT_EQ(spans.room(span, label, budget), room) << round;
            if (room != Room::free && room != Room::nested) continue;
            spans.place(span, label);
            all.push_back({span, label});
        }
        EXPECT_GT(all.size(), 300U) << longest;
    }
}

TEST(PlacedSpans, LookingCostsFarLessThanAllSpans) {
    PlacedSpans spans;
    constexpr std::size_t count = 20'000;
    for (std::size_t i = 0; i < count; ++i) spans.place({2 * i, 2 * i + 1}, "PER");
    WorkBudget budget(std::numeric_limits<std::uint64_t>::max());
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(spans.room({2 * i + 1, 2 * i + 2}, "PER", budget), Room::free);
    EXPECT_LT(budget.spent() / count, 300U);
}

}  // namespace
}  // namespace prelabel::labeling
