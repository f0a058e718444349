// Long: each way in which files do not fit together is a test of a few lines over one fixture.
#include "../sim/sim_clock.hpp"
#include "folder.hpp"
#include "loop.hpp"
#include "output_lines.hpp"

#include <prelabel/files/label_run.hpp>

#include <algorithm>
#include <filesystem>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <sys/file.h>

namespace prelabel::files {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class LabelRunTest : public testing::Test {
protected:
    LabelRunTest() { in_ = folder_.write("in.jsonl", "{\"n\":0}\n{\"n\":1}\n"); }

    [[nodiscard]] LabelFiles files(bool resume = false) const {
        return {{{in_, FileFormat::jsonl}}, folder_.path("out.jsonl"), folder_.path("dead.jsonl"), resume, ours};
    }
    Result<std::unique_ptr<LabelRun>> open(LabelFiles files) {
        return LabelRun::open(std::move(files), loop_.get_executor(), clock_, {});
    }
    /// Empty when it opens. Whatever is refused is left as it was.
    std::string refusal(const LabelFiles& files) {
        const auto before = everything();
        const auto run = open(files);
        if (run) return "";
        EXPECT_EQ(run.error().fault, Fault::config);
        EXPECT_EQ(everything(), before);
        return run.error().message;
    }
    [[nodiscard]] std::map<std::string, std::string> everything() const {
        std::map<std::string, std::string> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path("")))
            if (entry.is_regular_file()) {
                const auto name = std::filesystem::relative(entry.path(), folder_.path("")).string();
                found[name] = folder_.read(name);
            }
        return found;
    }
    /// As an earlier run leaves things that has labeled record 0 and read both.
    void left_by_an_earlier_run() {
        {
            const auto run = open(files());
            ASSERT_TRUE(run.has_value()) << run.error().message;
        }
        auto reader = RecordReader::open(in_, FileFormat::jsonl);
        while (reader->next()->has_value()) {
        }
        const auto& mark = reader->mark();
        auto checkpoint = folder_.read("out.jsonl.prelabel.json");
        const std::string nothing = R"("records": 0, "bytes": 0, "xxh3_128": "")";
        const auto at = checkpoint.find(nothing);
        ASSERT_NE(at, std::string::npos) << checkpoint;
        checkpoint.replace(at, nothing.size(),
                           "\"records\": " + std::to_string(mark.records) + ", \"bytes\": " +
                               std::to_string(mark.bytes) + ", \"xxh3_128\": \"" + mark.digest + "\"");
        folder_.write("out.jsonl.prelabel.json", checkpoint);
        folder_.write("out.jsonl", output_line(in_, 0));
    }

    Folder folder_;
    std::string in_;
    boost::asio::io_context loop_{1};
    sim::SimClock clock_;
};

TEST_F(LabelRunTest, RefusesOutputsThatAreInputsByWhateverName) {
    std::filesystem::create_symlink(in_, folder_.path("soft.jsonl"));
    std::filesystem::create_hard_link(in_, folder_.path("hard.jsonl"));
    for (const bool resume : {false, true})
        for (const auto* name : {"in.jsonl", "soft.jsonl", "hard.jsonl", "./in.jsonl"}) {
            auto as_output = files(resume);
            as_output.output = folder_.path(name);
            EXPECT_THAT(refusal(as_output), HasSubstr(std::string(name) + ": is the input "));
            auto as_dead_letters = files(resume);
            as_dead_letters.dead_letters = folder_.path(name);
            EXPECT_THAT(refusal(as_dead_letters), HasSubstr(std::string(name) + ": is the input "));
        }
}

TEST_F(LabelRunTest, RefusesOneFileForAnnotationsAndDeadLetters) {
    auto one = files();
    one.dead_letters = folder_.path("./out.jsonl");
    EXPECT_THAT(refusal(one), HasSubstr("annotations and dead letters cannot go to one file"));
    one.dead_letters = one.output = "-";
    EXPECT_THAT(refusal(one), HasSubstr("cannot go to one file"));
}

