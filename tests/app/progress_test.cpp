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
    config::Settings settings;
    pipeline::Stats stats;
    files::ReadProgress read;

    ProgressLine() {
        settings.endpoint.limits.requests_per_minute = 0;
        settings.endpoint.limits.tokens_per_minute = 0;
        settings.endpoint.price.input_per_mtok = 1;
    }

    std::unique_ptr<Progress> progress() {
        return std::make_unique<Progress>(clock, settings, [this] { return Progress::Now{read, &stats}; });
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
    EXPECT_EQ(line_after(10s), "[######..................] 25%  ETA 0:30  5 documents  0.5/s  $0.1235");
}

TEST_F(ProgressLine, HasNoBarWhenNobodyKnowsHowMuchThereIs) {
    read = {.bytes_read = 50, .bytes_total = 0, .records = 10};
    stats.documents_complete = 20;
    EXPECT_EQ(line_after(10s), "20 documents  2.0/s  $0.0000");
}

TEST_F(ProgressLine, IsFullAtTheEndAndPromisesNothingMore) {
    read = {.bytes_read = 100, .bytes_total = 100, .records = 8};
    stats.documents_complete = 8;
    EXPECT_EQ(line_after(4s), "[########################] 100%  8 documents  2.0/s  $0.0000");
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
    EXPECT_EQ(line_after(10s), "[########################] 100%  4 documents  0.4/s  $0.0000  3 dead-lettered");
}

TEST_F(ProgressLine, WhatEarlierRunsDidIsDoneButTookNoneOfOurTime) {
    read = {.bytes_read = 50, .bytes_total = 100, .records = 5, .skipped = 5};
    stats.documents_complete = 3;
    EXPECT_EQ(line_after(10s), "[#########...............] 40%  ETA 0:40  3 documents  0.3/s  $0.0000  5 done before");
}

TEST_F(ProgressLine, WritesLongTimesWithHours) {
    read = {.bytes_read = 100, .bytes_total = 100, .records = 1'000};
    stats.documents_complete = 20;
    EXPECT_THAT(line_after(10s), HasSubstr("ETA 8:10  "));
    EXPECT_THAT(line_after(100s), HasSubstr("ETA 1:21:40  "));
}

TEST_F(ProgressLine, PromisesNoEndBeforeAHundredthIsDone) {
    read = {.bytes_read = 100, .bytes_total = 100, .records = 1'000};
    stats.documents_complete = 5;
    EXPECT_THAT(line_after(10s), Not(HasSubstr("ETA")));
    stats.documents_complete = 0;
    EXPECT_EQ(line_after(10s), "[........................] 0%  0 documents  0.0/s  $0.0000");
}

TEST_F(ProgressLine, SaysThatTheCostIsUnknownWithoutAPrice) {
    settings.endpoint.price = {};
    EXPECT_THAT(line_after(1s), EndsWith("  cost unknown (llm.price)"));
    settings.endpoint.price.output_per_mtok = 2;
    EXPECT_THAT(line_after(1s), EndsWith("  $0.0000"));
}

TEST_F(ProgressLine, SaysWhyItIsPausedWithoutASecret) {
    keep_secret("progress-k3y-9f1", "${KEY}");
    stats.paused = true;
    stats.pause_reason = "HTTP 401 for progress-k3y-9f1";
    EXPECT_THAT(line_after(1s), EndsWith("  PAUSED: HTTP 401 for ${KEY}"));
}

TEST_F(ProgressLine, SaysWhichShareOfTheQuotaIsReserved) {
    settings.endpoint.limits.requests_per_minute = 60;
    stats.calls[llm::ReplyClass::answered] = 2;
    stats.calls[llm::ReplyClass::overloaded] = 1;
    stats.calls_in_flight = 2;
    EXPECT_THAT(line_after(10s), HasSubstr("/s  quota reserved 50%  $")) << "of what ten seconds let through";
    EXPECT_THAT(line_after(100s), HasSubstr("quota reserved 5%"));
    settings.endpoint.limits.tokens_per_minute = 1'000;
    stats.reserved_tokens = 800;
    EXPECT_THAT(line_after(60s), HasSubstr("quota reserved 80%")) << "the one that is used up most";
    settings.endpoint.limits.requests_per_minute = 0;
    EXPECT_THAT(line_after(60s), HasSubstr("quota reserved 80%"));
    settings.endpoint.limits.tokens_per_minute = 0;
    EXPECT_THAT(line_after(60s), Not(HasSubstr("quota")));
}

TEST_F(ProgressLine, ElsewhereThanOnATerminalComesEveryTenSeconds) {
    const FakeStderr standard_error(false);
    const auto shown = progress();
    advance(9'999ms);
    EXPECT_EQ(standard_error.taken(), "");
    advance(2ms);
    EXPECT_EQ(standard_error.taken(), "0 documents  0.0/s  $0.0000\n");
    advance(9s);
    EXPECT_EQ(standard_error.taken(), "");
    stats.documents_complete = 40;
    advance(1s);
    EXPECT_EQ(standard_error.taken(), "40 documents  2.0/s  $0.0000\n") << "what is true now";
    shown->clear();
    EXPECT_EQ(standard_error.taken(), "") << "there is nothing to make room for";
}

TEST_F(ProgressLine, OnATerminalIsDrawnOverItself) {
    const FakeStderr standard_error(true);
    const auto shown = progress();
    advance(201ms);
    EXPECT_EQ(standard_error.taken(), "\r\033[K0 documents  0.0/s  $0.0000");
    stats.documents_complete = 2;
    advance(200ms);
    EXPECT_EQ(standard_error.taken(), "\r\033[K2 documents  5.0/s  $0.0000");
    shown->clear();
    EXPECT_EQ(standard_error.taken(), "\r\033[K");
    shown->finish();
    EXPECT_EQ(standard_error.taken(), "\r\033[K2 documents  5.0/s  $0.0000\r\n");
}

TEST_F(ProgressLine, EndsWithItsLastPictureAndIsSilentThen) {
    const FakeStderr standard_error(false);
    auto shown = progress();
    shown->finish();
    EXPECT_EQ(standard_error.taken(), "0 documents  0.0/s  $0.0000\n");
    advance(60s);
    EXPECT_EQ(standard_error.taken(), "");
    shown = progress();
    shown.reset();
    advance(60s);
    EXPECT_EQ(standard_error.taken(), "") << "nobody draws for a run that is gone";
}

}  // namespace
}  // namespace prelabel::app
