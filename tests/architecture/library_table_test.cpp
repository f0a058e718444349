#include "library_table.hpp"

#include <algorithm>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::architecture {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LibraryTable, IsReadFromTheCallsOfACMakeFile) {
    const auto found = read_libraries(
        "# prelabel_library(NAME LAYER): a comment\nfunction(prelabel_library name layer)\nendfunction()\n"
        "prelabel_library(base pure EXTERNAL json)  # prelabel_library(no pure)\n"
        "prelabel_library(words shell LINKS base other\n  ONLY settings.hpp OF a b EXTERNAL yaml json)\n");
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].name, "base");
    EXPECT_EQ(found[0].layer, Layer::pure);
    EXPECT_THAT(found[0].may_include, IsEmpty());
    EXPECT_THAT(found[0].external, ElementsAre("json"));
    EXPECT_EQ(found[1].layer, Layer::shell);
    EXPECT_THAT(found[1].may_include, ElementsAre("base", "other"));
    EXPECT_EQ(found[1].only_header, "settings.hpp");
    EXPECT_THAT(found[1].only_of, ElementsAre("a", "b"));
    EXPECT_THAT(found[1].external, ElementsAre("yaml", "json"));
}

TEST(LibraryTable, RefusesALayerThatItDoesNotKnow) {
    EXPECT_THROW((void)read_libraries("prelabel_library(a LINKS base)"), std::out_of_range);
    EXPECT_THROW((void)read_libraries("prelabel_library(a shell OF base)"), std::out_of_range);
}

TEST(LibraryTable, NamesOnlyLibrariesThatStandAboveSoThatThereIsNoCycle) {
    std::vector<std::string_view> known;
    for (const auto& library : libraries()) {
        for (const auto& names : {library.may_include, library.only_of}) {
            for (const auto& name : names)
                EXPECT_NE(std::ranges::find(known, name), known.end()) << library.name << " may include " << name;
        }
        known.push_back(library.name);
    }
}

TEST(LibraryTable, GivesNobodyButAProgramAShell) {
    for (const auto& library : libraries()) {
        for (const auto& name : library.may_include) {
            ASSERT_TRUE(find_library(name)) << name;
            const bool shell = find_library(name)->layer >= Layer::shell;
            EXPECT_TRUE(!shell || library.layer == Layer::root) << library.name << " may include " << name;
            EXPECT_NE(find_library(name)->layer, Layer::root) << library.name << " may include " << name;
        }
    }
}

}  // namespace
}  // namespace prelabel::architecture
