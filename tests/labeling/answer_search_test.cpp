#include "labeling/answer_search.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

/// A kind whose only answer is `{ok}`: `{no}` is an object of another form, and any other brace is prose.
Attempt read_ok(std::string_view text) {
    if (text.starts_with("{ok}")) return {.is_answer = true, .consumed = 4, .telling = {}, .problem = {}};
    if (text.starts_with("{no}")) return {false, 4, Telling::form, "no ok."};
    if (text == "{") return {false, 1, Telling::cut_off, "cut off."};
    return {false, 1, Telling::syntax, "malformed."};
}

std::string found(std::string_view content) {
    const auto answer = find_answer(content, "an ok", 100, read_ok);
    if (!answer) {
        EXPECT_EQ(answer.error().fault, Fault::input);
        return answer.error().message;
    }
    EXPECT_EQ(answer->json, "{ok}");
    return answer->cut_out ? "cut out" : "whole";
}

TEST(AnswerSearch, FindsTheOneAnswerOfAKindAndSaysWhetherItWasCutOut) {
    EXPECT_EQ(found("{ok}"), "whole");
    EXPECT_EQ(found(" {ok}\n"), "whole");
    EXPECT_EQ(found("Sure: {ok}"), "cut out");
    EXPECT_EQ(found("{ok} is it"), "cut out");
    EXPECT_EQ(found("{prose} {no} {ok}"), "cut out");
    EXPECT_EQ(found("<think>{ok}?</think>{ok}"), "cut out");
}

TEST(AnswerSearch, TwoAnswersAreNoneAndOtherObjectsDoNotMatter) {
    EXPECT_EQ(found("{ok} {ok}"), "the answer holds two JSON objects; it must be one.");
    EXPECT_EQ(found("{ok} {no} {"), "cut out");
}

TEST(AnswerSearch, ReportsTheMostTellingProblem) {
    EXPECT_EQ(found("{prose}"), "malformed.");
    EXPECT_EQ(found("{prose} {no} {prose}"), "no ok.");
    EXPECT_EQ(found("{no} {"), "cut off.");
    EXPECT_EQ(found("ok"), "the answer holds no JSON object.");
    EXPECT_EQ(found("[ok]"), "the answer is an array; it must be an ok.");
    EXPECT_EQ(found("[{prose}]"), "the answer is an array; it must be an ok.");
    EXPECT_EQ(found(" "), "the answer is empty or ends before it begins.");
}

/// As read_ok, and the list of ok is one too.
Attempt read_list(std::string_view text) {
    if (text.starts_with("[{ok}]")) return {.is_answer = true, .consumed = 6, .telling = {}, .problem = {}};
    if (text.starts_with("[]") || text.starts_with("[ ]"))
        return {.is_answer = true, .consumed = text.find(']') + 1, .telling = {}, .problem = {}};
    if (text == "[{ok}, {") return {false, text.size(), Telling::cut_off, "cut off."};
    return text.starts_with('[') ? Attempt{false, 1, Telling::form, "no list."} : read_ok(text);
}

std::string found_list(std::string_view content) {
    const auto answer = find_answer(content, "an ok", 100, read_list);
    if (!answer) return answer.error().message;
    return std::string(answer->json) + (answer->cut_out ? " cut out" : "");
}

TEST(AnswerSearch, TakesTheListWhoseFirstItemIsTheFirstObject) {
    EXPECT_EQ(found_list("[{ok}]"), "[{ok}]");
    EXPECT_EQ(found_list("```json\n[{ok}]\n```"), "[{ok}] cut out");
    EXPECT_EQ(found_list("See [1]: [{ok}]"), "[{ok}] cut out");
    EXPECT_EQ(found_list("[\n{ok}]"), "{ok} cut out") << "a list of something else may hold the answer";
    EXPECT_EQ(found_list("{no} [{ok}]"), "{ok} cut out");
    EXPECT_EQ(found_list("[{ok}, {"), "cut off.");
    EXPECT_EQ(found_list("[{ok}] [{ok}]"), "the answer holds two JSON objects; it must be one.");
}

TEST(AnswerSearch, TakesAnEmptyListOnlyWhereNothingElseStands) {
    EXPECT_EQ(found_list("[]"), "[]");
    EXPECT_EQ(found_list(" [ ]\n"), "[ ]");
    EXPECT_EQ(found_list("```json\n[]\n```\n"), "[] cut out");
    EXPECT_EQ(found_list("<think>hm</think>\n[]"), "[] cut out");
    EXPECT_EQ(found_list("I found nothing []"), "the answer holds no JSON object.");
    EXPECT_EQ(found_list("[] {ok}"), "{ok} cut out");
}

TEST(AnswerSearch, TakesAsManyBytesAsAllowed) {
    EXPECT_EQ(found("{ok}" + std::string(96, ' ')), "whole");
    EXPECT_EQ(found("{ok}" + std::string(97, ' ')), "the answer is longer than 100 bytes.");
}

TEST(AnswerSearch, LooksOnceAtEachByte) {
    std::size_t looked_at = 0;
    const std::string prose(80, '{');
    const auto answer = find_answer(prose + "{ok}", "an ok", 100, [&](std::string_view text) {
        Attempt attempt = read_ok(text);
        looked_at += attempt.consumed;
        return attempt;
    });
    EXPECT_TRUE(answer.has_value());
    EXPECT_EQ(looked_at, 84U);
}

}  // namespace
}  // namespace prelabel::labeling
