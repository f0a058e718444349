#pragma once

#include <prelabel/evaluation/report.hpp>
#include <prelabel/evaluation/span_scorer.hpp>
#include <prelabel/evaluation/tags.hpp>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidjson/document.h>

/// What seqeval, scikit-learn and nervaluate say, compared bit by bit with what we say.
namespace prelabel::evaluation::expected {

inline rapidjson::Document load(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    rapidjson::Document document;
    document.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseNanAndInfFlag>(text.str().c_str());
    EXPECT_FALSE(document.HasParseError()) << path;
    return document;
}

inline rapidjson::Document committed() { return load(PRELABEL_SOURCE_DIR "/tests/evaluation/data/expected.json"); }

inline std::vector<std::string> strings(const rapidjson::Value& list) {
    std::vector<std::string> out;
    for (const auto& item : list.GetArray()) out.emplace_back(item.GetString());
    return out;
}

inline std::vector<LabeledSpan> tokens_to_spans(const rapidjson::Value& tags, TagScheme scheme) {
    return decode_tags(strings(tags), scheme);
}

/// 0/0 is 0 with us; seqeval has NaN for the mean of no classes.
inline double number(const rapidjson::Value& value) {
    const double number = value.GetDouble();
    return number == number ? number : 0.0;
}

inline void agrees(const Score& ours, const rapidjson::Value& theirs) {
    EXPECT_EQ(ours.precision, number(theirs["precision"]));
    EXPECT_EQ(ours.recall, number(theirs["recall"]));
    EXPECT_EQ(ours.f1, number(theirs[theirs.HasMember("f1") ? "f1" : "f1-score"]));
}

inline void agrees_with_seqeval(const Report& ours, const rapidjson::Value& theirs) {
    ASSERT_EQ(ours.classes.size() + 3, theirs.MemberCount());
    for (const auto& row : ours.classes) {
        SCOPED_TRACE(row.label);
        ASSERT_TRUE(theirs.HasMember(row.label.c_str()));
        agrees(row.counted.score, theirs[row.label.c_str()]);
        EXPECT_EQ(static_cast<double>(row.counted.support), theirs[row.label.c_str()]["support"].GetDouble());
    }
    agrees(ours.micro.score, theirs["micro avg"]);
    agrees(ours.macro, theirs["macro avg"]);
    agrees(ours.weighted, theirs["weighted avg"]);
    EXPECT_EQ(static_cast<double>(ours.micro.support), theirs["weighted avg"]["support"].GetDouble());
}

inline Report score_tags(const rapidjson::Value& gold, const rapidjson::Value& predicted, TagScheme scheme,
                         MatchMode mode) {
    SpanScorer scorer(mode);
    EXPECT_EQ(gold.Size(), predicted.Size());
    for (rapidjson::SizeType i = 0; i < gold.Size(); ++i)
        scorer.add(tokens_to_spans(gold[i], scheme), tokens_to_spans(predicted[i], scheme));
    return scorer.report();
}

inline constexpr std::array<std::pair<MatchMode, const char*>, 4> nervaluate_modes{{{MatchMode::strict, "strict"},
                                                                                    {MatchMode::exact, "exact"},
                                                                                    {MatchMode::partial, "partial"},
                                                                                    {MatchMode::type, "ent_type"}}};

inline void agrees_with_nervaluate(const CountedScore& ours, const rapidjson::Value& theirs) {
    const double correct = theirs["correct"].GetDouble() + 0.5 * theirs["partial"].GetDouble();
    EXPECT_EQ(ours.tp, correct);
    if (theirs.HasMember("actual")) {
        EXPECT_EQ(ours.tp + ours.fp, theirs["actual"].GetDouble());
        EXPECT_EQ(static_cast<double>(ours.support), theirs["possible"].GetDouble());
    }
    agrees(ours.score, theirs);
}

inline void agrees_with_nervaluate(const Report& ours, const char* mode, const rapidjson::Value& overall,
                                   const rapidjson::Value& classes) {
    agrees_with_nervaluate(ours.micro, overall[mode]);
    ASSERT_EQ(ours.classes.size(), classes.MemberCount());
    for (const auto& row : ours.classes) {
        SCOPED_TRACE(row.label);
        agrees_with_nervaluate(row.counted, classes[row.label.c_str()][mode]);
    }
}

}  // namespace prelabel::evaluation::expected
