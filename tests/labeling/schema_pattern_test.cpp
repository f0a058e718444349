// Patterns of a schema: what they mean (ECMA-262 with the u flag), which are refused, and that none of them hangs or
// overflows the stack. Before RE2 the first of the hostile ones took 22 s for 28 characters.
#include <prelabel/base/json_text.hpp>
#include <prelabel/labeling/schema_validator.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Result<SchemaValidator> with_pattern(const std::string& pattern) {
    return SchemaValidator::compile(R"({"pattern":)" + json_string(pattern) + '}');
}

bool matches(const std::string& pattern, const std::string& text) {
    const auto schema = with_pattern(pattern);
    EXPECT_TRUE(schema.has_value()) << pattern << ": " << schema.error().message;
    return schema.has_value() && !schema->violation(json_string(text)).has_value();
}

struct Meaning {
    std::string pattern;
    std::vector<std::string> matched;
    std::vector<std::string> other;
};

TEST(SchemaPattern, MeansWhatEcma262SaysInUnicodeMode) {
    const std::vector<Meaning> table = {
        {"^a*$", {"", "aaa"}, {"ab"}},
        {"a+", {"xaay"}, {"b"}},
        {"^.$", {"é", "漢", "🎉", "x"}, {"", "xy", "\\n", "\\r"}},
        {"^a$", {"a"}, {"a\\n", "\\na"}},
        {R"(^\d{4}-\d{2}-\d{2}$)", {"2026-11-25"}, {"2026-1-25", "٢٠٢٦-١١-٢٥"}},
        {R"(^\w+$)", {"Ada_1"}, {"Adé", "a b"}},
        {R"(^\s$)", {" ", "\\t", "\\u000b", "\\u00a0", "\\ufeff", "\\u2003", "\\u2028"}, {"x", "\\u200b"}},
        {R"(^\S+$)", {"abc"}, {"a\\u00a0c"}},
        {R"(^[\s\S]$)", {"\\n", "x", "漢"}, {""}},
        {R"(^[^\s]$)", {"x"}, {"\\u00a0"}},
        {R"(\bAda\b)", {"the Ada."}, {"Adaptive"}},
        {R"(^[\b]$)", {"\\b"}, {"b"}},
        {R"(^\cI$)", {"\\t"}, {"I"}},
        {R"(^\x41\u0042\u{43}$)", {"ABC"}, {"abc"}},
        {R"(^\ud83c\udf89$)", {"🎉"}, {"x"}},
        {R"(^\0$)", {"\\u0000"}, {"0"}},
        {R"(^\p{Letter}+$)", {"Adaé漢"}, {"a1"}},
        {R"(^\p{Lu}\P{Lu}$)", {"Ab"}, {"AB"}},
        {R"(^\p{Script=Greek}+$)", {"αβγ"}, {"abc"}},
        {R"(^[\p{L}\p{N}-]+$)", {"é-1"}, {"é 1"}},
        {R"(^(?<year>\d+)$)", {"2026"}, {"x"}},
        {"^(?:ab|c)+?$", {"abc"}, {"a"}},
        {"^[^]$", {"\\n", "x"}, {"xy"}},
        {"[]", {}, {"", "x"}},
        {R"(^[[:alpha:]]$)", {"a]", "[]", ":]"}, {"b]", "z"}},
        {R"(^\/\.\-\$\^\[\]\{\}\(\)\|\*\+\?\\$)", {"/.-$^[]{}()|*+?\\\\"}, {"x"}},
        {"^漢{2}$", {"漢漢"}, {"漢"}},
    };
    for (const Meaning& each : table) {
        const auto schema = with_pattern(each.pattern);
        ASSERT_TRUE(schema.has_value()) << each.pattern << ": " << schema.error().message;
        for (const auto& text : each.matched)
            EXPECT_EQ(schema->violation('"' + text + '"'), std::nullopt) << each.pattern << " must match " << text;
        for (const auto& text : each.other)
            EXPECT_TRUE(schema->violation('"' + text + '"').has_value()) << each.pattern << " must not match " << text;
    }
}

