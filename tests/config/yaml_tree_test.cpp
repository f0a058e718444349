#include "config/yaml_tree.hpp"

#include "config/yaml_json.hpp"
#include "files.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Kind = Node::Kind;

Node parsed(const std::string& text) {
    Problems problems;
    auto root = parse_yaml(text, "f.yaml", {}, problems);
    EXPECT_TRUE(root.has_value()) << text;
    EXPECT_EQ(to_string(problems), "") << text;
    return root.value_or(Node{});
}

/// What is said of a text that cannot be read, or that was read with a complaint.
std::string complaint(const std::string& text, const std::string& option = {}) {
    Problems problems;
    static_cast<void>(parse_yaml(text, "f.yaml", option, problems));
    return to_string(problems);
}

TEST(YamlTree, TellsTheKindsOfValuesApart) {
    const Node root = parsed("a: text\nb: [1, 2]\nc: {d: e}\nf:\ng: ~\nh: null\ni: \"\"\nj: \"null\"\nk: '~'\n");
    ASSERT_EQ(root.kind, Kind::map);
    EXPECT_EQ(root.find("a")->kind, Kind::scalar);
    EXPECT_EQ(root.find("a")->text, "text");
    EXPECT_EQ(root.find("b")->kind, Kind::list);
    ASSERT_EQ(root.find("b")->items.size(), 2U);
    EXPECT_EQ(root.find("b")->items[1].text, "2");
    EXPECT_EQ(root.find("c")->find("d")->text, "e");
    for (const char* none : {"f", "g", "h"}) EXPECT_EQ(root.find(none)->kind, Kind::null) << none;
    for (const char* text : {"i", "j", "k"}) EXPECT_EQ(root.find(text)->kind, Kind::scalar) << text;
    EXPECT_EQ(root.find("none"), nullptr);
    EXPECT_EQ(root.find("a")->find("b"), nullptr) << "a text has no keys";
}

TEST(YamlTree, RemembersWhichTextsWereQuoted) {
    const Node root = parsed("a: 5\nb: \"5\"\nc: '5'\nd: |\n  5\n");
    EXPECT_TRUE(root.find("a")->plain);
    for (const char* key : {"b", "c", "d"}) EXPECT_FALSE(root.find(key)->plain) << key;
}

TEST(YamlTree, RemembersWhereKeysAndValuesStand) {
    const Node root = parsed("# comment\na: 1\nbb:\n  - x\n  - {y: z}\n");
    EXPECT_EQ(root.entries[0].place.line, 2U);
    EXPECT_EQ(root.entries[0].place.column, 1U);
    EXPECT_EQ(root.entries[0].value.place.line, 2U);
    EXPECT_EQ(root.entries[0].value.place.column, 4U);
    const Node& list = root.entries[1].value;
    EXPECT_EQ(list.items[0].place.line, 4U);
    EXPECT_EQ(list.items[0].place.column, 5U);
    EXPECT_EQ(list.items[1].entries[0].place.line, 5U);
    EXPECT_EQ(list.items[1].entries[0].place.column, 6U);
    EXPECT_EQ(list.items[1].entries[0].value.place.column, 9U);
}

TEST(YamlTree, AValueThatIsNotThereStandsAtItsKey) {
    const Node root = parsed("a:\n  b:\nc: 1\n");
    const Node& missing = *root.find("a")->find("b");
    EXPECT_EQ(missing.kind, Kind::null);
    EXPECT_EQ(missing.place.line, 2U);
    EXPECT_EQ(missing.place.column, 3U);
}

TEST(YamlTree, KeepsKeysInTheOrderOfTheFile) {
    std::vector<std::string> keys;
    for (const auto& entry : parsed("z: 1\na: 2\nm: 3\n").entries) keys.push_back(entry.key);
    EXPECT_THAT(keys, ElementsAre("z", "a", "m"));
}

TEST(YamlTree, AliasesAreCopiesOfWhatTheyName) {
    const Node root = parsed("a: &x {b: [1, 2]}\nc: *x\nd: &y text\ne: *y\n");
    EXPECT_EQ(to_json(*root.find("c")), R"({"b":[1,2]})");
    EXPECT_EQ(root.find("e")->text, "text");
}

