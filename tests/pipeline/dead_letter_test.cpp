#include <prelabel/pipeline/dead_letter.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

constexpr WallTime at{std::chrono::milliseconds(1'790'000'000'123)};
const AskedWith with{"news-ner", "0123456789ab", "gpt-4o-mini"};

Record a_record() {
    Record record;
    record.origin = {{"raw", 3}, 42, 7};
    record.key = std::string("k\0y", 3);
    record.value = std::string("bytes \xFF\0 as they came", 21);
    record.headers = {{"trace", "abc"}, {"trace", "def"}};
    return record;
}

TEST(DeadLetter, KeepsKeyValueAndHeadersAndSaysWhatHappenedWhere) {
    const Record input = a_record();
    const Failure failure{DeadLetterClass::invalid_answer, "not an object", 3, 0.0036};
    const Output letter = make_dead_letter(input, failure, with, at);
    EXPECT_EQ(letter.kind, OutputKind::dead_letter);
    EXPECT_EQ(letter.key, input.key);
    EXPECT_EQ(letter.value, input.value);
    EXPECT_EQ(letter.origin.partition, input.origin.partition);
    EXPECT_EQ(letter.origin.offset, input.origin.offset);
    const std::vector<Header> expected{
        {"trace", "abc"},
        {"trace", "def"},
        {"prelabel.error.class", "invalid_answer"},
        {"prelabel.error.message", "not an object"},
        {"prelabel.error.attempts", "3"},
        {"prelabel.error.cost_usd", "0.0036"},
        {"prelabel.error.task", "news-ner"},
        {"prelabel.error.task_version", "0123456789ab"},
        {"prelabel.error.model", "gpt-4o-mini"},
        {"prelabel.error.topic", "raw"},
        {"prelabel.error.partition", "3"},
        {"prelabel.error.offset", "42"},
        {"prelabel.error.at", "2026-09-21T14:13:20.123Z"},
    };
    EXPECT_EQ(letter.headers, expected);
}

TEST(DeadLetter, SaysNothingOfACostThatIsUnknown) {
    const Failure failure{DeadLetterClass::invalid_answer, "not an object", 3, std::nullopt};
    const Output letter = make_dead_letter(a_record(), failure, with, at);
    EXPECT_EQ(std::ranges::count(letter.headers, "prelabel.error.cost_usd", &Header::name), 0);
    EXPECT_EQ(std::ranges::count(letter.headers, "prelabel.error.attempts", &Header::name), 1);
}

TEST(DeadLetter, KeepsARecordWithoutAKeyWithoutOne) {
    Record input = a_record();
    input.key.reset();
    EXPECT_FALSE(make_dead_letter(input, {}, with, at).key.has_value());
}

TEST(DeadLetter, DoesNotPileUpHeadersWhenItIsRedrivenAndFailsAgain) {
    const Failure first_failure{DeadLetterClass::deadline, "first", 6, 0.5};
    const Output first = make_dead_letter(a_record(), first_failure, with, at);
    Record redriven;
    redriven.origin = {{"dead", 0}, 9, 8};
    redriven.key = first.key;
    redriven.value = first.value;
    redriven.headers = first.headers;
    const Failure second_failure{DeadLetterClass::refused, "second", 1, 0.25};
    const Output second = make_dead_letter(redriven, second_failure, with, at);
    EXPECT_EQ(second.headers.size(), first.headers.size());
    std::set<std::string> names;
    for (const auto& header : second.headers) {
        names.insert(header.name);
        EXPECT_NE(header.value, "first");
        EXPECT_NE(header.value, "v1");
    }
    EXPECT_EQ(names.size(), second.headers.size() - 1);  // only the input's own "trace" stands twice
    EXPECT_NE(std::ranges::find(second.headers, Header{"prelabel.error.class", "refused"}), second.headers.end());
    EXPECT_NE(std::ranges::find(second.headers, Header{"prelabel.error.topic", "dead"}), second.headers.end());

    const Output again = make_dead_letter(redriven, second_failure, with, at);
    EXPECT_EQ(again.headers, second.headers);
}

TEST(DeadLetter, RemovesOnlyItsOwnHeaders) {
    Record input = a_record();
    input.headers = {{"prelabel.error", "a"}, {"prelabel-task-version", "b"}, {"x-prelabel.error.class", "c"}};
    const Output letter = make_dead_letter(input, {}, with, at);
    ASSERT_GE(letter.headers.size(), 3U);
    EXPECT_TRUE(std::equal(input.headers.begin(), input.headers.end(), letter.headers.begin()));
}

}  // namespace
}  // namespace prelabel::pipeline
