#include <prelabel/evaluation/span_errors.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::evaluation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Spans = std::vector<LabeledSpan>;

std::string name(const std::optional<LabeledSpan>& span) {
    return span ? span->label + std::to_string(span->start) + '-' + std::to_string(span->end) : "none";
}

std::vector<std::string> errors(const Spans& gold, const Spans& predicted) {
    std::vector<std::string> out;
    for (const auto& error : span_errors(gold, predicted))
        out.push_back(std::string(to_string(error.kind)) + ' ' + name(error.gold) + ' ' + name(error.predicted));
    return out;
}

TEST(SpanErrors, ThereAreNoneWhereBothSidesAreTheSame) {
    EXPECT_THAT(errors({}, {}), IsEmpty());
    EXPECT_THAT(errors({{"A", 0, 2}, {"B", 1, 2}}, {{"B", 1, 2}, {"A", 0, 2}}), IsEmpty());
}

TEST(SpanErrors, TellsWhatWasMissedInventedConfusedAndCut) {
    EXPECT_THAT(errors({{"A", 0, 2}, {"A", 5, 9}, {"B", 20, 22}}, {{"B", 0, 2}, {"A", 6, 9}, {"C", 30, 31}}),
                ElementsAre("confused A0-2 B0-2", "cut A5-9 A6-9", "missed B20-22 none", "invented none C30-31"));
    EXPECT_THAT(errors({{"A", 0, 5}}, {{"B", 4, 6}}), ElementsAre("confused A0-5 B4-6"));
    EXPECT_THAT(errors({{"A", 0, 5}}, {{"A", 5, 6}}), ElementsAre("missed A0-5 none", "invented none A5-6"));
}

TEST(SpanErrors, ComparesWithItsOwnLabelFirst) {
    EXPECT_THAT(errors({{"B", 0, 9}, {"A", 2, 9}}, {{"A", 3, 9}}), ElementsAre("missed B0-9 none", "cut A2-9 A3-9"));
    EXPECT_THAT(errors({{"A", 0, 2}}, {{"A", 0, 2}, {"A", 0, 2}}), ElementsAre("invented none A0-2"));
}

// Every span stands in one error, or is the same on both sides.
TEST(SpanErrors, CountsEverySpanOnce) {
    Spans all;
    for (const char* label : {"A", "B"})
        for (std::size_t start = 0; start < 3; ++start)
            for (std::size_t end = start + 1; end <= 3; ++end) all.push_back({label, start, end});
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < all.size(); ++j)
            for (std::size_t k = 0; k < all.size(); ++k) {
                const Spans gold{all[i], all[j]};
                const Spans predicted{all[k]};
                const auto found = span_errors(gold, predicted);
                const bool right = std::ranges::count(gold, all[k]) > 0;
                const auto golds = std::ranges::count_if(found, [](const auto& e) { return e.gold.has_value(); });
                const auto guesses =
                    std::ranges::count_if(found, [](const auto& e) { return e.predicted.has_value(); });
                ASSERT_EQ(golds, right ? 1 : 2);
                ASSERT_EQ(guesses, right ? 0 : 1);
            }
}

}  // namespace
}  // namespace prelabel::evaluation
