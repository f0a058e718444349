#include <prelabel/base/json_fields.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(JsonFields, AreTextsAndWholeNumbersInTheirOrder) {
    EXPECT_THAT(json_fields(R"({"id":7,"text":"a","score":0.5,"on":true,"none":null})"),
                ElementsAre(JsonField{"/id", "7", false}, JsonField{"/text", "a", true}));
}

TEST(JsonFields, AreFoundInObjectsButNotInLists) {
    EXPECT_THAT(json_fields(R"({"body":{"text":"a","parts":["b"]},"tags":["c"]})"),
                ElementsAre(JsonField{"/body/text", "a", true}));
    EXPECT_THAT(json_fields(R"({"a":{"b":{"c":"x"}}})", 2), IsEmpty());
}

TEST(JsonFields, PointersAreEscaped) {
    EXPECT_THAT(json_fields(R"({"a/b":{"c~d":"x"}})"), ElementsAre(JsonField{"/a~1b/c~0d", "x", true}));
}

TEST(JsonFields, OfWhatIsNoObjectThereAreNone) {
    for (const char* json : {"", "[]", "7", "{", "not JSON"}) EXPECT_THAT(json_fields(json), IsEmpty()) << json;
}

}  // namespace
}  // namespace prelabel
