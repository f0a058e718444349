#include "cpu_time.hpp"
#include "packing.hpp"
#include "source_fixture.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

namespace prelabel::files {
namespace {

TEST_F(FileSourceTest, AssignsItsFilesThenReadsThemOneAfterTheOtherAndEnds) {
    const auto a = folder_.write("a.jsonl", lines(2));
    const auto empty = folder_.write("empty.jsonl", "");
    const auto b = folder_.write("b.jsonl", lines(1));
    open({a, empty, b});
    source_->grant({a, 0}, 10);
    source_->grant({b, 0}, 10);
    const auto event = next();
    const auto& records = std::get<Batch>(event).records;
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[1].origin.partition.topic, a);
    EXPECT_EQ(records[2].origin.partition.topic, b);
    EXPECT_EQ(records[2].origin.offset, 0);
    EXPECT_TRUE(std::holds_alternative<Ended>(next()));
    EXPECT_TRUE(std::holds_alternative<Ended>(next()));
    EXPECT_EQ(order_.waiting(), 3U);
}

TEST_F(FileSourceTest, ReadsNoMoreThanItsCredit) {
    const auto a = folder_.write("a.jsonl", lines(5));
    open({a});
    source_->grant({a, 0}, 2);
    EXPECT_THAT(offsets(), ElementsAre(0, 1));
    Started waiting(loop_, source_->next(wide));
    settle(loop_);
    EXPECT_FALSE(waiting.done());
    source_->grant({"unknown", 0}, 5);
    settle(loop_);
    EXPECT_FALSE(waiting.done());
    source_->grant({a, 0}, 1);
    settle(loop_);
    ASSERT_TRUE(waiting.done());
    EXPECT_EQ(std::get<Batch>(*waiting.result()).records.at(0).origin.offset, 2);
}

TEST_F(FileSourceTest, EndsWithoutCreditForWhatIsNotThere) {
    const auto a = folder_.write("a.jsonl", lines(1));
    open({a});
    source_->grant({a, 0}, 1);
    EXPECT_THAT(offsets(), ElementsAre(0));
    EXPECT_TRUE(std::holds_alternative<Ended>(next()));
}

TEST_F(FileSourceTest, ABatchStopsAtTheRecordThatReachesTheRoom) {
    const auto a = folder_.write("a.jsonl", lines(6));
    open({a});
    source_->grant({a, 0}, 100);
    Record one;
    one.value = R"({"n":0})";
    EXPECT_THAT(offsets({2, 1U << 20}), ElementsAre(0, 1));
    EXPECT_THAT(offsets({100, one.bytes() + 1}), ElementsAre(2, 3));
    EXPECT_THAT(offsets({100, 1}), ElementsAre(4));
}

TEST_F(FileSourceTest, WithoutRoomItWaitsToBeNudged) {
    const auto a = folder_.write("a.jsonl", lines(2));
    open({a});
    source_->grant({a, 0}, 100);
    source_->nudge();  // nobody waits: the next one does not
    EXPECT_THAT(std::get<Batch>(next({0, 100})).records, IsEmpty());
    for (const auto full : {Room{0, 100}, Room{100, 0}}) {
        Started waiting(loop_, source_->next(full));
        settle(loop_);
        EXPECT_FALSE(waiting.done());
        source_->grant({a, 0}, 1);
        settle(loop_);
        EXPECT_FALSE(waiting.done());
        source_->nudge();
        settle(loop_);
        ASSERT_TRUE(waiting.done());
        EXPECT_THAT(std::get<Batch>(*waiting.result()).records, IsEmpty());
    }
    EXPECT_THAT(offsets(), ElementsAre(0, 1));
}

TEST_F(FileSourceTest, SkipsWhatIsFinishedAndKeepsTheOffsetsOfTheRest) {
    const auto a = folder_.write("a.jsonl", lines(5000));
    FinishedRecords finished;
    for (Offset offset = 0; offset < 5000; ++offset)
        if (offset != 7 && offset != 4999) finished.add(a, offset);
    open({a}, finished);
    source_->grant({a, 0}, 100);
    EXPECT_THAT(offsets(), ElementsAre(7));
    EXPECT_THAT(offsets(), ElementsAre(4999));
    EXPECT_TRUE(std::holds_alternative<Ended>(next()));
    EXPECT_EQ(source_->progress().skipped, 4998U);
    EXPECT_EQ(source_->progress().records, 2U);
    EXPECT_EQ(source_->progress().bytes_read, source_->progress().bytes_total);
}

TEST_F(FileSourceTest, StopEndsAWaitForCredit) {
    const auto a = folder_.write("a.jsonl", lines(5));
    open({a});
    Started waiting(loop_, source_->next(wide));
    settle(loop_);
    EXPECT_FALSE(order_.stopped());
    source_->stop();
    EXPECT_TRUE(order_.stopped()) << "so that nothing waits for outputs that will not come";
    source_->stop();
    settle(loop_);
    ASSERT_TRUE(waiting.done());
    EXPECT_EQ(waiting.result().error().fault, Fault::cancelled);
    EXPECT_EQ(finish(loop_, source_->next(wide)).error().fault, Fault::cancelled);
}

TEST_F(FileSourceTest, WaitsForAPipeWithoutBlockingTheLoop) {
    const auto pipe = folder_.path("pipe.jsonl");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int keeps_it_open = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(keeps_it_open, 0);
    open({pipe});
    source_->grant({pipe, 0}, 10);
    Started waiting(loop_, source_->next(wide));
    settle(loop_);
    EXPECT_FALSE(waiting.done());
    ASSERT_EQ(::write(keeps_it_open, "{}\n{}\n", 6), 6);
    loop_.restart();
    loop_.run();
    ASSERT_TRUE(waiting.done());
    EXPECT_EQ(std::get<Batch>(*waiting.result()).records.size(), 2U);

    Started stopped(loop_, source_->next(wide));
    settle(loop_);
    EXPECT_FALSE(stopped.done());
    source_->stop();
    settle(loop_);
    ASSERT_TRUE(stopped.done());
    EXPECT_EQ(stopped.result().error().fault, Fault::cancelled);
    EXPECT_EQ(source_->progress().bytes_total, 0U);
    ::close(keeps_it_open);
}

TEST_F(FileSourceTest, HalfALineInAPipeBlocksNothing) {
    const auto pipe = folder_.path("pipe.jsonl");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    open({pipe});  // nobody writes to it yet
    source_->grant({pipe, 0}, 10);
    Started waiting(loop_, source_->next(wide));
    settle(loop_);
    const int writer = ::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(writer, 0);
    ASSERT_EQ(::write(writer, "{\"a\":", 5), 5);
    settle(loop_);
    EXPECT_FALSE(waiting.done());
    source_->stop();
    settle(loop_);
    ASSERT_TRUE(waiting.done());
    EXPECT_EQ(waiting.result().error().fault, Fault::cancelled);
    ::close(writer);
}

TEST_F(FileSourceTest, ALineWithoutEndGivesOthersTheirTurn) {
    const auto a = folder_.write("a.jsonl", std::string(20U << 20, 'x') + "\n{}\n");
    open({a});
    source_->grant({a, 0}, 10);
    Started waiting(loop_, source_->next(wide));
    loop_.restart();
    loop_.run_one();
    EXPECT_FALSE(waiting.done());
    loop_.run();
    ASSERT_TRUE(waiting.done());
    EXPECT_EQ(std::get<Batch>(*waiting.result()).records.size(), 2U);  // the long one is cut
}

TEST_F(FileSourceTest, RefusesInputsThatAreNotThereBeforeAnythingIsRead) {
    const auto a = folder_.write("a.jsonl", lines(1));
    const auto message = [&](std::vector<Input> inputs) {
        auto opened = FileSource::open(std::move(inputs), {}, order_);
        EXPECT_TRUE(opened.has_error());
        EXPECT_EQ(opened.error().fault, Fault::config);
        return opened.error().message;
    };
    EXPECT_THAT(message({{a, FileFormat::jsonl}, {folder_.path("none"), FileFormat::jsonl}}),
                HasSubstr("No such file"));
    EXPECT_THAT(message({{folder_.path(""), FileFormat::jsonl}}), HasSubstr("is a directory"));
}

TEST_F(FileSourceTest, HowFarItHasReadStaysKnownWhenItIsClosedInTheMiddle) {
    const std::vector<std::pair<std::string, std::string>> contents = {
        {"a.jsonl", lines(20'000)}, {"b.jsonl.gz", gzipped(lines(20'000))}, {"c.jsonl", lines(3)}};
    std::vector<std::string> paths;
    for (const auto& [name, content] : contents) paths.push_back(folder_.write(name, content));
    for (const auto& first : {std::vector{paths[0], paths[2]}, {paths[1], paths[2]}, {paths[2], paths[0], paths[1]}}) {
        order_ = {};
        open(first);
        for (const auto& path : first) source_->grant({path, 0}, 90);
        while (source_->progress().records < 90) EXPECT_FALSE(offsets().empty());
        source_->stop();
        const auto before = source_->progress();
        EXPECT_GT(before.bytes_read, 0U);
        EXPECT_LT(before.bytes_read, before.bytes_total);
        for (int times = 0; times < 2; ++times) finish(loop_, source_->close(TimePoint::max()));
        EXPECT_EQ(source_->progress().bytes_read, before.bytes_read);
        EXPECT_EQ(source_->progress().bytes_total, before.bytes_total);
        EXPECT_FALSE(source_->progress().ended);
    }
}

