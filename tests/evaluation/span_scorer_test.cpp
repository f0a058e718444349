#include "expected.hpp"

#include <prelabel/evaluation/span_scorer.hpp>

#include <algorithm>
#include <string_view>
#include <tuple>

namespace prelabel::evaluation {
namespace {

using Spans = std::vector<LabeledSpan>;

Spans spans(const rapidjson::Value& list) {
    Spans out;
    for (const auto& span : list.GetArray()) {
        if (span.IsArray())
            out.push_back({span[0].GetString(), span[1].GetUint(), span[2].GetUint()});
        else
            out.push_back({span["label"].GetString(), span["start"].GetUint(), span["end"].GetUint()});
    }
    return out;
}

TEST(SpanScorer, AgreesWithSeqevalOnTheProjectsCases) {
    const auto cases = expected::committed();
    ASSERT_GE(cases["tags"].MemberCount(), 10U);
    for (const auto& [name, tags] : cases["tags"].GetObject()) {
        SCOPED_TRACE(name.GetString());
        const auto scheme = from_string<TagScheme>(tags["scheme"].GetString()).value();
        expected::agrees_with_seqeval(
            expected::score_tags(tags["gold"], tags["pred"], TagScheme::lenient, MatchMode::strict), tags["lenient"]);
        expected::agrees_with_seqeval(expected::score_tags(tags["gold"], tags["pred"], scheme, MatchMode::strict),
                                      tags["strict"]);
    }
}

/// Where a prediction that merely overlaps comes before an exact one: nervaluate gives it the gold.
enum class Late { nowhere, in_a_class, overall };

Late exact_comes_late(std::string_view name, MatchMode mode) {
    if (mode == MatchMode::type) return Late::nowhere;
    if (name == "inner_first" || name == "closest_of_two") return Late::overall;
    return name == "noise" || name == "crowded" ? Late::in_a_class : Late::nowhere;
}

TEST(SpanScorer, AgreesWithNervaluateOnTheProjectsCasesButForExactMatchesThatComeLate) {
    const auto cases = expected::committed();
    ASSERT_GE(cases["spans"].MemberCount(), 7U);
    for (const auto& [name, documents] : cases["spans"].GetObject())
        for (const auto& [mode, their_name] : expected::nervaluate_modes) {
            SCOPED_TRACE(std::string(name.GetString()) + " " + their_name);
            SpanScorer scorer(mode);
            for (rapidjson::SizeType i = 0; i < documents["gold"].Size(); ++i)
                scorer.add(spans(documents["gold"][i]), spans(documents["pred"][i]));
            const auto report = scorer.report();
            const auto& theirs = documents["overall"][their_name];
            const auto late = exact_comes_late(name.GetString(), mode);
            if (late == Late::nowhere)
                expected::agrees_with_nervaluate(report, their_name, documents["overall"], documents["classes"]);
            if (late == Late::in_a_class) expected::agrees_with_nervaluate(report.micro, theirs);
            if (late != Late::overall) continue;
            EXPECT_GT(report.micro.tp, theirs["correct"].GetDouble() + 0.5 * theirs["partial"].GetDouble());
            EXPECT_EQ(static_cast<double>(report.micro.support), theirs["possible"].GetDouble());
            EXPECT_EQ(report.micro.tp + report.micro.fp, theirs["actual"].GetDouble());
        }
}

class Oracles : public testing::Test {
protected:
    void SetUp() override {
        const char* shared = std::getenv("PRELABEL_SHARED");
        if (shared == nullptr)
            GTEST_SKIP() << "PRELABEL_SHARED is not set: no recorded results of other tools to compare with";
        folder_ = std::string(shared) + "/oracles/";
    }
    std::string folder_;
};

TEST_F(Oracles, TagFilesAgreeWithSeqevalAndNervaluate) {
    const auto oracle = expected::load(folder_ + "oracle_tags.json");
    ASSERT_GE(oracle["cases"].MemberCount(), 20U);
    std::size_t nervaluate = 0;
    for (const auto& [name, tags] : oracle["cases"].GetObject()) {
        SCOPED_TRACE(name.GetString());
        const std::string theirs = tags["scheme"].GetString();
        std::string ours = theirs;
        for (auto& c : ours) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        expected::agrees_with_seqeval(
            expected::score_tags(tags["gold"], tags["pred"], TagScheme::lenient, MatchMode::strict),
            tags["seqeval_default"]);
        expected::agrees_with_seqeval(
            expected::score_tags(tags["gold"], tags["pred"], from_string<TagScheme>(ours).value(), MatchMode::strict),
            tags[("seqeval_strict_" + theirs).c_str()]);
        if (!tags.HasMember("nervaluate")) continue;
        ++nervaluate;
        for (const auto& [mode, their_mode] : expected::nervaluate_modes) {
            SCOPED_TRACE(their_mode);
            expected::agrees_with_nervaluate(expected::score_tags(tags["gold"], tags["pred"], TagScheme::lenient, mode),
                                             their_mode, tags["nervaluate"]["overall"], tags["nervaluate"]["entities"]);
        }
    }
    EXPECT_GE(nervaluate, 10U);
}

TEST_F(Oracles, SpansAgreeWithNervaluate) {
    const auto oracle = expected::load(folder_ + "oracle_spans.json");
    ASSERT_GE(oracle["cases"].MemberCount(), 3U);
    for (const auto& [name, document] : oracle["cases"].GetObject())
        for (const auto& [mode, their_mode] : expected::nervaluate_modes) {
            SCOPED_TRACE(std::string(name.GetString()) + " " + their_mode);
            SpanScorer scorer(mode);
            scorer.add(spans(document["gold"]), spans(document["pred"]));
            expected::agrees_with_nervaluate(scorer.report().micro, document["nervaluate"][their_mode]);
        }
}

TEST(SpanScorer, APredictedClassWithoutGoldIsARowThatCountsInTheMacroAverage) {
    SpanScorer scorer(MatchMode::strict);
    scorer.add(Spans{{"PER", 0, 2}}, Spans{{"PER", 0, 2}, {"NORP", 4, 5}});
    const auto report = scorer.report();
    ASSERT_EQ(report.classes.size(), 2U);
    EXPECT_EQ(report.classes[0].label, "NORP");
    EXPECT_EQ(report.classes[0].counted.support, 0U);
    EXPECT_EQ(report.classes[0].counted.fp, 1);
    EXPECT_EQ(report.macro.f1, 0.5);
    EXPECT_EQ(report.weighted.f1, 1.0);
}

TEST(SpanScorer, NothingAnywhereIsZeroAndNotNan) {
    SpanScorer scorer(MatchMode::strict);
    scorer.add({}, {});
    const auto report = scorer.report();
    EXPECT_EQ(report.documents, 1U);
    EXPECT_TRUE(report.classes.empty());
    EXPECT_EQ(report.micro.score.f1, 0.0);
    EXPECT_EQ(report.macro.f1, 0.0);
    EXPECT_EQ(report.weighted.f1, 0.0);
}

TEST(SpanScorer, SpansThatOnlyTouchDoNotOverlap) {
    SpanScorer scorer(MatchMode::partial);
    scorer.add(Spans{{"A", 0, 5}}, Spans{{"A", 5, 9}});
    EXPECT_EQ(scorer.report().micro.tp, 0);
}

TEST(SpanScorer, PartialModeCountsAnOverlapAsHalf) {
    SpanScorer scorer(MatchMode::partial);
    scorer.add(Spans{{"A", 0, 5}, {"A", 6, 9}}, Spans{{"A", 1, 5}, {"B", 6, 9}});
    const auto micro = scorer.report().micro;
    EXPECT_EQ(micro.tp, 1.5);
    EXPECT_EQ(micro.fp, 0.5);
    EXPECT_EQ(micro.fn, 0.5);
    EXPECT_EQ(micro.score.precision, 0.75);
}

// "New York University": the organisation and the place in it, predicted in either order.
TEST(SpanScorer, AnOverlappingNeighbourNeverUsesUpAnExactMatch) {
    const Spans gold{{"LOC", 0, 2}, {"ORG", 0, 3}};
    const Spans other_order{{"ORG", 0, 3}, {"LOC", 0, 2}};
    for (const auto mode : {MatchMode::strict, MatchMode::exact, MatchMode::partial, MatchMode::type})
        for (const auto* reference : {&gold, &other_order})
            for (const auto* predicted : {&gold, &other_order}) {
                SpanScorer scorer(mode);
                scorer.add(*reference, *predicted);
                EXPECT_EQ(scorer.report().micro.score.f1, 1.0) << to_string(mode);
            }
}

// Every order of four predictions about nested gold: strict and exact scores stay, and strict's is the classes' sum.
TEST(SpanScorer, StrictAndExactScoresDoNotDependOnTheOrder) {
    const Spans gold{{"A", 0, 4}, {"B", 0, 2}, {"A", 1, 2}, {"B", 2, 4}};
    Spans predicted{{"A", 0, 2}, {"A", 0, 4}, {"B", 0, 4}, {"B", 2, 4}};
    const auto by_label = [](const LabeledSpan& a, const LabeledSpan& b) {
        return std::tie(a.label, a.start, a.end) < std::tie(b.label, b.start, b.end);
    };
    do {
        SpanScorer strict(MatchMode::strict);
        strict.add(gold, predicted);
        const auto report = strict.report();
        double sum = 0;
        for (const auto& row : report.classes) sum += row.counted.tp;
        EXPECT_EQ(report.micro.tp, 2);
        EXPECT_EQ(sum, 2);
        SpanScorer exact(MatchMode::exact);
        exact.add(gold, predicted);
        EXPECT_EQ(exact.report().micro.tp, 3);
    } while (std::ranges::next_permutation(predicted, by_label).found);
}

TEST(SpanScorer, DocumentsNeverJoin) {
    SpanScorer scorer(MatchMode::strict);
    scorer.add(Spans{{"A", 0, 1}}, {});
    scorer.add({}, Spans{{"A", 0, 1}});
    const auto micro = scorer.report().micro;
    EXPECT_EQ(micro.tp, 0);
    EXPECT_EQ(micro.fp, 1);
    EXPECT_EQ(micro.fn, 1);
}

}  // namespace
}  // namespace prelabel::evaluation
