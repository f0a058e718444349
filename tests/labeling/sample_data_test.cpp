#include <prelabel/labeling/grounder.hpp>

#include <cstdint>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::labeling {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

struct GoldEntity {
    std::string label;
    Span code_points;
};

struct Gold {
    std::string id;
    std::string text;
    std::vector<GoldEntity> entities;
};

rapidjson::Document parsed(const std::string& line) {
    rapidjson::Document json;
    json.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
    EXPECT_FALSE(json.HasParseError()) << line;
    return json;
}

Gold gold_of(const std::string& line) {
    const auto json = parsed(line);
    Gold gold{json["id"].GetString(), {json["text"].GetString(), json["text"].GetStringLength()}, {}};
    for (const auto& entity : json["entities"].GetArray())
        gold.entities.push_back(
            {entity["label"].GetString(), {entity["start"].GetUint64(), entity["end"].GetUint64()}});
    return gold;
}

std::vector<std::string> lines_of(const std::string& name) {
    std::ifstream file(std::string(PRELABEL_SOURCE_DIR) + "/tests/data/" + name, std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

std::vector<Gold> sample() {
    std::vector<Gold> sample;
    for (const auto& line : lines_of("gold.jsonl")) sample.push_back(gold_of(line));
    return sample;
}

/// Where each code point begins, and the end. Written out here so that it owes nothing to the code under test.
std::vector<std::size_t> starts_in_utf8(const std::string& text) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<std::uint8_t>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
    }
    starts.push_back(text.size());
    return starts;
}

std::string slice(const Gold& gold, Span span) {
    const auto starts = starts_in_utf8(gold.text);
    return gold.text.substr(starts.at(span.start), starts.at(span.end) - starts.at(span.start));
}

std::string shown(const std::string& label, Span span) {
    return label + ' ' + std::to_string(span.start) + '-' + std::to_string(span.end);
}

}  // namespace

TEST(SampleData, HoldsTheSameDocumentsTwiceWithoutDuplicates) {
    const auto documents = lines_of("documents.jsonl");
    const auto gold = sample();
    ASSERT_GE(gold.size(), 150U);
    ASSERT_EQ(documents.size(), gold.size());
    std::set<std::string> ids;
    std::set<std::string> texts;
    for (std::size_t i = 0; i < gold.size(); ++i) {
        const auto document = parsed(documents[i]);
        EXPECT_EQ(document["id"].GetString(), gold[i].id);
        EXPECT_EQ(document["text"].GetString(), gold[i].text);
        EXPECT_TRUE(ids.insert(gold[i].id).second) << gold[i].id;
        EXPECT_TRUE(texts.insert(gold[i].text).second) << gold[i].id;
    }
}

TEST(SampleData, SaysEveryGoldEntityOnceAndWithoutSpaceAroundIt) {
    std::set<std::string> labels;
    for (const auto& gold : sample()) {
        std::set<Span> spans;
        for (const auto& [label, span] : gold.entities) {
            ASSERT_LT(span.start, span.end) << gold.id;
            const std::string text = slice(gold, span);
            EXPECT_NE(text.front(), ' ') << gold.id;
            EXPECT_NE(text.back(), ' ') << gold.id;
            EXPECT_TRUE(spans.insert(span).second) << gold.id;
            labels.insert(label);
        }
    }
    EXPECT_THAT(labels, ElementsAreArray({"LOC", "ORG", "PER"}));
}

// A model that answers right is never misplaced: every gold mention, said in order, comes back at its own span.
TEST(SampleData, IsGroundedToExactlyTheGoldSpans) {
    const Grounder grounder({{"PER", ""}, {"ORG", ""}, {"LOC", ""}});
    std::size_t entities = 0;
    for (const auto& gold : sample()) {
        std::vector<Mention> mentions;
        std::vector<std::string> expected;
        for (const auto& [label, span] : gold.entities) {
            mentions.push_back({label, slice(gold, span)});
            expected.push_back(shown(label, span));
        }
        const auto findings = grounder.ground(gold.text, mentions);
        std::vector<std::string> found;
        for (const auto& entity : findings.entities) {
            found.push_back(shown(entity.label, entity.code_points));
            EXPECT_EQ(entity.text, slice(gold, entity.code_points)) << gold.id;
            EXPECT_EQ(entity.text, gold.text.substr(entity.utf8.start, entity.utf8.end - entity.utf8.start)) << gold.id;
            EXPECT_EQ(entity.match, Match::exact) << gold.id << ": " << entity.text;
        }
        EXPECT_THAT(found, ElementsAreArray(expected)) << gold.id;
        EXPECT_THAT(findings.discarded, IsEmpty()) << gold.id;
        entities += found.size();
    }
    EXPECT_GT(entities, 600U);
}

}  // namespace prelabel::labeling
