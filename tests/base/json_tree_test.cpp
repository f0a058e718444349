#include <prelabel/base/json_tree.hpp>

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

}  // namespace
}  // namespace prelabel
