#include "../sim/sim_clock.hpp"
#include "folder.hpp"
#include "loop.hpp"
#include "output_lines.hpp"

#include <prelabel/files/label_run.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Four documents: 0 is labeled, 1 died of its deadline, 2 was refused, 3 was not reached.
class LabelRunAgainTest : public testing::Test {
protected:
    LabelRunAgainTest() {
        in_ = folder_.write("in.jsonl", "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
        folder_.write("out.jsonl", output_line(in_, 0));
        folder_.write("dead.jsonl", late() + refused());
    }

    [[nodiscard]] std::string late() const {
        std::string line = dead_line(in_, 1);
        return line.replace(line.find("refused"), 7, "deadline");
    }
    [[nodiscard]] std::string refused() const { return dead_line(in_, 2); }

    /// `other`: by another task, whose outputs may be mixed with what is there.
    void resume(std::set<std::string> again = {"deadline"}, const MadeWith& other = ours) {
        LabelFiles files{
            {{in_, FileFormat::jsonl}}, folder_.path("out.jsonl"), folder_.path("dead.jsonl"), true, other};
        files.mixed = other != ours;
        files.again = std::move(again);
        OutboxNews news;
        news.stuck = [](const Error&) {};
        news.works_again = [] {};
        news.lost = [](const Error&) {};
        auto opened = LabelRun::open(std::move(files), loop_.get_executor(), clock_, std::move(news));
        ASSERT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
        run_ = std::move(*opened);
    }
    /// The documents that are to be labeled.
    std::vector<Offset> offered() {
        const pipeline::Room room{100, 1U << 20};
        static_cast<void>(files::finish(loop_, run_->source().next(room)));  // assigned
        run_->source().grant({in_, 0}, 100);
        auto event = files::finish(loop_, run_->source().next(room));
        std::vector<Offset> offsets;
        if (const auto* batch = std::get_if<pipeline::Batch>(&*event))
            for (const auto& record : batch->records) offsets.push_back(record.origin.offset);
        return offsets;
    }
    /// Their outcome is written.
    void publish(Offset offset, pipeline::OutputKind kind) {
        pipeline::Output output{kind, {{in_, 0}, offset, -1}, {}, {}, {}};
        if (kind == pipeline::OutputKind::annotation) {
            output.value = output_line(in_, offset);
            output.value.pop_back();
        } else {
            output.headers = {{"prelabel.error.class", "deadline"}, {"prelabel.error.task_version", "v1"}};
        }
        publishing_.push_back(std::make_unique<Started<Result<>>>(loop_, run_->outbox().publish(std::move(output))));
        settle(loop_);
    }
    void close() {
        run_->source().stop();
        Started<void> closing(loop_, run_->outbox().close(TimePoint::max()));
        loop_.restart();
        loop_.run();
        ASSERT_TRUE(closing.done());
    }
    Result<> end() {
        close();
        auto ended = run_->finish();
        run_.reset();
        return ended;
    }
    /// In how many lines of both files each document is.
    [[nodiscard]] std::map<char, int> places() const {
        std::map<char, int> found;
        const std::string all = folder_.read("out.jsonl") + folder_.read("dead.jsonl");
        for (const char document : {'0', '1', '2', '3'}) {
            const std::string offset = std::string("\"offset\":") + document;
            for (auto at = all.find(offset); at != std::string::npos; at = all.find(offset, at + 1)) ++found[document];
        }
        return found;
    }

    Folder folder_;
    std::string in_;
    boost::asio::io_context loop_{1};
    sim::SimClock clock_;
    std::unique_ptr<LabelRun> run_;
    std::vector<std::unique_ptr<Started<Result<>>>> publishing_;
};

TEST_F(LabelRunAgainTest, WhatDiedOfItsDeadlineLeavesTheDeadLettersOnceItIsLabeled) {
    resume();
    EXPECT_THAT(offered(), ElementsAre(1, 3));
    EXPECT_EQ(run_->dead_letters_before(), (DeadLetterCounts{{"deadline", 1}, {"refused", 1}}));
    publish(1, pipeline::OutputKind::annotation);
    publish(3, pipeline::OutputKind::annotation);
    EXPECT_EQ(run_->dead_letters_before(), (DeadLetterCounts{{"deadline", 0}, {"refused", 1}}));
    EXPECT_EQ(folder_.read("dead.jsonl"), late() + refused()) << "until the run ends";
    EXPECT_TRUE(end().has_value());
    EXPECT_EQ(folder_.read("dead.jsonl"), refused());
    EXPECT_EQ(folder_.read("out.jsonl"), output_line(in_, 0) + output_line(in_, 1) + output_line(in_, 3));
}

TEST_F(LabelRunAgainTest, AnotherTaskIsRememberedOnceItHasWrittenARecord) {
    resume();
    EXPECT_TRUE(end().has_value());
    MadeWith other = ours;
    other.task_version = "v2";
    const auto remembers = [&] { return HasSubstr("\"version\": \"" + other.task_version + "\""); };
    resume({}, other);
    EXPECT_THAT(folder_.read("out.jsonl.prelabel.json"), Not(remembers()));
    EXPECT_THAT(offered(), ElementsAre(3));
    publish(3, pipeline::OutputKind::annotation);
    EXPECT_THAT(folder_.read("out.jsonl.prelabel.json"), remembers());
    EXPECT_TRUE(end().has_value());
}

TEST_F(LabelRunAgainTest, WhatDiesAgainHasOneLine) {
    resume();
    EXPECT_THAT(offered(), ElementsAre(1, 3));
    publish(1, pipeline::OutputKind::dead_letter);
    EXPECT_TRUE(end().has_value());
    EXPECT_THAT(folder_.read("dead.jsonl"), testing::StartsWith(refused()));
    EXPECT_EQ(places(), (std::map<char, int>{{'0', 1}, {'1', 1}, {'2', 1}}));
}

TEST_F(LabelRunAgainTest, AnInterruptedRunLosesNoDeadLetter) {
    resume({"deadline", "refused"});
    EXPECT_THAT(offered(), ElementsAre(1, 2, 3));
    EXPECT_TRUE(end().has_value());
    EXPECT_EQ(folder_.read("dead.jsonl"), late() + refused());
}

TEST_F(LabelRunAgainTest, NoFileStaysWhenNoDeadLetterDoes) {
    resume({"deadline", "refused"});
    EXPECT_THAT(offered(), ElementsAre(1, 2, 3));
    for (const Offset offset : {1, 2, 3}) publish(offset, pipeline::OutputKind::annotation);
    EXPECT_TRUE(end().has_value());
    EXPECT_FALSE(std::filesystem::exists(folder_.path("dead.jsonl")));
}

TEST_F(LabelRunAgainTest, GoesOnWhereAllHaveDied) {
    folder_.write("out.jsonl", "");
    folder_.write("dead.jsonl", late());
    resume();
    EXPECT_THAT(offered(), ElementsAre(0, 1, 2, 3));
    publish(1, pipeline::OutputKind::annotation);
    EXPECT_TRUE(end().has_value());
    EXPECT_EQ(places(), (std::map<char, int>{{'1', 1}}));
}

// As kill -9 leaves them after each step of a run that labels document 1 again.
TEST_F(LabelRunAgainTest, AfterACrashAtAnyStepEachDocumentIsInOnePlace) {
    const std::string again = late();
    const std::vector<std::pair<std::string, std::string>> steps = {
        {"", late() + refused()},                        // before its outcome
        {output_line(in_, 1), late() + refused()},       // its annotation is written
        {"", late() + refused() + again},                // or another dead letter
        {"", late() + refused() + again.substr(0, 40)},  // which is torn
        {output_line(in_, 1), refused()},                // the old line is out
    };
    for (const auto& [labeled, dead] : steps) {
        folder_.write("out.jsonl", output_line(in_, 0) + labeled);
        folder_.write("dead.jsonl", dead);
        folder_.write("dead.jsonl.prelabel.new", "half of a cop");
        resume();
        for (const auto offset : offered()) publish(offset, pipeline::OutputKind::annotation);
        ASSERT_TRUE(end().has_value());
        EXPECT_EQ(places(), (std::map<char, int>{{'0', 1}, {'1', 1}, {'2', 1}, {'3', 1}})) << labeled << dead;
        EXPECT_EQ(folder_.read("dead.jsonl"), refused());
        std::filesystem::remove(folder_.path("dead.jsonl.prelabel.new"));
    }
}

TEST_F(LabelRunAgainTest, ADeadLetterThatCannotBeTakenOutIsTakenOutByTheNextRun) {
    std::filesystem::create_directory(folder_.path("dead.jsonl.prelabel.new"));
    resume();
    EXPECT_THAT(offered(), ElementsAre(1, 3));
    publish(1, pipeline::OutputKind::annotation);
    publish(3, pipeline::OutputKind::annotation);
    const auto failed = end();
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("dead.jsonl: cannot be written anew"));
    EXPECT_EQ(folder_.read("dead.jsonl"), late() + refused());
    std::filesystem::remove(folder_.path("dead.jsonl.prelabel.new"));
    resume();
    EXPECT_EQ(run_->dead_letters_before(), (DeadLetterCounts{{"refused", 1}}));
    EXPECT_THAT(offered(), IsEmpty());
    EXPECT_TRUE(end().has_value());
    EXPECT_EQ(folder_.read("dead.jsonl"), refused());
}

}  // namespace
}  // namespace prelabel::files
