#include "files/output_records.hpp"

#include "folder.hpp"
#include "output_lines.hpp"

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::HasSubstr;

class OutputRecordsTest : public testing::Test {
protected:
    /// Empty, or why the file is refused.
    std::string read(const std::string& name, std::string_view content, OutputRecords& into) {
        auto file = OutputFile::open(folder_.write(name, content));
        EXPECT_TRUE(file.has_value());
        const auto result = read_output(**file, {ours, mixed_, name.starts_with("dead")}, into);
        if (result) {
            EXPECT_EQ((*file)->size(), folder_.read(name).size());
        }
        return result ? "" : result.error().message;
    }
    std::string read(std::string_view content) {
        OutputRecords records;
        return read("out.jsonl", content, records);
    }
    Folder folder_;
    bool mixed_ = false;
};

TEST_F(OutputRecordsTest, AreReadFromOutputsAndDeadLetters) {
    OutputRecords records;
    EXPECT_EQ(read("out.jsonl", output_line("a", 0) + output_line("b", 7) + output_line("a", 2), records), "");
    EXPECT_EQ(read("dead.jsonl", dead_line("a", 1), records), "");
    EXPECT_EQ(read("empty.jsonl", "", records), "");
    EXPECT_EQ(records.finished.size(), 3U);
    EXPECT_TRUE(records.finished.contains("b", 7));
    EXPECT_EQ(records.labeled, 3U);
    EXPECT_EQ(records.dead_letters.counts(), (DeadLetterCounts{{"refused", 1}}));
    records.dead_letters.divide({}, records.finished);
    EXPECT_TRUE(records.finished.contains("a", 1));
}

TEST_F(OutputRecordsTest, ADeadLetterWhoseDocumentIsLabeledHasHadItsTime) {
    OutputRecords records;
    EXPECT_EQ(read("out.jsonl", output_line("a", 0), records), "");
    const auto first = dead_line("a", 0);
    EXPECT_EQ(read("dead.jsonl", first + dead_line("a", 1), records), "");
    EXPECT_EQ(records.dead_letters.counts(), (DeadLetterCounts{{"refused", 1}}));
    EXPECT_THAT(records.dead_letters.leaving(), testing::ElementsAre(LineRange{0, first.size()}));
}

TEST_F(OutputRecordsTest, AreMixedOnDemand) {
    mixed_ = true;
    EXPECT_EQ(read(output_line("a", 0) + output_line("a", 1, {"people", "v2", "azure", "n"})), "");
}

// kill -9 may cut a line anywhere: at each place what is whole stays, what is torn goes.
TEST_F(OutputRecordsTest, CutsOffALineThatWasTornAnywhere) {
    const auto whole = output_line("a", 0) + output_line("a", 1);
    const auto torn = output_line("a", 2);
    for (std::size_t length = 0; length < torn.size(); ++length) {
        OutputRecords records;
        ASSERT_EQ(read("out.jsonl", whole + torn.substr(0, length), records), "") << length;
        EXPECT_EQ(records.finished.size(), 2U);
        ASSERT_EQ(folder_.read("out.jsonl"), whole);
    }
}

TEST_F(OutputRecordsTest, NeverChangesAFileWithoutARecordOfOurs) {
    for (const std::string foreign : {"one line without newline", "one line\n", "{\"text\":\"precious\"}\n",
                                      "{\"text\":\"a\"}\nb", "\n", "\xFF\xFE"}) {
        EXPECT_THAT(read(foreign), HasSubstr("out.jsonl:1: is no output record")) << foreign;
        EXPECT_EQ(folder_.read("out.jsonl"), foreign);
    }
}

TEST_F(OutputRecordsTest, ForeignLinesBehindOursAreKept) {
    const auto content = output_line("a", 0) + "a note\n";
    EXPECT_THAT(read(content), HasSubstr("out.jsonl:2: is no output record"));
    EXPECT_EQ(folder_.read("out.jsonl"), content);
}

TEST_F(OutputRecordsTest, RefusesAnotherTaskModelOrProvider) {
    const auto made = [](const std::string& version, const std::string& provider, const std::string& model) {
        return output_line("a", 0) + output_line("a", 1, {"people", version, provider, model});
    };
    EXPECT_THAT(read(made("v2", "openai", "m")),
                HasSubstr("out.jsonl:2: was made with version v2 of the task, now it is v1"));
    EXPECT_THAT(read(made("v1", "azure", "m")), HasSubstr("was made with provider azure, now it is openai"));
    EXPECT_THAT(read(made("v1", "openai", "n")), HasSubstr("was made with model n, now it is m"));
    EXPECT_THAT(read(dead_line("a", 0, "v3")), HasSubstr("was made with version v3 of the task"));
    EXPECT_THAT(read(made("v1", "openai", "n")), HasSubstr("or mix them with --resume=mixed"));
}

}  // namespace
}  // namespace prelabel::files
