#include "folder.hpp"

#include <prelabel/files/finished_records.hpp>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::HasSubstr;

std::string line(const std::string& topic, int offset) {
    return R"({"id":"x","source":{"topic":")" + topic + R"(","partition":0,"offset":)" + std::to_string(offset) +
           "}}\n";
}

TEST(FinishedRecords, KnowsOffsetsInAnyOrder) {
    FinishedRecords finished;
    finished.add("a", {5, 3, 4, 9, 3});
    finished.add("a", {8, 0});
    for (Offset offset = -1; offset < 12; ++offset)
        EXPECT_EQ(finished.contains("a", offset),
                  (offset >= 3 && offset <= 5) || offset == 0 || offset == 8 || offset == 9)
            << offset;
    EXPECT_FALSE(finished.contains("b", 3));
    EXPECT_EQ(finished.size(), 6U);
}

TEST(FinishedRecords, AreReadFromOutputsAndDeadLetters) {
    const Folder folder;
    const auto output = folder.write("out.jsonl", line("a", 0) + line("b", 7) + line("a", 2));
    const auto dead = folder.write("dead.jsonl", line("a", 1));
    const auto finished = finished_records({output, dead, folder.path("never-made.jsonl")});
    ASSERT_TRUE(finished.has_value());
    EXPECT_EQ(finished->size(), 4U);
    EXPECT_TRUE(finished->contains("a", 1));
    EXPECT_TRUE(finished->contains("b", 7));
}

// kill -9 may cut a line anywhere: at each place what is whole stays, what is torn goes.
TEST(FinishedRecords, CutsOffALineThatWasTornAnywhere) {
    const Folder folder;
    const auto whole = line("a", 0) + line("a", 1);
    const auto torn = line("a", 2);
    for (std::size_t length = 0; length < torn.size(); ++length) {
        const auto output = folder.write("out.jsonl", whole + torn.substr(0, length));
        const auto finished = finished_records({output});
        ASSERT_TRUE(finished.has_value()) << length;
        EXPECT_EQ(finished->size(), 2U);
        EXPECT_EQ(folder.read("out.jsonl"), whole);
    }
}

TEST(FinishedRecords, KeepsAWholeFileAsItIs) {
    const Folder folder;
    const auto output = folder.write("out.jsonl", line("a", 0));
    ASSERT_TRUE(finished_records({output}).has_value());
    EXPECT_EQ(folder.read("out.jsonl"), line("a", 0));
}

TEST(FinishedRecords, RefusesAFileThatIsNoOutput) {
    const Folder folder;
    const std::string foreign = "{\"text\":\"precious\"}\nnothing to lose\n";
    const auto finished = finished_records({folder.write("out.jsonl", foreign)});
    ASSERT_TRUE(finished.has_error());
    EXPECT_EQ(finished.error().fault, Fault::input);
    EXPECT_THAT(finished.error().message, HasSubstr("out.jsonl:1: is no output record"));
    EXPECT_EQ(folder.read("out.jsonl"), foreign);
}

}  // namespace
}  // namespace prelabel::files
