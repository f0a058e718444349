#include "files/checkpoint.hpp"

#include "folder.hpp"
#include "output_lines.hpp"

#include <filesystem>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

TEST(Checkpoint, IsReadAsItWasWritten) {
    const Folder folder;
    const auto path = folder.path("out.jsonl.prelabel.json");
    ASSERT_FALSE(read_checkpoint(path)->has_value());
    Checkpoint written{ours, {}};
    written.inputs.push_back({"/a/in \"1\".jsonl", "in \"1\".jsonl", FileFormat::jsonl, {7, 1U << 20, "00ff"}});
    written.inputs.push_back({"-", "-", FileFormat::csv, {}});
    ASSERT_TRUE(write_checkpoint(path, written));
    ASSERT_TRUE(write_checkpoint(path, written));  // replaces it
    const auto read = read_checkpoint(path);
    ASSERT_TRUE(read.has_value());
    ASSERT_TRUE(read->has_value());
    EXPECT_EQ((*read)->with.task_version, "v1");
    ASSERT_EQ((*read)->inputs.size(), 2U);
    EXPECT_EQ((*read)->inputs[0].path, "/a/in \"1\".jsonl");
    EXPECT_EQ((*read)->inputs[0].name, "in \"1\".jsonl");
    EXPECT_EQ((*read)->inputs[0].mark.records, 7U);
    EXPECT_EQ((*read)->inputs[0].mark.bytes, 1U << 20);
    EXPECT_EQ((*read)->inputs[0].mark.digest, "00ff");
    EXPECT_EQ((*read)->inputs[1].format, FileFormat::csv);
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(Checkpoint, WhatIsNoneOfOursIsAnErrorAndStays) {
    const Folder folder;
    for (const std::string content : {"", "{}", "[]", "precious", R"({"task":{},"model":{},"inputs":[]})"}) {
        const auto read = read_checkpoint(folder.write("c.json", content));
        ASSERT_TRUE(read.has_error()) << content;
        EXPECT_THAT(read.error().message, testing::HasSubstr("c.json: is damaged, or no checkpoint of ours"));
        EXPECT_EQ(folder.read("c.json"), content);
    }
}

TEST(Checkpoint, AFolderThatIsGoneIsAnError) {
    const Folder folder;
    EXPECT_TRUE(write_checkpoint(folder.path("gone/c.json"), {ours, {}}).has_error());
}

TEST(Checkpoint, LiesBesideTheFileAndNotBesideALinkToIt) {
    const Folder folder;
    std::filesystem::create_directory(folder.path("deep"));
    const auto file = folder.write("deep/out.jsonl", "");
    std::filesystem::create_symlink(file, folder.path("link.jsonl"));
    EXPECT_EQ(checkpoint_beside(folder.path("link.jsonl")), checkpoint_beside(file));
}

}  // namespace
}  // namespace prelabel::files
