#include "house_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::architecture {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

auto found_at(const std::string& where) { return ElementsAre(Field(&Finding::where, where)); }

TEST(UndocumentedHeader, AcceptsACommentOnADeclarationOfTheNamespace) {
    EXPECT_THAT(undocumented_header({"include/prelabel/a/b.hpp",
                                     "#pragma once\n#include <string>\nclass Other;\n\n/// A thing.\nclass B {};\n"}),
                IsEmpty());
}

TEST(UndocumentedHeader, IsNotSatisfiedByOtherComments) {
    EXPECT_THAT(
        undocumented_header({"include/prelabel/a/b.hpp", "#pragma once\n// plain\nclass B {\n    /// inner\n};\n"}),
        found_at("include/prelabel/a/b.hpp"));
}

TEST(UndocumentedHeader, WantsTheGuardFirst) {
    EXPECT_THAT(undocumented_header({"include/prelabel/a/b.hpp", "/// A\nclass A {};\n"}),
                found_at("include/prelabel/a/b.hpp:1"));
    EXPECT_THAT(undocumented_header({"include/prelabel/a/b.hpp", ""}), SizeIs(1));
}

TEST(UndocumentedHeader, LeavesPrivateHeadersAlone) {
    EXPECT_THAT(undocumented_header({"src/a/b.hpp", "class B {};\n"}), IsEmpty());
}

std::string repeated(const std::string& line, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += line;
    return text;
}

TEST(TooLong, AllowsThreeHundredLinesAndMoreWithAReason) {
    EXPECT_THAT(too_long({"src/a/b.cpp", repeated("x;\n", 300)}), IsEmpty());
    EXPECT_THAT(too_long({"src/a/b.cpp", repeated("x;\n", 301)}), found_at("src/a/b.cpp"));
    EXPECT_THAT(too_long({"src/a/b.cpp", "// Long: one table, read in one go\n" + repeated("x;\n", 301)}), IsEmpty());
    EXPECT_THAT(too_long({"src/a/b.cpp", "// Long:\n" + repeated("x;\n", 301)}), SizeIs(1));
    EXPECT_THAT(too_long({"deploy/dev/a.sh", repeated("x\n", 301)}), SizeIs(1));
    EXPECT_THAT(too_long({"docs/a.md", repeated("x\n", 301)}), IsEmpty());
}

TEST(VagueName, IsFoundAsAWholeWordOfThePath) {
    EXPECT_THAT(vague_name({"src/utils/a.cpp", ""}), SizeIs(1));
    EXPECT_THAT(vague_name({"src/flow/string_util.cpp", ""}), SizeIs(1));
    EXPECT_THAT(vague_name({"tests/http/test_helpers.hpp", ""}), SizeIs(1));
    EXPECT_THAT(vague_name({"src/flow/utility_of_waiting.cpp", ""}), IsEmpty());
    EXPECT_THAT(vague_name({"docs/uncommon.md", ""}), IsEmpty());
}

TEST(Unfinished, NotesAreFoundInSourcesAndDocumentsButNotInData) {
    const std::string note = std::string("// TO") + "DO: later\n";
    EXPECT_THAT(unfinished({"src/a/b.cpp", "x;\n" + note}), found_at("src/a/b.cpp:2"));
    EXPECT_THAT(unfinished({"docs/a.md", note}), SizeIs(1));
    EXPECT_THAT(unfinished({"tests/data/a.md", note}), IsEmpty());
    EXPECT_THAT(unfinished({"src/a/b.cpp", "// method, todos\n"}), IsEmpty());
}