TEST_F(FileSourceTest, WhatIsReadAheadOfTheRecordsCountsOnceTheyAreThere) {
    const auto a = folder_.write("a.jsonl", lines(20'000));
    open({a});
    source_->grant({a, 0}, 50);
    EXPECT_EQ(offsets().size(), 50U);
    EXPECT_LE(source_->progress().bytes_read, lines(51).size()) << "and one that waits for credit";
    EXPECT_GE(source_->progress().bytes_read, lines(50).size());
}

TEST_F(FileSourceTest, AGrantCostsTheSameAmongManyInputs) {
    const auto a = folder_.write("a.jsonl", lines(1));
    const auto grants_among = [&](std::size_t count) {
        std::vector<Input> inputs;
        for (std::size_t i = 0; i < count; ++i)
            inputs.push_back({a, FileFormat::jsonl, "documents/" + std::to_string(i)});
        const auto opened = FileSource::open(inputs, {}, order_);
        return cpu_seconds([&] {
            for (std::size_t i = 0; i < 20'000; ++i) (*opened)->grant({inputs[i % count].name, 0}, 1);
        });
    };
    EXPECT_LT(grants_among(5'000), 10 * grants_among(50));
}

TEST_F(FileSourceTest, ReleaseNeedsNothing) {
    const auto a = folder_.write("a.jsonl", lines(1));
    open({a});
    finish(loop_, source_->release({{a, 0}}));
    finish(loop_, source_->close(TimePoint::max()));
}

}  // namespace
}  // namespace prelabel::files
