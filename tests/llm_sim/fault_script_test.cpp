#include "llm_sim/fault_script.hpp"

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using enum FaultKind;

FaultScript script(std::string_view lines) {
    auto parsed = FaultScript::parse(lines, "faults.jsonl");
    EXPECT_TRUE(parsed.has_value()) << parsed.error().message;
    return std::move(*parsed);
}

std::string problem_with(std::string_view lines) {
    const auto parsed = FaultScript::parse(lines, "faults.jsonl");
    return parsed ? "" : parsed.error().message;
}

TEST(FaultScript, AnswersEachDocumentThatMatchesFromTheStartOfItsList) {
    auto faults = script(R"({"match": "Ada", "replies": ["429", "500", "ok"]})");
    EXPECT_EQ(faults.next("Ada met Bob", 1), throttled);
    EXPECT_EQ(faults.next("Ada left", 2), throttled) << "counted by document, not by arrival";
    EXPECT_EQ(faults.next("Ada met Bob", 1), server_error);
    EXPECT_EQ(faults.next("Ada met Bob", 1), none);
    EXPECT_EQ(faults.next("Ada met Bob", 1), std::nullopt) << "the rates decide now";
    EXPECT_EQ(faults.next("Bob", 3), std::nullopt);
}

TEST(FaultScript, RepeatsAListThatIsToBeRepeated) {
    auto faults = script(R"({"match": "", "replies": ["503", "ok"], "repeat": true})");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(faults.next("x", 1), unavailable);
        EXPECT_EQ(faults.next("x", 1), none);
    }
}

TEST(FaultScript, PlansTheNthRequestAndThoseAfterIt) {
    auto faults = script(R"({"request": 2, "replies": ["reset", "hang"]})");
    EXPECT_EQ(faults.next("a", 1), std::nullopt);
    EXPECT_EQ(faults.next("b", 2), reset);
    EXPECT_EQ(faults.next("c", 3), hang);
    EXPECT_EQ(faults.next("d", 4), std::nullopt);
}

TEST(FaultScript, TriesItsLinesInOrderAndSkipsWhatIsUsedUp) {
    auto faults =
        script("{\"match\": \"Ada\", \"replies\": [\"drip\"]}\n\n{\"match\": \"\", \"replies\": [\"empty\"]}\n");
    EXPECT_EQ(faults.next("Ada", 1), drip);
    EXPECT_EQ(faults.next("Ada", 1), empty);
    EXPECT_EQ(faults.next("Ada", 1), std::nullopt);
    EXPECT_EQ(faults.next("Bob", 2), empty);
}

TEST(FaultScript, RefusesWhatItDoesNotUnderstandByLineAndWithAHint) {
    EXPECT_EQ(problem_with("{\"match\": \"\", \"replies\": [\"ok\"]}\n{\"match\": \"\", \"replies\": [\"resett\"]}"),
              "faults.jsonl:2: unknown reply \"resett\"; did you mean \"reset\"?");
    EXPECT_NE(problem_with("{"), "");
    EXPECT_NE(problem_with("[]"), "");
    EXPECT_NE(problem_with(R"({"replies": ["ok"]})"), "");
    EXPECT_NE(problem_with(R"({"match": "a", "request": 1, "replies": ["ok"]})"), "");
    EXPECT_NE(problem_with(R"({"match": "a", "replies": []})"), "");
    EXPECT_NE(problem_with(R"({"request": 0, "replies": ["ok"]})"), "");
    EXPECT_NE(problem_with(R"({"match": "a", "reply": ["ok"]})"), "");
    EXPECT_NE(problem_with(R"({"match": "a", "replies": [429]})"), "");
}

TEST(FaultScript, SaysWhenItsFileCannotBeRead) {
    const auto loaded = FaultScript::load("/nonexistent/faults.jsonl");
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().fault, Fault::config);
}

TEST(FaultKinds, AreFoundByTheirNames) {
    EXPECT_EQ(from_string<FaultKind>("ok"), none);
    EXPECT_EQ(from_string<FaultKind>("429"), throttled);
    EXPECT_EQ(from_string<FaultKind>("nonsense"), std::nullopt);
}

TEST(FaultKinds, ArePaidWhenAnAnswerWasMade) {
    for (const FaultKind kind :
         {throttled, server_error, unavailable, hang, wrong_content_type, context_length, insufficient_quota})
        EXPECT_FALSE(is_paid(kind)) << to_string(kind);
    for (const FaultKind kind : {none, reset, truncated, drip, broken_envelope, refusal, wrong_document, empty})
        EXPECT_TRUE(is_paid(kind)) << to_string(kind);
}

}  // namespace
}  // namespace prelabel::llm_sim
