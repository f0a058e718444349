// Long: one line, and all that it may have to say
#include "app/progress.hpp"

#include "../sim/sim_clock.hpp"
#include "../telemetry/fake_stderr.hpp"

#include <prelabel/base/redaction.hpp>

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class ProgressLine : public ::testing::Test {
protected:
    sim::SimClock clock;
    bool priced = true;
    pipeline::Stats stats;
    files::ReadProgress read;

    std::unique_ptr<Progress> progress() {
        return std::make_unique<Progress>(clock, priced, [this] { return Progress::Now{read, &stats}; });
    }

    void advance(Duration by) {
        bool there = false;
        async::Timer timer([&there] { there = true; });
        clock.arm(timer, clock.now() + by);
        while (!there) clock.jump();
    }

    /// The line after `time`, without its end.
    std::string line_after(Duration time) {
        const FakeStderr standard_error(false);
        const auto shown = progress();
        advance(time);
        static_cast<void>(standard_error.taken());
        shown->finish();
        std::string line = standard_error.taken();
        EXPECT_THAT(line, EndsWith("\n"));
        return line.substr(0, line.size() - 1);
    }
};

TEST_F(ProgressLine, SaysHowMuchIsDoneHowFastAndForHowMuch) {
    read = {.bytes_read = 50, .bytes_total = 100, .records = 10};
    stats.documents_complete = 4;
    stats.documents_partial = 1;
    stats.usage.cost_usd = 0.12345;
    EXPECT_EQ(line_after(10s), "[######..................] 25%  ETA 0:30  5 documents  0.5 docs/s  $0.1235");
}

TEST_F(ProgressLine, SaysThatItCostsMoreWhereNotAllTokensAreCounted) {
    stats.usage = {.requests = 2, .cost_usd = 0.12345, .uncounted = 1};
    EXPECT_THAT(line_after(10s), EndsWith("/s  cost at least $0.1235"));
    stats.usage = {.requests = 2, .uncounted = 2};
    EXPECT_THAT(line_after(10s), EndsWith("/s  cost unknown"));
    priced = false;
    EXPECT_THAT(line_after(10s), EndsWith("/s"));
}

TEST_F(ProgressLine, HasNoBarWhenNobodyKnowsHowMuchThereIs) {
    read = {.bytes_read = 50, .bytes_total = 0, .records = 10};
    stats.documents_complete = 20;
    EXPECT_EQ(line_after(10s), "20 documents  2.0 docs/s  $0.0000");
}

TEST_F(ProgressLine, IsFullAtTheEndAndPromisesNothingMore) {
    read = {.bytes_read = 100, .bytes_total = 100, .records = 8};
    stats.documents_complete = 8;
    EXPECT_EQ(line_after(4s), "[########################] 100%  8 documents  2.0 docs/s  $0.0000");
}

TEST_F(ProgressLine, MeasuresASelectionByItsDocuments) {
    read = {.bytes_read = 90, .bytes_total = 100, .records = 20, .skipped = 10, .wanted = 50};
    stats.documents_complete = 15;
    EXPECT_THAT(line_after(10s), HasSubstr("] 50%  ETA 0:17  15 documents  1.5 docs/s  $0.0000  10 done before"));
}

TEST_F(ProgressLine, SaysHowFarADrawIs) {
    read = {.bytes_read = 30, .bytes_total = 100, .wanted = 50};
    EXPECT_THAT(line_after(10s), EndsWith("drawing 50 documents, 30% of the input is read"));
}