TEST_F(LabelRunTest, RefusesAnInputThatIsGivenTwiceByWhateverName) {
    std::filesystem::create_symlink(in_, folder_.path("soft.jsonl"));
    for (const auto* name : {"in.jsonl", "soft.jsonl", "./in.jsonl"}) {
        auto twice = files();
        twice.inputs.push_back({folder_.path(name), FileFormat::jsonl});
        EXPECT_THAT(refusal(twice), HasSubstr("is given twice"));
    }
}

TEST_F(LabelRunTest, RefusesWhatIsThereUnlessItIsToGoOn) {
    folder_.write("out.jsonl", "paid for\n");
    EXPECT_THAT(refusal(files()), HasSubstr("out.jsonl: exists already; resume it (--resume), or name another file"));
    EXPECT_THAT(refusal(files(true)), HasSubstr("out.jsonl:1: is no output record"));
    folder_.write("out.jsonl", "");
    folder_.write("dead.jsonl", "evidence");
    EXPECT_THAT(refusal(files()), HasSubstr("dead.jsonl: exists already"));
    EXPECT_THAT(refusal(files(true)), HasSubstr("dead.jsonl:1: is no output record"));
}

TEST_F(LabelRunTest, TwoRunsCannotWriteToOneFile) {
    const auto first = open(files());
    ASSERT_TRUE(first.has_value());
    EXPECT_THAT(refusal(files(true)), HasSubstr("out.jsonl: another process is writing to it"));
    auto other_output = files();
    other_output.output = folder_.path("other.jsonl");
    EXPECT_THAT(refusal(other_output), HasSubstr("dead.jsonl: another process is writing to it"));
}

TEST_F(LabelRunTest, AMissingFolderIsFoundBeforeAnythingIsRead) {
    auto nowhere = files();
    nowhere.dead_letters = folder_.path("gone/dead.jsonl");
    EXPECT_THAT(refusal(nowhere),
                HasSubstr("gone/dead.jsonl: cannot be written: there is no folder " + folder_.path("gone")));
    nowhere = files();
    nowhere.output = folder_.path("gone/out.jsonl");
    EXPECT_THAT(refusal(nowhere), HasSubstr("gone/out.jsonl: cannot be written"));
    nowhere.output = folder_.path("");
    EXPECT_THAT(refusal(nowhere), HasSubstr("Is a directory"));
}

TEST_F(LabelRunTest, DoesNotReplaceACheckpointThatIsNoneOfOurs) {
    folder_.write("out.jsonl.prelabel.json", "precious");
    EXPECT_THAT(refusal(files()), HasSubstr("out.jsonl.prelabel.json: is damaged, or no checkpoint of ours"));
}

TEST_F(LabelRunTest, TheCheckpointIsNoOtherFileOfTheRun) {
    auto own = files();
    own.inputs[0].path = folder_.write("out.jsonl.prelabel.json", "{}\n");
    EXPECT_THAT(refusal(own), HasSubstr("how far the inputs were read is written there"));
}

TEST_F(LabelRunTest, ResumingWithNothingThereIsAFirstRun) {
    folder_.write("out.jsonl.prelabel.json",
                  R"({"task":{"name":"a","version":"old"},"model":{"provider":"p","name":"m"},)"
                  R"("inputs":[]})");
    EXPECT_EQ(refusal(files(true)), "");
    EXPECT_THAT(folder_.read("out.jsonl.prelabel.json"), HasSubstr("v1"));
}

TEST_F(LabelRunTest, SaysWhenThereIsNothingToResumeButNotAfterARunThatLabeledNothing) {
    for (const auto* warning : {"out.jsonl: nothing is there to resume; this is a first run", ""}) {
        const auto run = open(files(true));
        ASSERT_TRUE(run.has_value()) << run.error().message;
        EXPECT_THAT((*run)->warning(), EndsWith(warning));
        EXPECT_EQ((*run)->warning().empty(), std::string_view(warning).empty());
    }
}

TEST_F(LabelRunTest, GoesOnWithTheSameInputUnderAnotherSpelling) {
    left_by_an_earlier_run();
    std::filesystem::create_symlink(in_, folder_.path("soft.jsonl"));
    for (const auto* name : {"in.jsonl", "./in.jsonl", "soft.jsonl"}) {
        auto again = files(true);
        again.inputs[0].path = folder_.path(name);
        const auto run = open(again);
        ASSERT_TRUE(run.has_value()) << run.error().message;
        EXPECT_EQ((*run)->source().mark(0).records, 2U);
        EXPECT_EQ((*run)->warning(), "");
    }
}

