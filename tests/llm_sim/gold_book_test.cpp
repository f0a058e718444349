#include "llm_sim/gold_book.hpp"

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

std::string problem_with(std::string_view lines) {
    const auto parsed = GoldBook::parse(lines, "gold.jsonl");
    return parsed ? "" : parsed.error().message;
}

TEST(GoldBook, FindsTheEntitiesOfATextInBytes) {
    const auto book = GoldBook::parse(
        R"({"id": "1", "text": "🎉 Ada in Zürich", "entities": [{"label": "LOC", "start": 9, "end": 15}, {"label": "PER", "start": 2, "end": 5}]})",
        "gold.jsonl");
    ASSERT_TRUE(book.has_value()) << book.error().message;
    const std::string text = "🎉 Ada in Zürich";
    const auto* found = book->find(text);
    ASSERT_NE(found, nullptr);
    ASSERT_EQ(found->size(), 2U);
    EXPECT_EQ(found->at(0).text_in(text), "Ada");
    EXPECT_EQ(found->at(1).text_in(text), "Zürich");
    EXPECT_EQ(book->find("another text"), nullptr);
}

TEST(GoldBook, KnowsATextWithoutEntities) {
    const auto book = GoldBook::parse("{\"text\": \"x\", \"entities\": []}\r\n\n", "gold.jsonl");
    ASSERT_TRUE(book.has_value());
    ASSERT_NE(book->find("x"), nullptr);
    EXPECT_TRUE(book->find("x")->empty());
    EXPECT_EQ(book->size(), 1U);
}

TEST(GoldBook, RefusesBadLinesByNumberWithoutQuotingThem) {
    const std::string bad = problem_with(
        "{\"text\": \"x\", \"entities\": []}\n{\"text\": \"secret\", \"entities\": [{\"label\": "
        "\"A\", \"start\": 0, \"end\": 7}]}");
    EXPECT_TRUE(bad.starts_with("gold.jsonl:2: entity 1:")) << bad;
    EXPECT_EQ(bad.find("secret"), std::string::npos);
    EXPECT_NE(problem_with("not json"), "");
    EXPECT_NE(problem_with(R"({"entities": []})"), "");
    EXPECT_NE(problem_with(R"({"text": "x"})"), "");
    EXPECT_NE(problem_with(R"({"text": "abc", "entities": [{"label": "A", "start": 2, "end": 2}]})"), "");
    EXPECT_NE(problem_with(R"({"text": "abc", "entities": [{"label": "A", "start": -1, "end": 2}]})"), "");
    EXPECT_NE(problem_with(R"({"text": "abc", "entities": [{"start": 0, "end": 2}]})"), "");
    EXPECT_NE(problem_with(std::string(300, '[')), "");
}

TEST(GoldBook, SaysWhenItsFileCannotBeRead) {
    const auto loaded = GoldBook::load("/nonexistent/gold.jsonl");
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().fault, Fault::config);
}

}  // namespace
}  // namespace prelabel::llm_sim
