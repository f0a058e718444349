#include "files/object_frame.hpp"

#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

std::string framed(const std::string& text, const std::string& id, const ObjectFrame::More& more = {}) {
    return ObjectFrame({.text = text, .id = id}).object("7", "hello", more);
}

TEST(ObjectFrame, PutsTextAndIdWhereThePointersLead) {
    EXPECT_EQ(framed("/text", "/id"), R"({"id":"7","text":"hello"})");
    EXPECT_EQ(framed("/body/text", "/id"), R"({"id":"7","body":{"text":"hello"}})");
    EXPECT_EQ(framed("/doc/a/text", "/doc/a/id"), R"({"doc":{"a":{"id":"7","text":"hello"}}})");
    EXPECT_EQ(framed("/doc/a/text", "/doc/b"), R"({"doc":{"b":"7","a":{"text":"hello"}}})");
    EXPECT_EQ(framed("/a~1b", "/~0"), R"({"~":"7","a/b":"hello"})");
}

TEST(ObjectFrame, LeavesOutTheIdWhereBothCannotBe) {
    EXPECT_EQ(framed("/text", "/text"), R"({"text":"hello"})");
    EXPECT_EQ(framed("/text", "/text/id"), R"({"text":"hello"})");
    EXPECT_EQ(framed("/id/text", "/id"), R"({"id":{"text":"hello"}})");
    EXPECT_EQ(framed("", "/id"), R"("hello")");
}

TEST(ObjectFrame, AddsFurtherMembersWhoseNamesAreFree) {
    EXPECT_EQ(framed("/text", "/id", {{"newdoc", "a"}, {"text", "b"}, {"id", "c"}}),
              R"({"id":"7","text":"hello","newdoc":"a"})");
}

}  // namespace
}  // namespace prelabel::files