TEST(IncludeStyle, TakesPublicHeadersInAngleBracketsAndPrivateOnesInQuotesWithTheirLibrary) {
    EXPECT_THAT(
        include_style({"src/flow/a.cpp", "#include \"flow/a.hpp\"\n#include <prelabel/flow/b.hpp>\n#include <map>\n"}),
        IsEmpty());
    EXPECT_THAT(include_style({"src/flow/a.cpp", "#include <flow/a.hpp>\n"}), found_at("src/flow/a.cpp:1"));
    EXPECT_THAT(include_style({"src/flow/a.cpp", "\n#include \"a.hpp\"\n"}), found_at("src/flow/a.cpp:2"));
    EXPECT_THAT(include_style({"tests/flow/a_test.cpp", "#include \"prelabel/flow/a.hpp\"\n"}), SizeIs(1));
    EXPECT_THAT(include_style({"include/prelabel/flow/a.hpp", "#include \"b.hpp\"\n"}), SizeIs(1));
}

TEST(IncludeStyle, LetsTestsTakeWhatLiesBesideThem) {
    EXPECT_THAT(include_style({"tests/flow/a_test.cpp", "#include \"fakes.hpp\"\n#include \"flow/a.hpp\"\n"}),
                IsEmpty());
    EXPECT_THAT(include_style({"tests/flow/a_test.cpp", "#include <flow/a.hpp>\n"}), SizeIs(1));
}

TEST(WideComments, AreCountedInColumnsAndNotInBytes) {
    EXPECT_THAT(wide_comments({"src/a/b.cpp", "    // " + repeated("x", 113) + "\n"}), IsEmpty());
    EXPECT_THAT(wide_comments({"src/a/b.cpp", "\n    // " + repeated("x", 114) + "\n"}), found_at("src/a/b.cpp:2"));
    EXPECT_THAT(wide_comments({"src/a/b.cpp", "// " + repeated("ü", 117) + "\n"}), IsEmpty());
    EXPECT_THAT(wide_comments({"src/a/b.cpp", "auto x = \"" + repeated("x", 120) + "\";\n"}), IsEmpty());
}

std::vector<Finding> torn(const std::string& first, const std::string& second) {
    return torn_comments({"src/a/b.hpp", first + "\n" + second + "\n"});
}

TEST(TornComments, LeaveAWordOrTwoOfASentenceInALineOfTheirOwn) {
    const std::string wide = "/// " + repeated("word ", 22);
    EXPECT_THAT(torn(wide + "goes", "/// on."), found_at("src/a/b.hpp:2"));
    EXPECT_THAT(torn("    " + wide + "goes", "    /// on."), SizeIs(1));
    EXPECT_THAT(torn(wide + "goes", "/// on. So it is:\n/// and so on."), SizeIs(1));
    EXPECT_THAT(torn(wide + "goes", "/// on for several words."), IsEmpty());
    EXPECT_THAT(torn(wide + "ends.", "/// Bound: none."), IsEmpty());
    EXPECT_THAT(torn(wide + "shows:", "///   a drawing"), IsEmpty());
    EXPECT_THAT(torn(wide + "goes", "    /// elsewhere"), IsEmpty());
    EXPECT_THAT(torn(wide + "goes", "int on;"), IsEmpty());
}

TEST(TornComments, EndALineInTheMidstOfASentenceThoughItHasRoom) {
    EXPECT_THAT(torn("// a line that ends early", "// though all of this sentence has room in it"),
                found_at("src/a/b.hpp:1"));
    EXPECT_THAT(torn("// a line that ends with a sentence.", "// Though all of this sentence has room in it"),
                IsEmpty());
    EXPECT_THAT(torn("// a line before a very long word", "// " + repeated("word", 30)), IsEmpty());
    EXPECT_THAT(
        torn("// größer als ein ASCII-Zeichen sind Umlaute und doch je eine Spalte", "// " + repeated("word", 12)),
        IsEmpty());
}

TEST(DetachedCoroutines, AreFoundInProductionCodeOnly) {
    const std::string line = "co_spawn(executor, run(), boost::asio::detached);\n";
    EXPECT_THAT(detached_coroutines({"src/a/b.cpp", line}), found_at("src/a/b.cpp:1"));
    EXPECT_THAT(detached_coroutines({"src/a/b.cpp", "co_spawn(executor, run(), detached);\n"}), SizeIs(1));
    EXPECT_THAT(detached_coroutines({"tests/a/b_test.cpp", line}), IsEmpty());
    EXPECT_THAT(detached_coroutines({"src/a/b.cpp", "// never asio::detached\nbool detached(int);\n"}), IsEmpty());
}