TEST(YamlTree, AKeyThatIsGivenTwiceIsReportedAndItsFirstValueKept) {
    Problems problems;
    const auto root = parse_yaml("a: 1\nb: 2\na: 3\n", "f.yaml", {}, problems);
    ASSERT_TRUE(root.has_value());
    ASSERT_EQ(root->entries.size(), 2U);
    EXPECT_EQ(root->find("a")->text, "1");
    EXPECT_EQ(to_string(problems),
              "f.yaml:3:1: a: is given twice in the same mapping, first on line 1; remove one of them\n");
    EXPECT_EQ(complaint("a: {x: 1}\nb: {x: 1}\n"), "") << "in two mappings it is no repetition";
}

TEST(YamlTree, SaysWhereAFileCannotBeRead) {
    EXPECT_EQ(complaint(""), "f.yaml: is empty\n");
    EXPECT_EQ(complaint("# nothing but a comment\n"), "f.yaml: is empty\n");
    EXPECT_THAT(complaint("a: [1, 2\n"), StartsWith("f.yaml:2:1: is not valid YAML: "));
    EXPECT_THAT(complaint("a: 1\n\tb: 2\n"), StartsWith("f.yaml:2:"));
    EXPECT_THAT(complaint("a:\n\tb: 2\n"),
                StartsWith("f.yaml:2:3: is not valid YAML: a tab stands at the beginning of this line"));
    EXPECT_THAT(complaint("a: b: 2\n"), StartsWith("f.yaml:1:5: is not valid YAML: no `:` can stand here; "));
    EXPECT_EQ(complaint("a: 1\nb: \"c\nd: 2\n"),
              "f.yaml:2:4: is not valid YAML: the quote that begins here has no end\n");
    EXPECT_EQ(complaint("a: 'it''s\n"), "f.yaml:1:4: is not valid YAML: the quote that begins here has no end\n");
    EXPECT_EQ(complaint("é: \"\\\"\\\\\"\nb: 'it''s'\n"), "") << "these end";
    EXPECT_THAT(complaint("a: *none\n"), StartsWith("f.yaml:1:"));
    EXPECT_THAT(complaint("a: 1\n---\nb: 2\n"), StartsWith("f.yaml:3:1: a second YAML document starts here"));
    EXPECT_THAT(complaint("? [a]\n: b\n"), HasSubstr("a key must be a word"));
    EXPECT_THAT(complaint("a: {b: ${C}}\n"), HasSubstr("inside { } and [ ] put a value with ${…} in quotes"));
}

TEST(YamlTree, NeverQuotesTheTextThatCannotBeRead) {
    for (const char* text : {"a: *hunter2secret\n", "a: \"hunter2secret\n", "a: [hunter2secret\n",
                             "hunter2secret: : :\n", "a: !<hunter2secret\n"})
        EXPECT_EQ(complaint(text).find("hunter2secret"), std::string::npos) << complaint(text);
}

TEST(YamlTree, PlacesInAnOptionAreTheOption) {
    EXPECT_THAT(complaint("[1", "--set a"), StartsWith("--set a: is not valid YAML"));
    EXPECT_EQ(complaint("{b: 1, b: 2}", "--set a"),
              "--set a: b: is given twice in the same mapping; remove one of them\n");
    Problems problems;
    const auto root = parse_yaml("{b: 1}", {}, "--set a", problems);
    ASSERT_TRUE(root.has_value());
    EXPECT_EQ(root->entries[0].place.option, "--set a");
    EXPECT_EQ(root->entries[0].value.place.option, "--set a");
}

TEST(YamlTree, ReadsSixtyFourLevelsAndNoMore) {
    const auto nested = [](int levels) {
        return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
    };
    EXPECT_EQ(complaint(nested(64)), "");
    EXPECT_THAT(complaint(nested(65)), HasSubstr("nested deeper than 64 levels"));
    const auto aliased = [&](int levels) {
        return "a: &x " + nested(31) + "\nb: " + nested(levels).insert(static_cast<std::size_t>(levels), "*x");
    };
    EXPECT_EQ(complaint(aliased(31)), "");
    EXPECT_THAT(complaint(aliased(33)), HasSubstr("nested deeper than 64 levels"));
}

