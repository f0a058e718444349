#include <prelabel/evaluation/render.hpp>
#include <prelabel/evaluation/span_scorer.hpp>

#include <string>

#include <gmock/gmock.h>
#include <rapidjson/document.h>

namespace prelabel::evaluation {
namespace {

using testing::HasSubstr;
using Spans = std::vector<LabeledSpan>;

Report sample(const std::string& label = "ORG") {
    SpanScorer scorer(MatchMode::strict);
    scorer.add(Spans{{"PER", 0, 1}, {"PER", 2, 3}, {"PER", 4, 5}}, Spans{{"PER", 0, 1}, {label, 7, 8}});
    return scorer.report();
}

TEST(Render, TheTableReadsLikeAClassificationReport) {
    EXPECT_EQ(render(sample(), ReportFormat::table),
              "       class  precision     recall         F1    support\n"
              "\n"
              "         ORG     0.0000     0.0000     0.0000          0\n"
              "         PER     1.0000     0.3333     0.5000          3\n"
              "\n"
              "   micro avg     0.5000     0.3333     0.4000          3\n"
              "   macro avg     0.5000     0.1667     0.2500          3\n"
              "weighted avg     1.0000     0.3333     0.5000          3\n"
              "\n"
              "1 document, entity level, strict mode\n");
}

TEST(Render, JsonHasThePublishedFieldsAndTheFullPrecision) {
    const auto report = sample();
    rapidjson::Document json;
    json.Parse<rapidjson::kParseFullPrecisionFlag>(render(report, ReportFormat::json).c_str());
    ASSERT_FALSE(json.HasParseError());
    EXPECT_STREQ(json["mode"].GetString(), "strict");
    EXPECT_STREQ(json["level"].GetString(), "entity");
    EXPECT_EQ(json["documents"].GetUint(), 1U);
    ASSERT_EQ(json["classes"].Size(), 2U);
    const auto& per = json["classes"][1];
    EXPECT_STREQ(per["label"].GetString(), "PER");
    EXPECT_EQ(per["recall"].GetDouble(), report.classes[1].counted.score.recall);
    EXPECT_EQ(per["support"].GetUint(), 3U);
    EXPECT_EQ(per["tp"].GetUint(), 1U);
    EXPECT_EQ(per["fp"].GetUint(), 0U);
    EXPECT_EQ(per["fn"].GetUint(), 2U);
    EXPECT_EQ(json["micro"]["f1"].GetDouble(), report.micro.score.f1);
    EXPECT_EQ(json["macro"]["f1"].GetDouble(), report.macro.f1);
    EXPECT_EQ(json["weighted"]["recall"].GetDouble(), report.weighted.recall);
    EXPECT_EQ(json["weighted"]["support"].GetUint(), 3U);
}

TEST(Render, JsonFractionsAreRealNumbersAlsoWhenWhole) {
    EXPECT_THAT(render(sample(), ReportFormat::json), HasSubstr("\"precision\":1.0,"));
}

TEST(Render, HalvesOfPartialModeAreKept) {
    SpanScorer scorer(MatchMode::partial);
    scorer.add(Spans{{"A", 0, 4}}, Spans{{"A", 1, 4}});
    EXPECT_THAT(render(scorer.report(), ReportFormat::json), HasSubstr("\"tp\":0.5,\"fp\":0.5,\"fn\":0.5"));
}

TEST(Render, QuotesLabelsAsEachFormatNeeds) {
    const auto report = sample("a,\"b\"|\n");
    rapidjson::Document json;
    json.Parse(render(report, ReportFormat::json).c_str());
    ASSERT_FALSE(json.HasParseError());
    EXPECT_STREQ(json["classes"][1]["label"].GetString(), "a,\"b\"|\n");
    EXPECT_THAT(render(report, ReportFormat::csv), HasSubstr("\"a,\"\"b\"\"|\n\",0.0,"));
    EXPECT_THAT(render(report, ReportFormat::markdown), HasSubstr("| a,\"b\"\\|? |"));
    EXPECT_THAT(render(report, ReportFormat::table), HasSubstr("a,\"b\"|?"));
}

TEST(Render, CsvHasOneLinePerClassAndAverage) {
    EXPECT_EQ(render(sample(), ReportFormat::csv),
              "class,precision,recall,f1,support,tp,fp,fn\n"
              "ORG,0.0,0.0,0.0,0,0,1,0\n"
              "PER,1.0,0.3333333333333333,0.5,3,1,0,2\n"
              "micro avg,0.5,0.3333333333333333,0.4,3,1,1,2\n"
              "macro avg,0.5,0.16666666666666666,0.25,3,,,\n"
              "weighted avg,1.0,0.3333333333333333,0.5,3,,,\n");
}

TEST(Render, MarkdownIsATable) {
    EXPECT_THAT(render(sample(), ReportFormat::markdown), HasSubstr("| PER | 1.0000 | 0.3333 | 0.5000 | 3 |\n"));
    EXPECT_THAT(render(sample(), ReportFormat::markdown), HasSubstr("| **weighted avg** | 1.0000 |"));
}

}  // namespace
}  // namespace prelabel::evaluation