TEST(MissingReadmes, AreAskedOfEveryLibraryWithSources) {
    const File source{"src/flow/a.cpp", ""};
    EXPECT_THAT(missing_readmes({source}), found_at("src/flow/README.md"));
    EXPECT_THAT(missing_readmes({source, {"src/flow/README.md", "# flow\n"}}), SizeIs(1));
    EXPECT_THAT(missing_readmes({source, {"src/flow/README.md", "# flow\n\nWhy.\nWhat.\n"}}), IsEmpty());
    EXPECT_THAT(missing_readmes({{"include/prelabel/flow/a.hpp", ""}}), SizeIs(1));
}

/// What is stale in one line of README.md, of a tree with a few files.
std::vector<Finding> stale(const std::string& line) {
    return stale_paths({{"src/flow/a.cpp", ""},
                        {"src/flow/b.hpp", ""},
                        {"src/http/c.cpp", ""},
                        {"docs/old/0001.md", "`src/flow/gone.cpp`"},
                        {"src/flow/README.md", "`src/flow/gone.cpp`"},
                        {"README.md", line}});
}

TEST(StalePaths, AreThoseThatLeadNowhere) {
    EXPECT_THAT(stale("`src/flow/a.cpp` and `src/flow/`, `src/flow`"), IsEmpty());
    EXPECT_THAT(stale("\n`src/flow/a.cpp`, `src/flow/gone.cpp`"), found_at("README.md:2"));
    EXPECT_THAT(stale("`tests/gone`"), SizeIs(1));
    EXPECT_THAT(stale_paths({{"docs/guide.md", "`docs/gone.md`"}}), found_at("docs/guide.md:1"));
    EXPECT_THAT(stale("`src/<lib>/x.cpp` `src/flow/*_gone.cpp` `tests/run --all` `build/a.cpp`"), IsEmpty());
    EXPECT_THAT(stale("```\n`src/flow/gone.cpp`\n```"), IsEmpty());
}

TEST(StalePaths, AreAlsoFilesOfAFolderThatWasNamedBefore) {
    EXPECT_THAT(stale("`src/flow/a.cpp`, `b.hpp`; in `src/http` there is `c.cpp`"), IsEmpty());
    EXPECT_THAT(stale("`src/flow/a.cpp`, `c.cpp`"), SizeIs(1));
    EXPECT_THAT(stale("`src/flow/command_<name>.cpp`, `b.hpp`, `gone.hpp`"), SizeIs(1));
    EXPECT_THAT(stale("`settings.hpp`, then `src/flow/a.cpp`, `some_word`"), IsEmpty());
}

TEST(StalePaths, AreAlsoUnitsListedBehindAFolder) {
    EXPECT_THAT(stale("`src/flow`: `a`, `b`; `not_one`"), IsEmpty());
    EXPECT_THAT(stale("`src/flow`: `a`, `gone`"), SizeIs(1));
}

TEST(BrokenLinks, AreRelativeOnesThatLeadNowhere) {
    const std::vector<File> tree = {
        {"docs/guide.md",
         "[a](../README.md) [b](decisions/) [c](other.md#part)\n[d](gone.md \"t\") [e](#here)\n"
         "[f](https://example.org/x) ![g](../src)\n```\n[h](gone.md)\n```\n"},
        {"docs/other.md", ""},
        {"docs/decisions/0001.md", "[up](../guide.md)"},
        {"src/a.cpp", "[](gone.md)"},
        {"README.md", "[docs](docs)"}};
    EXPECT_THAT(broken_links(tree), found_at("docs/guide.md:2"));
}

}  // namespace
}  // namespace prelabel::architecture
