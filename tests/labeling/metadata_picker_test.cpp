#include <prelabel/labeling/metadata_picker.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

std::string all(std::string_view json, const std::string& text = "/text", const std::string& id = "/id") {
    return MetadataPicker({.all = true}, split_pointer(text), split_pointer(id)).pick(json);
}

std::string picked(std::vector<std::string> pointers, std::string_view json) {
    return MetadataPicker({.pointers = std::move(pointers)}, {"text"}, {"id"}).pick(json);
}

TEST(MetadataPicker, LeavesOutTheTextAndTheIdWhereverTheyStand) {
    EXPECT_EQ(all(R"({"text": "x", "id": 1})"), "{}");
    EXPECT_EQ(all(R"({"a": 1, "text": "x", "b": 2, "id": 1, "c": 3})"), R"({"a":1,"b":2,"c":3})");
    EXPECT_EQ(all(R"({"body": {"text": "x", "n": 1}, "ids": [7, 8]})", "/body/text", "/ids/1"),
              R"({"body":{"n":1},"ids":[7]})");
    EXPECT_EQ(all(R"("the text itself")", ""), "{}");
}

TEST(MetadataPicker, NamesAMemberByTheLastStepOfItsPointer) {
    const auto json = R"({"customer": {"tier": "gold"}, "a/b": [true, {"c": 1e5}], "~": ""})";
    EXPECT_EQ(picked({"/customer/tier", "/a~1b/1/c", "/~0"}, json), R"({"tier":"gold","c":1e5,"~":""})");
    EXPECT_EQ(picked({"/customer", "/a~1b"}, json), R"({"customer":{"tier":"gold"},"a/b":[true,{"c":1e5}]})");
}

TEST(MetadataPicker, NamesTwoThatEndAlikeByAllTheirSteps) {
    EXPECT_EQ(picked({"/a/x", "/b/x", "/c"}, R"({"a": {"x": 1}, "b": {"x": 2}, "c": 3})"),
              R"({"a/x":1,"b/x":2,"c":3})");
}

TEST(MetadataPicker, HasTheSameMembersForEveryInput) {
    EXPECT_EQ(picked({"/a", "/b/c"}, R"({"b": [1]})"), R"({"a":null,"c":null})");
    EXPECT_EQ(picked({"/a", "/b/c"}, "[]"), R"({"a":null,"c":null})");
}

TEST(MetadataPicker, TakesTheFirstOfTwoMembersWithOneName) {
    EXPECT_EQ(all(R"({"a": 1, "a": {"b": 2}, "c": {"d": 3, "d": 4}})"), R"({"a":1,"c":{"d":3}})");
    EXPECT_EQ(picked({"/a"}, R"({"a": 1, "a": 2})"), R"({"a":1})");
}

TEST(MetadataPicker, KeepsTextsAndNumbersAsTheyAre) {
    EXPECT_EQ(all(R"({"a": "\u00e9\n\"🎉", "b": 12345678901234567890.10, "c": -0})"),
              "{\"a\":\"é\\n\\\"🎉\",\"b\":12345678901234567890.10,\"c\":-0}");
}

TEST(MetadataPicker, HasNoNumberThatReadersOfTheRecordCannotHold) {
    EXPECT_EQ(all(R"({"a": 1e999, "b": 17})"), R"({"a":null,"b":17})");
}

TEST(MetadataPicker, PointsToANameWhateverStandsInIt) {
    for (const std::string name : {"body", "a/b", "~", "~1", ""})
        EXPECT_EQ(split_pointer(pointer_to(name)), std::vector<std::string>{name});
}

}  // namespace
}  // namespace prelabel::labeling
