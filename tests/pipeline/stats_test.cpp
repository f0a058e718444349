#include <prelabel/pipeline/stats.hpp>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using labeling::DiscardReason;
using labeling::Match;

labeling::Entity entity(std::string label, Match match) {
    labeling::Entity made;
    made.label = std::move(label);
    made.match = match;
    return made;
}

TEST(Stats, CountsEntitiesByLabelAndMatchAndDiscardsByReason) {
    Stats stats;
    stats.labels = {"PER", "LOC"};
    stats.entities.resize(2);
    labeling::Findings findings;
    findings.entities = {entity("LOC", Match::exact), entity("LOC", Match::exact), entity("PER", Match::normalized)};
    findings.discarded = {{"PER", "x", DiscardReason::duplicate}, {"X", "y", DiscardReason::unknown_label}};
    stats.count(findings);
    stats.count(findings);
    EXPECT_EQ(stats.entities[0], (EnumArray<Match, std::uint64_t>{0, 2, 0}));
    EXPECT_EQ(stats.entities[1], (EnumArray<Match, std::uint64_t>{4, 0, 0}));
    EXPECT_EQ(stats.discarded, (EnumArray<DiscardReason, std::uint64_t>{0, 2, 0, 0, 2, 0}));
}

TEST(Stats, LeavesOutALabelItDoesNotKnow) {
    Stats stats;
    stats.labels = {"PER"};
    stats.entities.resize(1);
    labeling::Findings findings;
    findings.entities = {entity("LOC", Match::exact)};
    stats.count(findings);
    EXPECT_EQ(stats.entities[0], (EnumArray<Match, std::uint64_t>{0, 0, 0}));
}

}  // namespace
}  // namespace prelabel::pipeline
