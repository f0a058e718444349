// Dead letters as `prelabel dlq` sees them: what they have in common, and what was sent again.
#include <prelabel/pipeline/dead_letter.hpp>
#include <prelabel/pipeline/letter.hpp>

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

constexpr WallTime noon{std::chrono::hours(496'812)};
const AskedWith first_version{"news-ner", "0123456789ab", "gpt-4o-mini"};

/// As it is read back from the dead-letter topic.
Record at(Output output, Offset offset, std::int32_t partition = 0) {
    Record record;
    record.origin = {{"dead", partition}, offset, 9};
    record.key = std::move(output.key);
    record.value = std::move(output.value);
    record.headers = std::move(output.headers);
    return record;
}

Output dead(DeadLetterClass reason, WallTime when = noon, const AskedWith& with = first_version) {
    Record input;
    input.origin = {{"raw", 3}, 42, 7};
    input.key = "k";
    input.value = R"({"text": "Ada"})";
    input.headers = {{"trace", "abc"}, {"empty", std::nullopt}};
    return make_dead_letter(std::move(input), {reason, "the model refused", 2, 0.1}, with, when);
}

TEST(Letter, TellsWhatItsHeadersSay) {
    const auto letter = read_letter(at(dead(DeadLetterClass::refused), 5));
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->kind, (LetterKind{"refused", "news-ner", "0123456789ab", "gpt-4o-mini"}));
    EXPECT_EQ(letter->message, "the model refused");
    EXPECT_EQ(letter->document, "raw/3/42");
    EXPECT_EQ(letter->at, noon);
    EXPECT_TRUE(letter->whole);
    EXPECT_FALSE(read_letter(at(Output{}, 6))) << "a record of somebody else";
}

TEST(Letter, BecomesTheDocumentThatItWas) {
    const Output document = document_of_letter(at(dead(DeadLetterClass::deadline), 5, 1));
    EXPECT_EQ(document.kind, OutputKind::annotation) << "the first of the two topics";
    EXPECT_EQ(document.key, "k");
    EXPECT_EQ(document.value, R"({"text": "Ada"})");
    const std::vector<Header> expected{
        {"trace", "abc"}, {"empty", std::nullopt}, {"prelabel.redriven.from", "dead/1/5"}};
    EXPECT_EQ(document.headers, expected);
}

TEST(Letter, OfADocumentThatWasSentAgainNamesTheLastLetterOnly) {
    const Output document = document_of_letter(at(dead(DeadLetterClass::deadline), 5));
    Record input = at(document, 50);
    const Output again = make_dead_letter(std::move(input), {}, first_version, noon);
    const Output third = document_of_letter(at(again, 6));
    EXPECT_EQ(third.headers.back(), (Header{"prelabel.redriven.from", "dead/0/6"}));
    EXPECT_EQ(third.headers.size(), 3U);
}

TEST(LetterBook, CountsByKindWhatIsOpenAndWhatWasSentAgain) {
    LetterBook book;
    const Record second = at(dead(DeadLetterClass::deadline, noon + std::chrono::hours(1)), 1);
    book.add(at(mark_of_letter(second, noon), 2, 4));  // marks may lie in another partition, which is read first
    book.add(at(dead(DeadLetterClass::deadline), 0));
    book.add(second);
    book.add(at(dead(DeadLetterClass::refused), 3));
    book.add(at(dead(DeadLetterClass::deadline, noon, {"news-ner", "another", "gpt-4o-mini"}), 4));
    book.add(at(Output{}, 5));
    const auto groups = book.groups();
    ASSERT_EQ(groups.size(), 3U);
    const auto& late = groups.at({"deadline", "news-ner", "0123456789ab", "gpt-4o-mini"});
    EXPECT_EQ(late.open, 1U);
    EXPECT_EQ(late.redriven, 1U);
    EXPECT_EQ(late.oldest, noon);
    EXPECT_EQ(late.newest, noon + std::chrono::hours(1));
    EXPECT_EQ(late.message, "the model refused");
    EXPECT_EQ(book.others(), 1U);
    EXPECT_TRUE(book.is_redriven(second.origin));
    EXPECT_FALSE(book.is_redriven({{"dead", 0}, 0, 0}));
}

TEST(LetterBook, TakesNoDeadLetterForAMarkWhateverItsDocumentSays) {
    Record input;
    input.origin = {{"raw", 0}, 1, 0};
    input.value = "{}";
    input.headers = {{"prelabel.redriven.partition", "0"}, {"prelabel.redriven.offset", "7"}};
    LetterBook book;
    book.add(at(make_dead_letter(std::move(input), {}, first_version, noon), 8));
    EXPECT_FALSE(book.is_redriven({{"dead", 0}, 7, 0}));
    EXPECT_EQ(book.groups().size(), 1U);
}

TEST(LetterBook, CountsLettersWithoutTheirValue) {
    Output letter = dead(DeadLetterClass::too_large);
    ASSERT_TRUE(shorten_dead_letter(letter, 0));
    ASSERT_TRUE(shorten_dead_letter(letter, 1));
    LetterBook book;
    book.add(at(std::move(letter), 0));
    EXPECT_EQ(book.groups().begin()->second.incomplete, 1U);
}

}  // namespace
}  // namespace prelabel::pipeline
