#include <prelabel/base/indented_json.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

TEST(IndentedJson, PutsEachMemberAndElementOnItsLine) {
    EXPECT_EQ(indented_json(R"({"a":1,"b":[true,null],"c":{},"d":[]})"),
              "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ],\n  \"c\": {},\n  \"d\": []\n}");
}

TEST(IndentedJson, ChangesNoNumberAndNoText) {
    EXPECT_EQ(indented_json(R"([0.10,1e3,12345678901234567890])"), "[\n  0.10,\n  1e3,\n  12345678901234567890\n]");
    EXPECT_EQ(indented_json(R"({"text":"a\n\"東京\" 🎉"})"), "{\n  \"text\": \"a\\n\\\"東京\\\" 🎉\"\n}");
    EXPECT_EQ(indented_json(R"({"z":1,"a":2})"), "{\n  \"z\": 1,\n  \"a\": 2\n}") << "the order stays";
}

TEST(IndentedJson, OfWhatIsNoJsonIsEmpty) {
    EXPECT_EQ(indented_json("{"), "");
    EXPECT_EQ(indented_json("not JSON"), "");
    EXPECT_EQ(indented_json("{} {}"), "");
}

TEST(IndentedJson, TakesAnyDepth) {
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    EXPECT_FALSE(indented_json(deep).empty());
}

}  // namespace
}  // namespace prelabel
