#include "folder.hpp"

#include <prelabel/files/inputs.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class InputsTest : public testing::Test {
protected:
    InputsTest() {
        std::filesystem::create_directories(folder_.path("docs/deep"));
        std::filesystem::create_directories(folder_.path("docs/.hidden"));
        for (const auto* name : {"docs/b.jsonl", "docs/a.csv.gz", "docs/deep/a.txt", "docs/notes.pdf", "docs/.x.jsonl",
                                 "docs/.hidden/a.txt", "docs/out.jsonl.prelabel.json"})
            folder_.write(name, "");
    }
    std::vector<std::string> found(const std::vector<std::string>& named, std::optional<FileFormat> format = {},
                                   const std::vector<std::string>& not_these = {}) {
        const auto inputs = find_inputs(named, format, not_these);
        if (!inputs) return {inputs.error().message};
        std::vector<std::string> paths;
        for (const auto& input : *inputs)
            paths.push_back(std::filesystem::path(input.path).lexically_relative(folder_.path("")).string());
        return paths;
    }
    Folder folder_;
};

TEST_F(InputsTest, AFolderIsItsFilesOfKnownFormatsByPath) {
    EXPECT_THAT(found({folder_.path("docs")}), ElementsAre("docs/a.csv.gz", "docs/b.jsonl", "docs/deep/a.txt"));
    const auto inputs = find_inputs({folder_.path("docs")}, {});
    EXPECT_EQ((*inputs)[0].format, FileFormat::csv);
    EXPECT_EQ((*inputs)[2].called, (*inputs)[2].path) << "two files may have one name";
}

TEST_F(InputsTest, AFolderWhoseFormatIsSaidIsAllItsFiles) {
    EXPECT_THAT(found({folder_.path("docs")}, FileFormat::text),
                ElementsAre("docs/a.csv.gz", "docs/b.jsonl", "docs/deep/a.txt", "docs/notes.pdf"));
}

TEST_F(InputsTest, WhatARunWritesIsNoneOfItsInputs) {
    EXPECT_THAT(found({folder_.path("docs")}, {}, {folder_.path("docs/b.jsonl"), "-"}),
                ElementsAre("docs/a.csv.gz", "docs/deep/a.txt"));
}

TEST_F(InputsTest, AGlobIsWhatItMatches) {
    EXPECT_THAT(found({folder_.path("docs/*.jsonl")}), ElementsAre("docs/b.jsonl"));
    EXPECT_THAT(found({folder_.path("d*")}), ElementsAre("docs/a.csv.gz", "docs/b.jsonl", "docs/deep/a.txt"));
    folder_.write("[1].txt", "");
    EXPECT_THAT(found({folder_.path("[1].txt")}), ElementsAre("[1].txt")) << "a file of this name goes first";
}

TEST_F(InputsTest, NamedFilesKeepTheirOrderAndTheirName) {
    const auto inputs = find_inputs({folder_.path("docs/b.jsonl"), "-", folder_.path("docs/a.csv.gz")}, {});
    ASSERT_TRUE(inputs);
    EXPECT_EQ(inputs->at(0).path, folder_.path("docs/b.jsonl"));
    EXPECT_EQ(inputs->at(0).called, "");
    EXPECT_EQ(inputs->at(1).path, "-");
    EXPECT_EQ(inputs->at(1).format, FileFormat::jsonl);
}

// As a shell makes it of docs/*/a.txt.
TEST_F(InputsTest, NamedFilesThatShareANameAreCalledByTheirPath) {
    std::filesystem::create_directories(folder_.path("docs/other"));
    folder_.write("docs/other/a.txt", "");
    const std::vector<std::string> matches = {folder_.path("docs/deep/a.txt"), folder_.path("docs/other/a.txt")};
    const auto inputs = find_inputs({matches[0], folder_.path("docs/b.jsonl"), matches[1]}, {});
    ASSERT_TRUE(inputs);
    EXPECT_EQ(inputs->at(0).called, matches[0]);
    EXPECT_EQ(inputs->at(1).called, "");
    EXPECT_EQ(inputs->at(2).called, matches[1]);
    const auto matched = find_inputs({folder_.path("docs/*/a.txt")}, {});
    ASSERT_EQ(matched->size(), 2U);
    for (const std::size_t i : {0U, 1U}) EXPECT_EQ(matched->at(i).called, matches[i]) << "whoever makes the list";
    EXPECT_EQ(find_inputs({matches[0]}, {})->at(0).called, "") << "alone it keeps its name";
}

TEST_F(InputsTest, SaysWhatIsNotThere) {
    EXPECT_THAT(found({folder_.path("docs/*.tsv")}), ElementsAre(HasSubstr("docs/*.tsv: matches no file")));
    EXPECT_THAT(found({folder_.path("docs/.hidden/../.hidden")}).size(), 1U);
    std::filesystem::create_directories(folder_.path("empty"));
    EXPECT_THAT(found({folder_.path("empty")}), ElementsAre(HasSubstr("empty: is a folder without a file whose name")));
    EXPECT_THAT(found({folder_.path("docs/notes.pdf")}), ElementsAre(HasSubstr("--input-format")));
    EXPECT_THAT(found({folder_.path("absent.pdf")}),
                ElementsAre(HasSubstr("absent.pdf: cannot be read: No such file")));
}

}  // namespace
}  // namespace prelabel::files