TEST_F(ProgressLine, NeverSaysAHundredPercentBeforeTheEnd) {
    read = {.bytes_read = 1'000, .bytes_total = 1'000, .records = 1'000};
    stats.documents_complete = 999;
    EXPECT_THAT(line_after(10s), HasSubstr("] 99%  "));
}

TEST_F(ProgressLine, CountsADeadLetterAsADocumentThatIsOver) {
    read = {.bytes_read = 100, .bytes_total = 100, .records = 4};
    stats.documents_complete = 1;
    stats.dead_letters[pipeline::DeadLetterClass::malformed_input] = 2;
    stats.dead_letters[pipeline::DeadLetterClass::too_large] = 1;
    EXPECT_EQ(line_after(10s), "[########################] 100%  4 documents  0.4 docs/s  $0.0000  3 dead letters");
}

TEST_F(ProgressLine, WhatEarlierRunsDidIsDoneButTookNoneOfOurTime) {
    read = {.bytes_read = 50, .bytes_total = 100, .records = 5, .skipped = 5};
    stats.documents_complete = 3;
    EXPECT_EQ(line_after(10s),
              "[#########...............] 40%  ETA 0:40  3 documents  0.3 docs/s  $0.0000  5 done before");
}

TEST_F(ProgressLine, WritesLongTimesWithHours) {
    read = {.bytes_read = 100, .bytes_total = 100, .records = 1'000};
    stats.documents_complete = 20;
    EXPECT_THAT(line_after(10s), HasSubstr("ETA 8:10  "));
    EXPECT_THAT(line_after(59s), HasSubstr("ETA 48:11  "));
    stats.documents_complete = 11;
    EXPECT_THAT(line_after(59s), HasSubstr("ETA 1:28:25  "));
}

TEST_F(ProgressLine, TellsTheRateOfTheLastMinuteAndWhatItPromises) {
    read = {.bytes_read = 100, .bytes_total = 100, .records = 1'000};
    const FakeStderr standard_error(false);
    const auto shown = progress();
    stats.documents_complete = 600;
    advance(60s);
    static_cast<void>(standard_error.taken());
    stats.documents_complete = 660;
    advance(60s);
    EXPECT_THAT(standard_error.taken(), EndsWith("66%  ETA 5:40  660 documents  1.0 docs/s  $0.0000\n"))
        << "not the average of two minutes, 5.5 docs/s";
    advance(60s);
    EXPECT_THAT(standard_error.taken(), EndsWith("66%  660 documents  0.0 docs/s  $0.0000\n")) << "nothing moves";
    stats.documents_complete = 663;
    advance(60s);
    EXPECT_THAT(standard_error.taken(), EndsWith("663 documents  3.0 docs/min  $0.0000\n"));
}

TEST_F(ProgressLine, PromisesNoEndBeforeAHundredthIsDone) {
    read = {.bytes_read = 100, .bytes_total = 100, .records = 1'000};
    stats.documents_complete = 5;
    EXPECT_THAT(line_after(10s), Not(HasSubstr("ETA")));
    stats.documents_complete = 0;
    EXPECT_EQ(line_after(10s), "[........................] 0%  0 documents  0.0 docs/s  $0.0000");
}

TEST_F(ProgressLine, SaysNothingOfACostThatNobodyKnows) {
    priced = false;
    EXPECT_EQ(line_after(1s), "0 documents  0.0 docs/s");
}

TEST_F(ProgressLine, CountsOneAsOne) {
    stats.documents_complete = 1;
    stats.dead_letters[pipeline::DeadLetterClass::too_large] = 1;
    EXPECT_EQ(line_after(10s), "2 documents  0.2 docs/s  $0.0000  1 dead letter");
    stats.documents_complete = 0;
    EXPECT_THAT(line_after(10s), HasSubstr("1 document  "));
}

TEST_F(ProgressLine, SaysWhyItIsPausedWithoutASecret) {
    keep_secret("progress-k3y-9f1", "${KEY}");
    stats.paused = true;
    stats.pause_reason = "HTTP 401 for progress-k3y-9f1";
    EXPECT_THAT(line_after(1s), EndsWith("  PAUSED: HTTP 401 for ${KEY}"));
}

TEST_F(ProgressLine, SaysWhichShareOfTheQuotaIsReserved) {
    stats.requests_per_minute = 60;
    stats.calls_started = 5;
    stats.calls[llm::ReplyClass::answered] = 1;
    EXPECT_THAT(line_after(10s), HasSubstr("/s  quota reserved 50%  $")) << "of what ten seconds let through";
    EXPECT_THAT(line_after(60s), HasSubstr("quota reserved 8%"));
    stats.tokens_per_minute = 1'000;
    stats.reserved_tokens = 800;
    EXPECT_THAT(line_after(59s), HasSubstr("quota reserved 81%")) << "the one that is used up most";
    EXPECT_THAT(line_after(200s), HasSubstr("quota reserved 0%")) << "of the last minute";
    stats.requests_per_minute = 0;
    EXPECT_THAT(line_after(59s), HasSubstr("quota reserved 81%"));
    stats.tokens_per_minute = 0;
    EXPECT_THAT(line_after(59s), Not(HasSubstr("quota")));
}

TEST_F(ProgressLine, SaysHowLongItWaitsForTheFirstAnswer) {
    stats.calls_started = 4;
    EXPECT_THAT(line_after(500ms), Not(HasSubstr("waiting"))) << "a short wait is no news";
    EXPECT_THAT(line_after(14s), EndsWith("  waiting for the first answer, 14 s"));
    stats.calls[llm::ReplyClass::throttled] = 1;
    EXPECT_THAT(line_after(14s), EndsWith("  waiting for the first answer, 14 s; 1 call was refused (429)"));
    stats.calls[llm::ReplyClass::throttled] = 3;
    stats.calls[llm::ReplyClass::timed_out] = 1'200;
    EXPECT_THAT(line_after(14s), EndsWith("14 s; 3 calls were refused (429), 1,200 failed (timed_out)"));
    stats.calls[llm::ReplyClass::answered] = 1;
    EXPECT_THAT(line_after(14s), Not(HasSubstr("waiting")));
}

TEST_F(ProgressLine, SaysEarlyThatNothingAnswers) {
    const FakeStderr standard_error(false);
    const auto shown = progress();
    stats.calls_started = 4;
    advance(2s);
    EXPECT_EQ(standard_error.taken(), "0 documents  0.0 docs/s  $0.0000  waiting for the first answer, 2 s\n");
    advance(7s);
    EXPECT_EQ(standard_error.taken(), "");
    advance(1s);
    EXPECT_THAT(standard_error.taken(), EndsWith("  waiting for the first answer, 10 s\n"));
}

TEST_F(ProgressLine, ElsewhereThanOnATerminalComesEveryTenSeconds) {
    const FakeStderr standard_error(false);
    const auto shown = progress();
    advance(9'999ms);
    EXPECT_EQ(standard_error.taken(), "");
    advance(2ms);
    EXPECT_EQ(standard_error.taken(), "0 documents  0.0 docs/s  $0.0000\n");
    advance(9s);
    EXPECT_EQ(standard_error.taken(), "");
    stats.documents_complete = 40;
    advance(1s);
    EXPECT_EQ(standard_error.taken(), "40 documents  2.0 docs/s  $0.0000\n") << "what is true now";
    shown->clear();
    EXPECT_EQ(standard_error.taken(), "") << "there is nothing to make room for";
}

TEST_F(ProgressLine, OfAWorkerSaysItsLagAndWhatIsMissingAtItsOwnPace) {
    const FakeStderr standard_error(true);
    priced = false;
    std::optional<std::uint64_t> lag;
    std::string missing = "brokers kafka:9092 do not answer";
    const Progress shown(clock, priced, [&] { return Progress::Now{read, &stats, lag, missing}; }, 1s);
    advance(999ms);
    EXPECT_EQ(standard_error.taken(), "");
    advance(2ms);
    EXPECT_EQ(standard_error.taken(), "\r\033[K0 documents  0.0 docs/s  waiting: brokers kafka:9092 do not answer");
    lag = 1200;
    missing.clear();
    advance(1s);
    EXPECT_EQ(standard_error.taken(), "\r\033[K0 documents  0.0 docs/s  lag 1,200");
}

TEST_F(ProgressLine, OnATerminalIsDrawnOverItself) {
    const FakeStderr standard_error(true);
    const auto shown = progress();
    advance(201ms);
    EXPECT_EQ(standard_error.taken(), "\r\033[K0 documents  0.0 docs/s  $0.0000");
    stats.documents_complete = 2;
    advance(200ms);
    EXPECT_EQ(standard_error.taken(), "\r\033[K2 documents  5.0 docs/s  $0.0000");
    shown->clear();
    EXPECT_EQ(standard_error.taken(), "\r\033[K");
    shown->finish();
    EXPECT_EQ(standard_error.taken(), "\r\033[K2 documents  5.0 docs/s  $0.0000\r\n");
}

TEST_F(ProgressLine, FitsIntoItsTerminal) {
    read = {.bytes_read = 50, .bytes_total = 100, .records = 10, .skipped = 2};
    stats.documents_complete = 4;
    stats.calls_started = 5;
    stats.calls[llm::ReplyClass::answered] = 5;
    stats.requests_per_minute = 600;
    const FakeStderr standard_error(true);
    const auto shown = progress();
    const auto row = [&](unsigned short columns) {
        standard_error.resize(columns);
        static_cast<void>(standard_error.taken());
        advance(200ms);
        const std::string drawn = standard_error.taken();
        return drawn.substr(std::min(drawn.rfind('\r') + 4, drawn.size()));
    };
    advance(10s);
    EXPECT_EQ(
        row(120),
        "[######..................] 25%  ETA 0:46  4 documents  0.4 docs/s  quota reserved 5%  $0.0000  2 done before");
    EXPECT_EQ(row(100), "[######..................] 25%  ETA 0:47  4 documents  0.4 docs/s  $0.0000  2 done before");
    EXPECT_EQ(row(80), "[######..................] 25%  ETA 0:48  4 documents  0.4 docs/s  $0.0000");
    EXPECT_EQ(row(60), "25%  ETA 0:49  4 documents  $0.0000");
    EXPECT_EQ(row(40), "25%  ETA 0:50  4 documents  $0.0000");
    EXPECT_EQ(row(25), "25%  4 documents");
    EXPECT_EQ(row(5), "4 do");
    stats.paused = true;
    stats.pause_reason = "HTTP 401: the key is wrong";
    EXPECT_EQ(row(40), "PAUSED: HTTP 401: the key is wrong");
    EXPECT_EQ(row(20), "PAUSED: HTTP 401: t");
}

TEST_F(ProgressLine, ErasesWhatANarrowerTerminalHasWrapped) {
    const FakeStderr standard_error(true);
    standard_error.resize(80);
    const auto shown = progress();
    advance(201ms);
    EXPECT_EQ(standard_error.taken(), "\r\033[K0 documents  0.0 docs/s  $0.0000") << "33 columns";
    standard_error.resize(10);
    advance(200ms);
    EXPECT_EQ(standard_error.taken(), "\033[3A\r\033[J0 documen") << "four rows by then";
    shown->clear();
    EXPECT_EQ(standard_error.taken(), "\r\033[K");
}

TEST_F(ProgressLine, EndsWithItsLastPictureAndIsSilentThen) {
    const FakeStderr standard_error(false);
    auto shown = progress();
    shown->finish();
    EXPECT_EQ(standard_error.taken(), "0 documents  0.0 docs/s  $0.0000\n");
    advance(60s);
    EXPECT_EQ(standard_error.taken(), "");
    shown = progress();
    shown.reset();
    advance(60s);
    EXPECT_EQ(standard_error.taken(), "") << "nobody draws for a run that is gone";
}

}  // namespace
}  // namespace prelabel::app
