#include "expected.hpp"

#include <prelabel/evaluation/token_scorer.hpp>

namespace prelabel::evaluation {
namespace {

using Spans = std::vector<LabeledSpan>;

std::vector<labeling::Span> tokens(std::size_t count) {
    std::vector<labeling::Span> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back({i, i + 1});
    return out;
}

void near(const Score& ours, const rapidjson::Value& theirs) {
    EXPECT_DOUBLE_EQ(ours.precision, theirs["precision"].GetDouble());
    EXPECT_DOUBLE_EQ(ours.recall, theirs["recall"].GetDouble());
    EXPECT_NEAR(ours.f1, theirs["f1-score"].GetDouble(), 1e-15);  // scikit-learn rounds F1 once less
}

TEST(TokenScorer, AgreesWithScikitLearnOverTagsWithoutPrefixes) {
    const auto cases = expected::committed();
    std::size_t compared = 0;
    for (const auto& [name, tags] : cases["tags"].GetObject()) {
        SCOPED_TRACE(name.GetString());
        if (!tags.HasMember("token")) continue;
        ++compared;
        TokenScorer scorer;
        for (rapidjson::SizeType i = 0; i < tags["gold"].Size(); ++i)
            scorer.add(token_labels(expected::strings(tags["gold"][i])),
                       token_labels(expected::strings(tags["pred"][i])), tokens(tags["gold"][i].Size()));
        const auto report = scorer.report();
        for (const auto& row : report.classes) near(row.counted.score, tags["token"][row.label.c_str()]);
        near(report.micro.score, tags["token"]["micro avg"]);
        near(report.macro, tags["token"]["macro avg"]);
        near(report.weighted, tags["token"]["weighted avg"]);
    }
    EXPECT_GE(compared, 9U);
}

TEST(TokenScorer, ATokenHasTheLabelsOfAllEntitiesThatTouchIt) {
    const std::vector<labeling::Span> words{{0, 4}, {5, 9}, {10, 12}};
    TokenScorer scorer;
    scorer.add(Spans{{"ORG", 0, 9}, {"LOC", 5, 9}}, Spans{{"ORG", 2, 6}, {"LOC", 9, 10}}, words);
    const auto report = scorer.report();
    ASSERT_EQ(report.classes.size(), 2U);
    EXPECT_EQ(report.classes[0].label, "LOC");
    EXPECT_EQ(report.classes[0].counted.fn, 1);
    EXPECT_EQ(report.classes[0].counted.fp, 0);  // white space between words is no token
    EXPECT_EQ(report.classes[1].counted.tp, 2);
}

TEST(TokenScorer, CountsATokenOnceHoweverOftenItIsPredicted) {
    TokenScorer scorer;
    scorer.add(Spans{{"A", 0, 2}}, Spans{{"A", 0, 2}, {"A", 1, 2}}, tokens(3));
    EXPECT_EQ(scorer.report().micro.tp, 2);
    EXPECT_EQ(scorer.report().micro.fp, 0);
}

TEST(TokenScorer, DocumentsNeverJoin) {
    TokenScorer scorer;
    scorer.add(Spans{{"A", 0, 1}}, {}, tokens(1));
    scorer.add({}, Spans{{"A", 0, 1}}, tokens(1));
    EXPECT_EQ(scorer.report().micro.tp, 0);
    EXPECT_EQ(scorer.report().documents, 2U);
}

}  // namespace
}  // namespace prelabel::evaluation