TEST(YamlTree, ReadsAHundredThousandValuesAndNoMore) {
    const auto list_of = [](std::size_t items) {
        std::string text;
        for (std::size_t i = 0; i < items; ++i) text += "- 1\n";
        return text;
    };
    EXPECT_EQ(complaint(list_of(99'999)), "");
    EXPECT_THAT(complaint(list_of(100'000)), HasSubstr("holds more than 100,000 values"));
}

TEST(YamlTree, WritesAValueAsJson) {
    const std::vector<std::pair<const char*, const char*>> cases = {
        {"a: 1", R"({"a":1})"},
        {"a: -7", R"({"a":-7})"},
        {"a: 0.5", R"({"a":0.5})"},
        {"a: true\nb: false", R"({"a":true,"b":false})"},
        {"a: \"true\"\nb: '1'", R"({"a":"true","b":"1"})"},
        {"a:\nb: ~\nc: null", R"({"a":null,"b":null,"c":null})"},
        {"a: yes\nb: No\nc: True", R"({"a":"yes","b":"No","c":"True"})"},
        {"a: nan\nb: inf\nc: 0x10\nd: 1_000", R"({"a":"nan","b":"inf","c":"0x10","d":"1_000"})"},
        {"a: 99999999999999999999", R"({"a":100000000000000000000.0})"},
        {"[]", "[]"},
        {"{}", "{}"},
        {"- a\n- [b, {c: d}]", R"(["a",["b",{"c":"d"}]])"},
        {"z: 1\na: 2", R"({"z":1,"a":2})"},
        {"\"q\\\"\": \"\\n\\\\ é\"", R"({"q\"":"\n\\ é"})"},
    };
    for (const auto& [yaml, json] : cases) EXPECT_EQ(to_json(parsed(yaml)), json) << yaml;
}

class TextFile : public ConfigFiles {
protected:
    std::string complaint_about(const std::string& text) {
        Problems problems;
        const auto read = read_text_file(write("t", text), problems);
        EXPECT_EQ(read.has_value(), problems.list.empty());
        EXPECT_EQ(read.value_or(text), text);
        return without_directory(problems);
    }
};

TEST_F(TextFile, IsReadByteForByte) {
    for (const char* text : {"", "a", "a\n", "a\r\n\tb",
                             "\xEF\xBB\xBF"
                             "a",
                             "é 漢 🎉"})
        EXPECT_EQ(complaint_about(text), "") << text;
    EXPECT_EQ(complaint_about(std::string(1U << 20, 'a')), "");
}

TEST_F(TextFile, IsRefusedWithThePlaceOfItsFirstBadByte) {
    EXPECT_EQ(complaint_about(std::string((1U << 20) + 1, 'a')), "t: is larger than 1 MiB\n");
    EXPECT_EQ(complaint_about("\xff"), "t:1:1: is not valid UTF-8\n");
    EXPECT_EQ(complaint_about("a\n\xff"), "t:2:1: is not valid UTF-8\n");
    EXPECT_EQ(complaint_about("a\nbc\n\nde\xc3("), "t:4:3: is not valid UTF-8\n");
    EXPECT_EQ(complaint_about(std::string("a\nb\0\xff", 5)), "t:2:2: holds a NUL byte\n") << "the first of both";
    EXPECT_EQ(complaint_about(std::string("\xff\0", 2)), "t:1:1: is not valid UTF-8\n");
}

TEST_F(TextFile, ThatCannotBeOpenedIsNamedWithTheReason) {
    Problems problems;
    EXPECT_FALSE(read_text_file((directory_ / "none").string(), problems));
    EXPECT_FALSE(read_text_file(directory_.string(), problems));
    ASSERT_EQ(problems.list.size(), 2U);
    EXPECT_EQ(problems.list[0].what, "cannot be read: No such file or directory");
    EXPECT_EQ(problems.list[1].what, "cannot be read: Is a directory");
}

}  // namespace
}  // namespace prelabel::config
