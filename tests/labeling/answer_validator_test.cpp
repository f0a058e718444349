#include <prelabel/base/json_text.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/labeling/answer_validator.hpp>
#include <prelabel/labeling/task_kind.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

using testing::HasSubstr;

Task news(std::string own_schema = {}) {
    return {.name = "news",
            .instructions = {},
            .labels = {{"PER", ""}, {"ORG", ""}},
            .examples = {},
            .own_schema = std::move(own_schema)};
}

std::optional<std::string> violation(const AnswerValidator& validator, std::string_view json) {
    const auto answer = parse_answer(json);
    EXPECT_TRUE(answer.has_value()) << json;
    return answer ? validator.violation(*answer) : std::nullopt;
}

TEST(AnswerValidator, AcceptsAnAnswerOfLabelsAndTexts) {
    const auto validator = AnswerValidator::make(news());
    EXPECT_EQ(violation(*validator, R"({"entities":[{"label":"PER","text":"Ada"}]})"), std::nullopt);
}

TEST(AnswerValidator, NamesPlaceAndAllowedLabelsForAnExtraKey) {
    const auto validator = AnswerValidator::make(news());
    const auto found = violation(
        *validator, R"({"entities":[{"label":"PER","text":"Ada"},{"label":"PER","text":"Bob","Rosebud":1}]})");
    ASSERT_TRUE(found.has_value());
    EXPECT_THAT(*found, HasSubstr("/entities/1"));
    EXPECT_THAT(*found, HasSubstr(R"(Allowed labels: "PER", "ORG".)"));
    EXPECT_EQ(found->find("Rosebud"), std::string::npos);
    EXPECT_THAT(violation(*validator, R"({"entities":[],"Rosebud":1})").value_or(""), HasSubstr("at the top"));
}

TEST(AnswerValidator, AnUnknownLabelIsNoViolationOfTheGeneratedSchema) {
    const auto validator = AnswerValidator::make(news());
    const auto answer = parse_answer(R"({"entities":[{"label":"LOC","text":"Paris"}]})");
    EXPECT_EQ(validator->violation(*answer), std::nullopt);
    EXPECT_FALSE(validator->labels_known(*answer));
}

TEST(AnswerValidator, TheUsersOwnSchemaDecidesAlone) {
    const auto validator = AnswerValidator::make(news(
        R"({"properties":{"entities":{"items":{"required":["score"],"properties":{"label":{"enum":["PER"]}}}}}})"));
    ASSERT_TRUE(validator.has_value());
    EXPECT_EQ(violation(*validator, R"({"entities":[{"label":"PER","text":"Ada","score":1}],"note":"fine"})"),
              std::nullopt);
    EXPECT_THAT(violation(*validator, R"({"entities":[{"label":"PER","text":"Ada"}]})").value_or(""),
                HasSubstr("\"required\""));
    EXPECT_THAT(violation(*validator, R"({"entities":[{"label":"LOC","text":"Ada","score":1}]})").value_or(""),
                HasSubstr("/entities/0/label"));
}

TEST(AnswerValidator, JudgesTheObjectThatWasCutOutOfProse) {
    const auto validator = AnswerValidator::make(news(R"({"maxProperties":1})"));
    EXPECT_EQ(violation(*validator, "Sure:\n```json\n{\"entities\":[]}\n```"), std::nullopt);
    EXPECT_TRUE(violation(*validator, "Sure: {\"entities\":[],\"x\":1}").has_value());
}

TEST(AnswerValidator, ReportsAnOwnSchemaThatCannotBeCompiled) {
    const auto validator = AnswerValidator::make(news(R"({"type":5})"));
    ASSERT_TRUE(validator.has_error());
    EXPECT_EQ(validator.error().fault, Fault::config);
}

/// Random JSON in the neighbourhood of an answer: mostly right, each part sometimes wrong.
class Answers {
public:
    explicit Answers(std::uint64_t seed) : rng_(seed) {}

    std::string next() {
        return rng_.chance(0.03) ? any(0) : object({{"entities", [&] { return entities(); }}});
    }

private:
    using Members = std::vector<std::pair<std::string, std::function<std::string()>>>;

    bool rarely() { return rng_.chance(0.04); }

    std::string any(int depth) {
        switch (rng_.below(depth < 3 ? 9 : 6)) {
            case 0:
                return "null";
            case 1:
                return "true";
            case 2:
                return "-17";
            case 3:
                return "0.5";
            case 4:
                return "\"PER\"";
            case 5:
                return "\"\"";
            case 6:
                return '[' + any(depth + 1) + ',' + any(depth + 1) + ']';
            case 7:
                return "[]";
            default:
                return "{\"label\":" + any(depth + 1) + ",\"k\":" + any(depth + 1) + '}';
        }
    }
    std::string entities() {
        if (rarely()) return any(0);
        std::string array = "[";
        for (auto left = rng_.below(4); left > 0; --left) array += entity() + (left > 1 ? "," : "");
        return array + ']';
    }
    std::string entity() {
        if (rarely()) return any(0);
        return object(
            {{"label", [&] { return label(); }}, {"text", [&] { return rarely() ? any(0) : json_string("Ada 🎉"); }}});
    }
    std::string label() {
        if (rarely()) return any(0);
        static const std::vector<std::string> labels = {"PER", "ORG", "PER", "ORG", "PER", "LOC", "per", ""};
        return json_string(labels[rng_.below(rarely() ? labels.size() : 5)]);
    }
    /// Members in any order, sometimes without one, sometimes with one more or under a wrong name.
    std::string object(Members members) {
        if (rarely()) members.push_back({"extra", [&] { return any(0); }});
        if (rarely()) members.erase(members.begin() + static_cast<std::ptrdiff_t>(rng_.below(members.size())));
        if (!members.empty() && rarely()) members.back().first += 's';
        if (members.size() > 1 && rng_.chance(0.5)) std::swap(members.front(), members.back());
        std::string text = "{";
        for (const auto& [name, value] : members)
            text += (text.size() > 1 ? "," : "") + json_string(name) + ':' + value();
        return text + '}';
    }

    Rng rng_;
};

// The fast path is allowed because it says what the engine says, about every answer that could be told apart.
TEST(AnswerValidator, FastPathAgreesWithTheEngineOnGeneratedAnswers) {
    const auto fast = AnswerValidator::make(news());
    const auto engine = SchemaValidator::compile(make_task_kind(news()).value()->answer_schema());
    ASSERT_TRUE(fast.has_value() && engine.has_value());
    Answers answers(20'261);
    int accepted = 0;
    int extra = 0;
    int unknown = 0;
    int refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::string json = answers.next();
        const auto answer = parse_answer(json);
        const bool structure = answer && !answer->cut_out && !answer->other_form && !fast->violation(*answer);
        const bool known = structure && fast->labels_known(*answer);
        ASSERT_EQ(structure && known, !engine->violation(json)) << json;
        accepted += known;
        unknown += structure && !known;
        extra += answer && !structure;
        refused += !answer;
    }
    for (const int seen : {accepted, extra, unknown, refused}) EXPECT_GT(seen, 200);  // every verdict was really met
}

}  // namespace
}  // namespace prelabel::labeling
