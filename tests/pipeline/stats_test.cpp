#include <prelabel/pipeline/stats.hpp>

#include <set>
#include <string_view>

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
    EXPECT_EQ(stats.entities[0], (std::array<std::uint64_t, 3>{0, 2, 0}));
    EXPECT_EQ(stats.entities[1], (std::array<std::uint64_t, 3>{4, 0, 0}));
    EXPECT_EQ(stats.discarded, (std::array<std::uint64_t, labeling::discard_reason_count>{0, 2, 0, 0, 2, 0}));
}

TEST(Stats, LeavesOutALabelItDoesNotKnow) {
    Stats stats;
    stats.labels = {"PER"};
    stats.entities.resize(1);
    labeling::Findings findings;
    findings.entities = {entity("LOC", Match::exact)};
    stats.count(findings);
    EXPECT_EQ(stats.entities[0], (std::array<std::uint64_t, 3>{0, 0, 0}));
}

TEST(Stats, HaveANameForEachReasonToWait) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < wait_reason_count; ++i) names.insert(to_string(static_cast<WaitReason>(i)));
    EXPECT_EQ(names.size(), wait_reason_count);
    EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace prelabel::pipeline
