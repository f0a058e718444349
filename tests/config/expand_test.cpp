#include "config/expand.hpp"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

Environment environment(std::vector<std::string>* asked = nullptr) {
    return [asked](const std::string& name) -> std::optional<std::string> {
        static const std::map<std::string, std::string> all = {
            {"HOST", "kafka"}, {"PORT", "9092"}, {"EMPTY", ""}, {"TRICK", "${HOST}"}, {"_x9", "low"}, {"DOLLAR", "$$"}};
        if (asked != nullptr) asked->push_back(name);
        const auto found = all.find(name);
        return found == all.end() ? std::nullopt : std::optional(found->second);
    };
}

TEST(Expand, ReplacesVariablesAndKeepsTheRest) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {"", ""},
        {"plain", "plain"},
        {"${HOST}", "kafka"},
        {"${HOST}:${PORT}", "kafka:9092"},
        {"a${HOST}b", "akafkab"},
        {"${_x9}", "low"},
        {"${EMPTY}", ""},
        {"[${EMPTY}]", "[]"},
        // a default stands in for what is unset or empty
        {"${NONE:-def}", "def"},
        {"${NONE:-}", ""},
        {"${EMPTY:-def}", "def"},
        {"${HOST:-def}", "kafka"},
        {"${NONE:-a:-b}", "a:-b"},
        {"${NONE:-http://x:1/?a=b}", "http://x:1/?a=b"},
        // dollars that name nothing
        {"$", "$"},
        {"5$", "5$"},
        {"$5", "$5"},
        {"$HOST", "$HOST"},
        {"a$b$", "a$b$"},
        {"$$", "$"},
        {"$${HOST}", "${HOST}"},
        {"$$$$", "$$"},
        {"$$${HOST}", "$kafka"},
        {"cost: $$5 and ${PORT}", "cost: $5 and 9092"},
        {"}", "}"},
        {"{HOST}", "{HOST}"},
    };
    for (const auto& [text, expected] : cases) {
        const auto outcome = expand(text, environment());
        ASSERT_TRUE(std::holds_alternative<std::string>(outcome)) << text;
        EXPECT_EQ(std::get<std::string>(outcome), expected) << text;
    }
}

TEST(Expand, DoesNotExpandAgainWhatAVariableHolds) {
    EXPECT_EQ(std::get<std::string>(expand("${TRICK}", environment())), "${HOST}");
    EXPECT_EQ(std::get<std::string>(expand("${DOLLAR}", environment())), "$$");
    EXPECT_EQ(std::get<std::string>(expand("${NONE:-$$}", environment())), "$$") << "nor a default";
}

TEST(Expand, SaysWhichVariableIsNotSetAndHowToMendIt) {
    const auto outcome = expand("${HOST}:${NONE}", environment());
    ASSERT_TRUE(std::holds_alternative<ExpansionFailure>(outcome));
    EXPECT_EQ(std::get<ExpansionFailure>(outcome).what, "the environment variable NONE is not set");
    EXPECT_EQ(std::get<ExpansionFailure>(outcome).hint, "set it, or give a default: ${NONE:-default}");
}

TEST(Expand, SaysWhatIsWrongWithTheWritingAndShowsNoValue) {
    for (const char* text : {"${", "a${HOST", "${HOST} and ${PORT"}) {
        const auto outcome = expand(text, environment());
        ASSERT_TRUE(std::holds_alternative<ExpansionFailure>(outcome)) << text;
        EXPECT_EQ(std::get<ExpansionFailure>(outcome).what, "`${` without `}`") << text;
        EXPECT_EQ(std::get<ExpansionFailure>(outcome).hint, "close it, or write `$${` for a literal `${`") << text;
    }
    for (const char* text :
         {"${}", "${ HOST}", "${HOST }", "${9A}", "${A-B}", "${HOST-def}", "${:-def}", "${A B}", "${${HOST}}"}) {
        const auto outcome = expand(text, environment());
        ASSERT_TRUE(std::holds_alternative<ExpansionFailure>(outcome)) << text;
        EXPECT_EQ(std::get<ExpansionFailure>(outcome).what, "`${…}` does not name an environment variable") << text;
        EXPECT_EQ(std::get<ExpansionFailure>(outcome).hint.find("kafka"), std::string::npos) << text;
    }
}

TEST(Expand, AsksForNoVariableThatIsNotNamed) {
    std::vector<std::string> asked;
    static_cast<void>(expand("$HOST $${PORT} {EMPTY} ${HOST}", environment(&asked)));
    EXPECT_EQ(asked, (std::vector<std::string>{"HOST"}));
}

TEST(Expand, AVariableIsNamedAsInAShell) {
    for (const char* name : {"A", "a", "_", "_1", "OPENAI_API_KEY", "a9"}) EXPECT_TRUE(is_variable_name(name)) << name;
    for (const char* name : {"", "1", "1A", "A-B", "A.B", "A B", " A", "A=", "É", "${A}"})
        EXPECT_FALSE(is_variable_name(name)) << name;
    for (int c = 1; c < 256; ++c) {
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        const bool digit = c >= '0' && c <= '9';
        EXPECT_EQ(is_variable_name(std::string(1, static_cast<char>(c))), letter) << c;
        EXPECT_EQ(is_variable_name(std::string("a") + static_cast<char>(c)), letter || digit) << c;
    }
}

}  // namespace
}  // namespace prelabel::config
