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

labeling::Task with_labels(const std::vector<std::string>& names) {
    labeling::Task task;
    for (const auto& name : names) task.labels.push_back({name, ""});
    return task;
}

TEST(Stats, CountsEntitiesByLabelAndMatchAndDiscardsByReason) {
    Stats stats;
    stats.know(with_labels({"PER", "LOC"}));
    labeling::Findings findings;
    findings.entities = {entity("LOC", Match::exact), entity("LOC", Match::exact), entity("PER", Match::normalized)};
    findings.discarded = {{"PER", "x", DiscardReason::duplicate}, {"X", "y", DiscardReason::unknown_label}};
    stats.count(findings);
    stats.count(findings);
    EXPECT_EQ(stats.entities["PER"], (EnumArray<Match, std::uint64_t>{0, 2, 0}));
    EXPECT_EQ(stats.entities["LOC"], (EnumArray<Match, std::uint64_t>{4, 0, 0}));
    EXPECT_EQ(stats.discarded, (EnumArray<DiscardReason, std::uint64_t>{0, 2, 0, 0, 2, 0}));
}

TEST(Stats, CountsByLabelWhatWasSetAsideAndHowSureTheRestIs) {
    Stats stats;
    stats.know(with_labels({"PER", "LOC"}));
    labeling::Findings findings;
    findings.entities = {entity("LOC", Match::exact), entity("LOC", Match::exact), entity("PER", Match::exact)};
    findings.entities[0].confidence = 0.5;
    findings.entities[1].confidence = 1.0;
    findings.discarded = {{"PER", "x", DiscardReason::duplicate}, {"<script>", "y", DiscardReason::unknown_label}};
    stats.count(findings);
    EXPECT_EQ(stats.quality["LOC"], (LabelQuality{0, 2, 1.5}));
    EXPECT_EQ(stats.quality["PER"], (LabelQuality{1, 0, 0})) << "nobody measured it";
    EXPECT_EQ(stats.quality.size(), 2U) << "a model may say any word for a label";
}

TEST(Stats, CountsOnWhenAnotherTaskWithSomeOfTheSameLabelsFollows) {
    Stats stats;
    stats.know(with_labels({"PER"}));
    labeling::Findings findings;
    findings.entities = {entity("PER", Match::exact), entity("ORG", Match::exact)};
    stats.count(findings);
    stats.know(with_labels({"ORG", "PER"}));
    stats.count(findings);
    EXPECT_EQ(stats.entities["PER"][Match::exact], 2U);
    EXPECT_EQ(stats.entities["ORG"][Match::exact], 1U);
}

TEST(Stats, LeavesOutALabelItDoesNotKnow) {
    Stats stats;
    stats.know(with_labels({"PER"}));
    labeling::Findings findings;
    findings.entities = {entity("LOC", Match::exact)};
    stats.count(findings);
    EXPECT_EQ(stats.entities.size(), 1U);
    EXPECT_EQ(stats.entities["PER"], (EnumArray<Match, std::uint64_t>{0, 0, 0}));
}

}  // namespace
}  // namespace prelabel::pipeline
