#include <prelabel/base/json_tree.hpp>

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

JsonTree read(std::string_view text) {
    auto tree = JsonTree::read_object(text);
    EXPECT_TRUE(tree) << text << ": " << (tree ? "" : tree.error().message);
    return *std::move(tree);
}

std::string trouble(std::string_view text) {
    const auto tree = JsonTree::read_object(text);
    return tree ? "none" : tree.error().message;
}

TEST(JsonTree, GivesEachKindOfValueAndNothingForAnother) {
    const auto tree =
        read(R"({"t": "Zoë", "i": -3, "n": 18446744073709551615, "r": 0.5, "l": [1, 2], "o": {}, "z": null})");
    const JsonValue root = tree.root();
    EXPECT_TRUE(root.is_object());
    EXPECT_EQ(root.member("t")->text(), "Zoë");
    EXPECT_EQ(root.member("t")->integer(), std::nullopt);
    EXPECT_EQ(root.member("i")->integer(), -3);
    EXPECT_EQ(root.member("i")->natural(), std::nullopt);
    EXPECT_EQ(root.member("i")->number(), -3.0);
    EXPECT_EQ(root.member("n")->natural(), 18'446'744'073'709'551'615U);
    EXPECT_EQ(root.member("n")->integer(), std::nullopt);
    EXPECT_EQ(root.member("r")->number(), 0.5);
    EXPECT_EQ(root.member("r")->natural(), std::nullopt);
    EXPECT_TRUE(root.member("l")->is_list());
    ASSERT_EQ(root.member("l")->size(), 2U);
    EXPECT_EQ((*root.member("l"))[1].natural(), 2U);
    EXPECT_EQ(root.member("o")->size(), 0U);
    EXPECT_TRUE(root.member("z")->is_null());
    EXPECT_EQ(root.member("other"), std::nullopt);
    EXPECT_EQ(root.member("t")->member("x"), std::nullopt) << "a text has no members";
}

TEST(JsonTree, AMemberThatStandsTwiceIsNeither) {
    const auto tree = read(R"({"a": 1, "a": 2})");
    EXPECT_FALSE(tree.root().member("a"));
    EXPECT_TRUE(tree.root().has("a"));
    EXPECT_FALSE(tree.root().has("b"));
}

TEST(JsonTree, RefusesWhatIsNoStrictJson) {
    using namespace std::string_literals;
    EXPECT_EQ(trouble("[]"), "is not a JSON object");
    EXPECT_EQ(trouble("{\"a\": \"\xFF\"}"), "is not UTF-8 at byte 7");
    EXPECT_EQ(trouble(R"({"a": "\udc00"})"), "holds half a surrogate pair");
    EXPECT_EQ(trouble(R"({"\udc00": 1})"), "holds half a surrogate pair");
    EXPECT_NE(trouble(R"({"a": "\ud83c"})"), "none");
    EXPECT_EQ(trouble(R"({"a": "\ud83c\udf89"})"), "none");
    EXPECT_EQ(trouble("{}\0{}"s), "is not JSON: it holds a NUL byte");
    EXPECT_NE(trouble("{} {}"), "none");
    EXPECT_NE(trouble(""), "none");
    EXPECT_NE(trouble("{\"a\": 1"), "none");
    EXPECT_NE(trouble("{\"a\": NaN}"), "none");
}

TEST(JsonTree, SaysAtWhichByteItStopped) {
    EXPECT_EQ(trouble("{\"a\": nul}").substr(0, 13), "is not JSON: ");
    EXPECT_NE(trouble("{\"a\": nul}").find("(byte 9)"), std::string::npos) << trouble("{\"a\": nul}");
}

