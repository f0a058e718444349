#include "source_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::architecture {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> paths(std::string_view text) {
    std::vector<std::string> paths;
    for (const auto& include : includes_of(text)) paths.push_back(include.path);
    return paths;
}

TEST(CodeOnly, BlanksCommentsAndKeepsLinesInPlace) {
    EXPECT_EQ(code_only("a; // rand()\nb; /* rand()\n */ c;\n"), "a;          \nb;          \n    c;\n");
}

TEST(CodeOnly, BlanksLiteralsButNotTheirQuotes) {
    EXPECT_EQ(code_only(R"(f("rand() \" //", 'x'); g();)"), R"(f("            ", ' '); g();)");
}

TEST(CodeOnly, BlanksRawStringsToTheirOwnTerminator) {
    EXPECT_EQ(code_only("R\"x(a )\" b)x\" + c"), std::string(13, ' ') + " + c");
}

TEST(CodeOnly, KnowsThatAQuoteInsideANumberOpensNothing) { EXPECT_EQ(code_only("1'000 + rand()"), "1'000 + rand()"); }

TEST(CodeOnly, EndsAtTheEndOfUnfinishedText) {
    EXPECT_EQ(code_only("\"abc"), "\"   ");
    EXPECT_EQ(code_only("/* abc"), "      ");
    EXPECT_EQ(code_only("R\"(abc"), "      ");
    EXPECT_EQ(code_only("'\\"), "' ");
}

TEST(IncludesOf, FindsBothFormsWithTheirLines) {
    const auto found = includes_of("#pragma once\n#include <a/b.hpp>\n  #  include \"c.hpp\"\n");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].path, "a/b.hpp");
    EXPECT_EQ(found[0].line, 2U);
    EXPECT_EQ(found[1].path, "c.hpp");
    EXPECT_EQ(found[1].line, 3U);
}

TEST(IncludesOf, IgnoresCommentsAndStrings) {
    EXPECT_THAT(paths("// #include <a>\n/*\n#include <b>\n*/\nauto s = R\"(\n#include <c>\n)\";\n"), IsEmpty());
    EXPECT_THAT(paths("#include <a>  // because of <b>\n"), ElementsAre("a"));
}

TEST(LibraryOf, IsTheFolderBelowSourcesOrPublicHeaders) {
    EXPECT_EQ(library_of("src/flow/token_bucket.cpp"), "flow");
    EXPECT_EQ(library_of("include/prelabel/flow/token_bucket.hpp"), "flow");
    EXPECT_EQ(library_of("tests/flow/token_bucket_test.cpp"), "");
    EXPECT_EQ(library_of("src/README.md"), "");
}

}  // namespace
}  // namespace prelabel::architecture
