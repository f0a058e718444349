#include <prelabel/evaluation/report.hpp>

#include <gtest/gtest.h>

namespace prelabel::evaluation {
namespace {

TEST(Report, ARowKeepsItsIdentities) {
    const auto row = counted_score(3, 4, 6);
    EXPECT_EQ(row.support, 6U);
    EXPECT_EQ(row.fp, 1);
    EXPECT_EQ(row.fn, 3);
    EXPECT_EQ(row.score.precision, 0.75);
    EXPECT_EQ(row.score.recall, 0.5);
    EXPECT_DOUBLE_EQ(row.score.f1, 0.6);
}

TEST(Report, ZeroOverZeroIsZero) {
    for (const auto& row : {counted_score(0, 0, 0), counted_score(0, 5, 0), counted_score(0, 0, 5)}) {
        EXPECT_EQ(row.score.precision, 0.0);
        EXPECT_EQ(row.score.recall, 0.0);
        EXPECT_EQ(row.score.f1, 0.0);
    }
}

TEST(Report, WeightsTheAverageBySupport) {
    Report report;
    report.classes = {{"a", counted_score(1, 1, 1)}, {"b", counted_score(0, 1, 3)}};
    average(report);
    EXPECT_EQ(report.macro.recall, 0.5);
    EXPECT_EQ(report.weighted.recall, 0.25);
}

}  // namespace
}  // namespace prelabel::evaluation