TEST_F(LabelRunTest, RefusesToGoOnWithAnotherInput) {
    left_by_an_earlier_run();
    auto other = files(true);
    other.inputs[0].path = folder_.write("other.jsonl", "{}\n");
    EXPECT_THAT(refusal(other), HasSubstr("in.jsonl: is not among the inputs, but "));
    other.inputs.push_back({in_, FileFormat::jsonl});
    EXPECT_EQ(refusal(other), "");  // more of them are fine
}

TEST_F(LabelRunTest, GoesOnWithManyInputsEachUnderItsName) {
    auto many = files();
    std::string labeled;
    for (int i = 0; i < 300; ++i) {
        const auto path = folder_.write("in" + std::to_string(i) + ".jsonl", "{}\n");
        many.inputs.push_back({path, FileFormat::jsonl});
        if (i % 2 == 0) labeled += output_line(path, 0);
    }
    ASSERT_TRUE(open(many).has_value());
    folder_.write("out.jsonl", labeled);
    many.resume = true;
    std::ranges::reverse(many.inputs);
    many.inputs.push_back({folder_.write("new.jsonl", "{}\n"), FileFormat::jsonl});
    EXPECT_EQ(refusal(many), "");
    folder_.write("out.jsonl", labeled + output_line("elsewhere.jsonl", 0));
    EXPECT_THAT(refusal(many), HasSubstr("holds labels of elsewhere.jsonl, which "));
}

// A second file of the same name makes it be called by its path; what it was called before goes on in its ids.
TEST_F(LabelRunTest, AnInputIsCalledAsBefore) {
    in_ = folder_.write("in.txt", "a\nb\n");
    auto first = files();
    first.inputs[0].format = FileFormat::text;
    ASSERT_TRUE(open(first).has_value());
    folder_.write("out.jsonl", output_line(in_, 0));
    first.resume = true;
    first.inputs[0].called = in_;
    std::filesystem::create_directory(folder_.path("more"));
    const auto other = folder_.write("more/in.txt", "c\n");
    first.inputs.push_back({other, FileFormat::text, {}, {}, other});
    const auto run = open(first);
    ASSERT_TRUE(run.has_value()) << run.error().message;
    const pipeline::Room room{100, 1U << 20};
    static_cast<void>(finish(loop_, (*run)->source().next(room)));  // assigned
    for (const auto& input : first.inputs) (*run)->source().grant({input.path, 0}, 100);
    const auto event = finish(loop_, (*run)->source().next(room));
    const auto& records = std::get<pipeline::Batch>(*event).records;
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].value, R"({"id":"in.txt:2","text":"b"})");
    EXPECT_EQ(records[1].value, R"({"id":")" + other + R"(:1","text":"c"})");
}

TEST_F(LabelRunTest, RefusesToGoOnInAnotherFormat) {
    left_by_an_earlier_run();
    auto other = files(true);
    other.inputs[0].format = FileFormat::text;
    EXPECT_THAT(refusal(other), HasSubstr("in.jsonl: was read as jsonl, now it is text"));
}

TEST_F(LabelRunTest, RefusesToGoOnWithAnotherTaskOrModel) {
    left_by_an_earlier_run();
    auto other = files(true);
    other.with.task_version = "v2";
    EXPECT_THAT(refusal(other), HasSubstr("was made with version v1 of the task, now it is v2"));
    other = files(true);
    other.with.model = "n";
    EXPECT_THAT(refusal(other), HasSubstr("was made with model m, now it is n"));
    folder_.write("out.jsonl", "");
    folder_.write("dead.jsonl", dead_line(in_, 0));  // which does not say its model; the checkpoint does
    EXPECT_THAT(refusal(other), HasSubstr("was made with model m, now it is n"));
}