TEST(JsonTree, ReadsAHundredAndTwentyEightLevelsAndNoMore) {
    const auto nested = [](std::size_t levels) {
        return "{\"a\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
    };
    EXPECT_EQ(trouble(nested(JsonTree::depth_max)), "none");
    EXPECT_EQ(trouble(nested(JsonTree::depth_max + 1)), "is nested deeper than 128 levels");
    EXPECT_EQ(trouble(nested(1'000'000)), "is nested deeper than 128 levels") << "and the stack is not used up";
    EXPECT_EQ(trouble("{\"a\": \"" + std::string(1'000, '[') + "\"}"), "none") << "brackets in a text nest nothing";
}

TEST(JsonTree, ANumberBeyondADoubleHarmsNobodyElse) {
    const auto tree =
        read(R"({"a": 1e309, "b": "x 1e400 \" 1e400", "c": 5.04e-05, "d": [-1e400, 7], "e": 1e-400, "f": )" +
             std::string(400, '9') + "}");
    const JsonValue root = tree.root();
    EXPECT_EQ(root.member("a")->number(), std::nullopt);
    EXPECT_FALSE(root.member("a")->is_null());
    EXPECT_EQ(root.member("b")->text(), "x 1e400 \" 1e400");
    EXPECT_EQ(root.member("c")->number(), 5.04e-05);
    EXPECT_EQ((*root.member("d"))[0].number(), std::nullopt);
    EXPECT_EQ((*root.member("d"))[1].integer(), 7);
    EXPECT_EQ(root.member("e")->number(), 0.0);
    EXPECT_EQ(root.member("f")->number(), std::nullopt);
}

TEST(JsonTree, OutlivesItsTextAndCanBeMoved) {
    std::optional<JsonTree> tree;
    {
        std::string text = R"({"a": "a text that is longer than a short string's place"})";
        auto made = JsonTree::read_object(text);
        tree.emplace(*std::move(made));
        text.assign(text.size(), '!');
    }
    EXPECT_EQ(tree->root().member("a")->text(), "a text that is longer than a short string's place");
}

TEST(JsonTree, TellsTextsWithNulsAndEmptyOnesFromNothing) {
    const auto tree = read(R"({"nul": "a\u0000b", "empty": "", "": "nameless", "é\u0000": 1})");
    const JsonValue root = tree.root();
    EXPECT_EQ(root.member("nul")->text(), std::string_view("a\0b", 3)) << "an escaped NUL is a character of a text";
    EXPECT_EQ(root.member("empty")->text(), "");
    EXPECT_EQ(root.member("")->text(), "nameless");
    EXPECT_EQ(root.member(std::string_view("é\0", 3))->integer(), 1);
    EXPECT_FALSE(root.has("é")) << "a name is all of it";
}

TEST(JsonTree, FindsNamesAsTheyAreWhateverTheirSpelling) {
    const auto tree = read(R"({"\u0061": 1, "A": 2, "\ud83c\udf89": 3})");
    EXPECT_EQ(tree.root().member("a")->integer(), 1);
    EXPECT_EQ(tree.root().member("A")->integer(), 2);
    EXPECT_EQ(tree.root().member("🎉")->integer(), 3);
    const auto twice = read(R"({"a": 1, "\u0061": 2})");
    EXPECT_FALSE(twice.root().member("a")) << "two spellings of one name are the name twice";
    EXPECT_TRUE(twice.root().has("a"));
}

TEST(JsonTree, RefusesEveryByteOfNulWhereverItStands) {
    const std::string text = R"({"a": [1, "b"]})";
    for (std::size_t at = 0; at <= text.size(); ++at) {
        std::string with = text;
        with.insert(at, 1, '\0');
        EXPECT_NE(trouble(with), "none") << "at byte " << at;
    }
}

TEST(JsonTree, RefusesEveryTextThatWasCut) {
    const std::string text = R"({"a": [1.5, "é\n", {"b": null}], "c": -12e3})";
    EXPECT_EQ(trouble(text), "none");
    for (std::size_t size = 0; size < text.size(); ++size) EXPECT_NE(trouble(text.substr(0, size)), "none") << size;
}

TEST(JsonTree, RefusesWhatOtherReadersForgive) {
    for (const char* text : {R"({"a": 1,})",
                             R"({"a": [1,]})",
                             R"({'a': 1})",
                             R"({a: 1})",
                             R"({"a": 01})",
                             R"({"a": +1})",
                             R"({"a": .5})",
                             R"({"a": 1.})",
                             R"({"a": 0x10})",
                             R"({"a": Infinity})",
                             R"({"a": -NaN})",
                             R"({"a": "\x41"})",
                             R"({"a": "\u12"})",
                             R"({} // comment)",
                             R"({"a": /* one */ 1})",
                             R"({"a": undefined})",
                             R"({"a" 1})",
                             R"({"a": True})",
                             R"("text")",
                             "12",
                             "null",
                             "{\"a\": \"line\nbreak\"}",
                             "{\"a\": \"tab\t\"}",
                             "\xEF\xBB\xBF{}"})
        EXPECT_NE(trouble(text), "none") << text;
}

TEST(JsonTree, RefusesHalvesOfSurrogatePairsInEachForm) {
    for (const char* half : {R"(\ud800)", R"(\udbff)", R"(\udc00)", R"(\udfff)", R"(\ud83c\ud83c)", R"(\udf89\ud83c)",
                             R"(\ud83cx)", R"(\ud83c\u0041)"}) {
        EXPECT_NE(trouble(R"({"a": ")" + std::string(half) + R"("})"), "none") << half;
        EXPECT_NE(trouble(R"({")" + std::string(half) + R"(": 1})"), "none") << half << " as a name";
        EXPECT_NE(trouble(R"({"a": [{"b": ")" + std::string(half) + R"("}]})"), "none") << half << " deep inside";
    }
}

TEST(JsonTree, SaysNothingOfTheText) {
    for (const char* text : {R"({"secretword": secretword})", "{\"secretword\": \"\xFF\"}", R"({"secretword": 1)",
                             R"({"secretword": "\udc00"})", R"(["secretword"])"})
        EXPECT_EQ(trouble(text).find("secretword"), std::string::npos) << trouble(text);
}

TEST(JsonTree, ReadsNumbersToTheLastDigit) {
    const auto tree =
        read(R"({"l": [9223372036854775807, -9223372036854775808, 9223372036854775808, -9223372036854775809,
        18446744073709551616, 0.1, 1e2, 1.7976931348623157e308, 5e-324, -0, 9007199254740993, 1.0]})");
    const JsonValue list = *tree.root().member("l");
    EXPECT_EQ(list[0].integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(list[0].natural(), 9'223'372'036'854'775'807U);
    EXPECT_EQ(list[1].integer(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(list[2].integer(), std::nullopt);
    EXPECT_EQ(list[2].natural(), 9'223'372'036'854'775'808U);
    EXPECT_EQ(list[3].integer(), std::nullopt);
    EXPECT_EQ(list[3].number(), -9223372036854775809.0);
    EXPECT_EQ(list[4].natural(), std::nullopt);
    EXPECT_EQ(list[5].number(), 0.1);
    EXPECT_EQ(list[6].number(), 100.0);
    EXPECT_EQ(list[6].natural(), std::nullopt) << "with an exponent it is no whole number";
    EXPECT_EQ(list[7].number(), std::numeric_limits<double>::max());
    EXPECT_EQ(list[8].number(), std::numeric_limits<double>::denorm_min());
    EXPECT_EQ(list[9].number(), 0.0);
    EXPECT_EQ(list[10].integer(), 9'007'199'254'740'993) << "beyond what a double holds";
    EXPECT_EQ(list[11].integer(), std::nullopt) << "1.0 is written as a fraction";
}

TEST(JsonTree, FindsNumbersTooLargeNextToAnything) {
    const auto tree =
        read(R"({"1e309": "1e309", "a": [1e309,-1E+999,[1e400]], "b": {"c": 1e309}, "d": "\\", "e": 1e5000,)"
             R"("f": 1.5e308, "g": 2e-5000, "h": "\"1e309", "i":1e309})");
    const JsonValue root = tree.root();
    EXPECT_EQ(root.member("1e309")->text(), "1e309") << "no number, but a name and a text";
    EXPECT_EQ(root.member("a")->size(), 3U);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ((*root.member("a"))[i].number(), std::nullopt);
    EXPECT_EQ((*root.member("a"))[2][0].number(), std::nullopt);
    EXPECT_EQ(root.member("b")->member("c")->number(), std::nullopt);
    EXPECT_EQ(root.member("d")->text(), "\\");
    EXPECT_EQ(root.member("e")->number(), std::nullopt);
    EXPECT_EQ(root.member("f")->number(), 1.5e308);
    EXPECT_EQ(root.member("g")->number(), 0.0);
    EXPECT_EQ(root.member("h")->text(), "\"1e309");
    EXPECT_EQ(root.member("i")->number(), std::nullopt);
}

TEST(JsonTree, ANumberTooLargeExcusesNoOtherMistake) {
    EXPECT_NE(trouble(R"({"a": 1e309, "b": nul})"), "none");
    EXPECT_NE(trouble(R"({"a": 1e309)"), "none");
    EXPECT_NE(trouble(R"([1e309])"), "none");
    EXPECT_NE(trouble(R"({"a": 1e309, "b": "\udc00"})"), "none");
    for (const char* no_number : {"1e309.5", "1e309e1", "01e309", "1.e309", "-e309", "1e309-1", "--1e309"})
        EXPECT_NE(trouble(R"({"a": 1e309, "b": )" + std::string(no_number) + "}"), "none") << no_number;
}

TEST(JsonTreeDeathTest, AnElementBehindTheLastIsABrokenContract) {
    const auto tree = read(R"({"l": [1], "t": "x"})");
    EXPECT_DEATH(static_cast<void>((*tree.root().member("l"))[1]), "by an index below its size");
    EXPECT_DEATH(static_cast<void>((*tree.root().member("t"))[0]), "by an index below its size");
}

}  // namespace
}  // namespace prelabel