TEST(SchemaPattern, IsRefusedByNameWhenNoLinearMatcherCanDoIt) {
    const std::vector<std::pair<std::string, std::string>> refused = {
        {"^(?=.*[0-9])", "look-around"},
        {"(?!x)y", "look-around"},
        {"(?<=a)b", "look-around"},
        {"(?<!a)b", "look-around"},
        {R"((a)\1)", "backreference"},
        {R"((?<n>a)\k<n>)", "backreference"},
        {"(?i)ada", "group"},
        {"(?P<n>a)", "group"},
        {R"(\Aada\z)", "no escape"},
        {"a{1,2000}", "repetition"},
        {"(", "("},
        {"[a", "["},
        {"a**", "repetition"},
        {R"(\)", "backslash"},
        {R"(\p{Nonsense})", "Nonsense"},
        {R"(\u12)", "cut off"},
        {R"(\ud800)", "surrogate"},
        {R"(\xZZ)", "hexadecimal"},
        {"((a{100}){100}){10}", "repetition"},
        {R"(^(\p{L}{1,30} ){1,30}$)", "too large"},
    };
    for (const auto& [pattern, reason] : refused) {
        const auto schema = with_pattern(pattern);
        ASSERT_FALSE(schema.has_value()) << pattern;
        EXPECT_EQ(schema.error().fault, Fault::config);
        EXPECT_THAT(schema.error().message, AllOf(HasSubstr("the pattern \"" + pattern + '"'), HasSubstr(reason)));
    }
    const auto names = SchemaValidator::compile(R"_({"patternProperties":{"^(?!x)":{}}})_");
    ASSERT_FALSE(names.has_value());
    EXPECT_THAT(names.error().message, HasSubstr("the pattern \"^(?!x)\""));
}

TEST(SchemaPattern, IsOnlyAKeywordWhereTheSchemaUsesItAsOne) {
    const auto schema = SchemaValidator::compile(
        R"_({"properties":{"pattern":{"enum":["(?=x)"]}},"examples":[{"pattern":"(?=x)"}],"patternProperties":{"^p":{}}})_");
    ASSERT_TRUE(schema.has_value()) << schema.error().message;
    EXPECT_EQ(schema->violation(R"_({"pattern":"(?=x)"})_"), std::nullopt);
}

TEST(SchemaPattern, TakesNoExponentialTimeForNestedQuantifiers) {
    const std::string letters(27, 'a');
    for (const char* pattern :
         {"^(a+)+$", "^(a|aa)+$", "^(a|a)*$", "^(a*)*$", "^([a-z]+)*$", "^(.*)*$", "^(a?){30}a{30}$", "(x+x+)+y",
          "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)(.*)(.*)(.*)(.*)z"}) {
        const bool any = std::string_view(pattern) == "^(.*)*$";
        EXPECT_EQ(matches(pattern, letters + '!'), any) << pattern;
        EXPECT_EQ(matches(pattern, std::string(50'000, 'a') + '!'), any) << pattern;
    }
}

TEST(SchemaPattern, MeetsLongStringsWithoutRecursion) {
    const auto schema =
        SchemaValidator::compile(R"({"items":{"pattern":"^(a|b)*$"},"patternProperties":{"^(a|b)*$":{}}})");
    ASSERT_TRUE(schema.has_value());
    for (const std::size_t length : {1'025U, 100'000U, 4'000'000U}) {
        const std::string text(length, 'a');
        EXPECT_EQ(schema->violation("[\"" + text + "\"]"), std::nullopt) << length;
        EXPECT_TRUE(schema->violation("[\"" + text + "c\"]").has_value()) << length;
        EXPECT_EQ(schema->violation("{\"" + text + "\":1}"), std::nullopt) << length;
    }
}

TEST(SchemaPattern, IsNotHeldAgainstMoreTextThanItsSizeAllows) {
    const auto schema = SchemaValidator::compile(R"({"items":{"pattern":"^.{1,500}$"}})");
    ASSERT_TRUE(schema.has_value()) << schema.error().message;
    EXPECT_EQ(schema->violation("[\"" + std::string(500, 'a') + "\"]"), std::nullopt);
    EXPECT_THAT(schema->violation("[\"" + std::string(200'000, 'a') + "\"]").value_or(""),
                HasSubstr("breaks \"pattern\""));
    EXPECT_THAT(schema->violation("[\"" + std::string(4'000'000, 'a') + "\"]").value_or(""),
                HasSubstr("too many for the schema's patterns"));
}

}  // namespace
}  // namespace prelabel::labeling