TEST_F(LabelRunTest, RefusesToGoOnWithAnotherTextOrId) {
    auto own = files();
    own.with.text = "/body";
    own.with.id = "/id";
    ASSERT_EQ(refusal(own), "");
    folder_.write("out.jsonl", output_line(in_, 0));
    own.resume = true;
    EXPECT_EQ(refusal(own), "");
    auto other = own;
    other.with.text = "/subject";
    EXPECT_THAT(refusal(other), HasSubstr("was made with input.text /body, now it is /subject"));
    other = own;
    other.with.id = "/ticket";
    EXPECT_THAT(refusal(other), HasSubstr("was made with input.id /id, now it is /ticket"));
    other.mixed = true;
    EXPECT_EQ(refusal(other), "");
}

TEST_F(LabelRunTest, RefusesTheOutputOfAnotherRun) {
    left_by_an_earlier_run();
    folder_.write("out.jsonl", output_line("elsewhere.jsonl", 0));
    EXPECT_THAT(refusal(files(true)), HasSubstr("holds labels of elsewhere.jsonl, which "));
}

TEST_F(LabelRunTest, GoesOnWithARunFromBeforeThereWereCheckpointsAndSaysWhatItCannotCheck) {
    folder_.write("out.jsonl", output_line(in_, 0));
    const auto run = open(files(true));
    ASSERT_TRUE(run.has_value()) << run.error().message;
    EXPECT_THAT((*run)->warning(), HasSubstr("out.jsonl.prelabel.json is missing: that the inputs are the same"));
}

TEST_F(LabelRunTest, WithoutACheckpointAnotherInputOrTaskIsStillRefused) {
    folder_.write("out.jsonl", output_line(in_, 0));
    auto other = files(true);
    other.inputs[0].path = folder_.write("other.jsonl", "{}\n");
    EXPECT_THAT(refusal(other), HasSubstr("in.jsonl: is not among the inputs"));
    other = files(true);
    other.with.task_version = "v2";
    EXPECT_THAT(refusal(other), HasSubstr("was made with version v1"));
}

TEST_F(LabelRunTest, StandardOutputCannotBeResumed) {
    auto piped = files(true);
    piped.output = "-";
    EXPECT_THAT(refusal(piped), HasSubstr("--resume needs one (-o)"));
    piped.output = "/dev/null";
    EXPECT_THAT(refusal(piped), HasSubstr("--resume needs one (-o)"));
}

TEST_F(LabelRunTest, MixesTasksAndModelsOnDemandAndNeverInputs) {
    left_by_an_earlier_run();
    auto other = files(true);
    other.mixed = true;
    other.with.task_version = "v2";
    other.with.model = "n";
    EXPECT_EQ(refusal(other), "");
    EXPECT_EQ(refusal(files(true)), "") << "nothing was written by the other task, so nothing is mixed";
    other.inputs[0].path = folder_.write("other.jsonl", "{}\n");
    EXPECT_THAT(refusal(other), HasSubstr("in.jsonl: is not among the inputs"));
}

TEST_F(LabelRunTest, DeadLettersOfAPipeGoBehindThoseOfOtherRuns) {
    auto piped = files();
    piped.output = "-";
    const auto others = dead_line("elsewhere.jsonl", 7, "v0");
    folder_.write("dead.jsonl", others + "{\"error\":{\"cla");
    const auto run = open(piped);
    ASSERT_TRUE(run.has_value()) << run.error().message;
    EXPECT_EQ(folder_.read("dead.jsonl"), others) << "what was torn is gone, what was whole stays";
    EXPECT_TRUE((*run)->dead_letters_before().empty()) << "they are not of this run";
}

TEST_F(LabelRunTest, DeadLettersOfAPipeGoIntoNoFileOfSomebodyElse) {
    auto piped = files();
    piped.output = "-";
    for (const auto& content : {std::string("precious"), std::string("{}\n"), output_line(in_, 0)}) {
        folder_.write("dead.jsonl", content);
        EXPECT_THAT(refusal(piped), HasSubstr("dead.jsonl: holds something else than dead letters; name another file"));
    }
}

TEST_F(LabelRunTest, CountsTheDeadLettersOfEarlierRuns) {
    left_by_an_earlier_run();
    folder_.write("dead.jsonl", dead_line(in_, 1));
    const auto run = open(files(true));
    ASSERT_TRUE(run.has_value()) << run.error().message;
    EXPECT_EQ((*run)->dead_letters_before(), (DeadLetterCounts{{"refused", 1}}));
}

}  // namespace
}  // namespace prelabel::files
