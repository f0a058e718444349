#include "files/checkpoint.hpp"

#include "folder.hpp"
#include "output_lines.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

TEST(Checkpoint, IsReadAsItWasWritten) {
    const Folder folder;
    const auto path = folder.path("out.jsonl.prelabel.json");
    ASSERT_FALSE(read_checkpoint(path)->has_value());
    Checkpoint written{ours, {}};
    written.inputs.push_back({"/a/in \"1\".jsonl", "in \"1\".jsonl", FileFormat::jsonl, {7, 1U << 20, "00ff"}, "a/1"});
    written.inputs.push_back({"-", "-", FileFormat::csv, {}});
    CheckpointFile file(path, written);
    ASSERT_TRUE(file.write());
    ASSERT_TRUE(file.write());  // replaces it
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
    EXPECT_EQ((*read)->inputs[0].called, "a/1");
    EXPECT_EQ((*read)->inputs[1].called, "");
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
    EXPECT_TRUE(CheckpointFile(folder.path("gone/c.json"), {ours, {}}).write().has_error());
}

// ---- many inputs

constexpr std::size_t many = 500;

class ManyInputsTest : public testing::Test {
protected:
    ManyInputsTest() : file_(path(), all()) { EXPECT_TRUE(file_.write()); }

    static Checkpoint all() {
        Checkpoint checkpoint{ours, {}};
        for (std::size_t i = 0; i < many; ++i) {
            const auto name = "in/{" + std::to_string(i) + "}\n{.jsonl";
            checkpoint.inputs.push_back({"/a/folder/of/many/" + name, name, FileFormat::jsonl, {}});
        }
        return checkpoint;
    }
    [[nodiscard]] std::string path() const { return folder_.path("c.json"); }
    void read(std::size_t input, std::uint64_t records) {
        file_.read(input, {records, 10 * records, std::to_string(records)});
    }
    /// Records by input, where there are any; the rest must be as it was.
    [[nodiscard]] std::map<std::size_t, std::uint64_t> remembered() const {
        const auto checkpoint = read_checkpoint(path());
        const auto before = all();
        std::map<std::size_t, std::uint64_t> records;
        EXPECT_TRUE(checkpoint) << (checkpoint ? "" : checkpoint.error().message);
        if (!checkpoint) return records;
        EXPECT_EQ((*checkpoint)->inputs.size(), many);
        for (std::size_t i = 0; i < many; ++i) {
            const auto& [records_read, bytes, digest] = (*checkpoint)->inputs[i].mark;
            EXPECT_EQ((*checkpoint)->inputs[i].name, before.inputs[i].name);
            if (records_read == 0) continue;
            records[i] = records_read;
            EXPECT_EQ(bytes, 10 * records_read);
            EXPECT_EQ(digest, std::to_string(records_read));
        }
        return records;
    }
    [[nodiscard]] std::size_t size() const { return std::filesystem::file_size(path()); }

    Folder folder_;
    CheckpointFile file_;
};

using Read = std::map<std::size_t, std::uint64_t>;

TEST_F(ManyInputsTest, AWriteAddsTheInputsThatWereReadSince) {
    const auto before = size();
    ASSERT_GT(before, CheckpointFile::replaced_bytes_max);
    EXPECT_EQ(remembered(), Read{});
    read(0, 3);
    read(1, 1);
    ASSERT_TRUE(file_.write());
    EXPECT_EQ(remembered(), (Read{{0, 3}, {1, 1}}));
    read(1, 1);
    ASSERT_TRUE(file_.write());
    read(1, 2);
    read(2, 7);
    ASSERT_TRUE(file_.write());
    EXPECT_EQ(remembered(), (Read{{0, 3}, {1, 2}, {2, 7}}));
    EXPECT_LT(size() - before, 500U);
}

TEST_F(ManyInputsTest, IsReplacedWhenTheLinesAreAsLongAsTheRest) {
    const auto whole = size();
    std::size_t largest = 0;
    int replaced = 0;
    for (std::uint64_t round = 1; round <= 3'000; ++round) {
        const auto before = size();
        read(round % many, round);
        ASSERT_TRUE(file_.write());
        if (size() < before) ++replaced;
        largest = std::max(largest, size());
    }
    EXPECT_LT(largest, 2 * whole + 60'000) << "marks are longer by now";
    EXPECT_GE(replaced, 1);
    EXPECT_LE(replaced, 4);
    EXPECT_EQ(remembered().at(0), 3'000U);
}

// As kill -9 leaves it while it adds: what is there says no more than the lines that are whole.
TEST_F(ManyInputsTest, AfterACrashAtAnyByteItSaysWhatWasWhole) {
    const auto whole = folder_.read("c.json");
    read(0, 3);
    read(1, 5);
    ASSERT_TRUE(file_.write());
    const auto content = folder_.read("c.json");
    const auto second = content.rfind('\n', content.size() - 2) + 1;
    for (auto end = whole.size(); end <= content.size(); ++end) {
        folder_.write("c.json", content.substr(0, end));
        const Read first = end < second ? Read{} : Read{{0, 3}};
        EXPECT_EQ(remembered(), end == content.size() ? (Read{{0, 3}, {1, 5}}) : first) << content.substr(whole.size());
    }
    folder_.write("c.json", content + "{\"input\": 500, \"records\": 1, \"bytes\": 1, \"xxh3_128\": \"\"}\n");
    EXPECT_TRUE(read_checkpoint(path()).has_error()) << "there is no such input";
    folder_.write("c.json", content + "{}\n");
    EXPECT_TRUE(read_checkpoint(path()).has_error());
}

TEST_F(ManyInputsTest, WhatCouldNotBeAddedIsInTheNextOne) {
    std::filesystem::rename(path(), folder_.path("elsewhere"));
    std::filesystem::create_directory(path());
    read(4, 1);
    EXPECT_TRUE(file_.write().has_error());
    std::filesystem::remove(path());
    std::filesystem::rename(folder_.path("elsewhere"), path());
    folder_.write("c.json", folder_.read("c.json") + "{\"input\": 4, \"rec");  // as a full disk leaves it
    ASSERT_TRUE(file_.write());
    EXPECT_EQ(remembered(), (Read{{4, 1}}));
    read(5, 2);
    ASSERT_TRUE(file_.write());
    EXPECT_EQ(remembered(), (Read{{4, 1}, {5, 2}}));
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
