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
    return answer->repaired ? "repaired" : "whole";
}

TEST(AnswerSearch, FindsTheOneAnswerOfAKindAndSaysWhetherItWasCutOut) {
    EXPECT_EQ(found("{ok}"), "whole");
    EXPECT_EQ(found(" {ok}\n"), "whole");
    EXPECT_EQ(found("Sure: {ok}"), "repaired");
    EXPECT_EQ(found("{ok} is it"), "repaired");
    EXPECT_EQ(found("{prose} {no} {ok}"), "repaired");
    EXPECT_EQ(found("<think>{ok}?</think>{ok}"), "repaired");
}

TEST(AnswerSearch, TwoAnswersAreNoneAndOtherObjectsDoNotMatter) {
    EXPECT_EQ(found("{ok} {ok}"), "the answer holds two JSON objects; it must be one.");
    EXPECT_EQ(found("{ok} {no} {"), "repaired");
}

TEST(AnswerSearch, ReportsTheMostTellingProblem) {
    EXPECT_EQ(found("{prose}"), "malformed.");
    EXPECT_EQ(found("{prose} {no} {prose}"), "no ok.");
    EXPECT_EQ(found("{no} {"), "cut off.");
    EXPECT_EQ(found("ok"), "the answer holds no JSON object.");
    EXPECT_EQ(found("[{ok}]"), "the answer is an array; it must be an ok.");
    EXPECT_EQ(found(" "), "the answer is empty or ends before it begins.");
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
