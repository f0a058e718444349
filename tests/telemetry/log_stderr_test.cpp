#include "fake_stderr.hpp"

#include <prelabel/telemetry/log.hpp>

#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* escape = "\x1b[";

/// NO_COLOR is this while it lives; null: it is not set.
class NoColor {
public:
    explicit NoColor(const char* value) {
        if (const char* old = std::getenv("NO_COLOR")) old_ = old;
        set(value);
    }
    NoColor(const NoColor&) = delete;
    NoColor& operator=(const NoColor&) = delete;
    ~NoColor() { set(old_ ? old_->c_str() : nullptr); }

private:
    static void set(const char* value) { value ? ::setenv("NO_COLOR", value, 1) : ::unsetenv("NO_COLOR"); }
    std::optional<std::string> old_;
};

/// What a warning looks like there.
std::string warned(LogFormat format, bool terminal, const char* no_color = nullptr) {
    const NoColor environment(no_color);
    const FakeStderr standard_error(terminal);
    Log({format, LogLevel::info}).warning("paused", {{"reason", "wrong key"}});
    return standard_error.taken();
}

TEST(LogOnStandardError, IsJsonWhereNobodyWatches) {
    for (const auto format : {LogFormat::automatic, LogFormat::json}) {
        EXPECT_THAT(warned(format, false),
                    AllOf(StartsWith("{\"ts\":\""),
                          EndsWith("\"level\":\"warning\",\"event\":\"paused\",\"reason\":\"wrong key\"}\n")));
    }
}

TEST(LogOnStandardError, IsTextInColourOnATerminal) {
    const auto line = warned(LogFormat::automatic, true);
    EXPECT_THAT(line,
                AllOf(StartsWith(escape), HasSubstr("Z warning paused reason=\"wrong key\""), Not(HasSubstr("{"))));
    EXPECT_THAT(warned(LogFormat::text, true), StartsWith(escape));
}

TEST(LogOnStandardError, HasNoColourForThoseWhoWantNone) {
    EXPECT_THAT(warned(LogFormat::automatic, true, "1"),
                AllOf(Not(HasSubstr(escape)), HasSubstr("warning paused reason=\"wrong key\"")));
    EXPECT_THAT(warned(LogFormat::automatic, true, ""), HasSubstr(escape)) << "empty counts as not set: no-color.org";
}

TEST(LogOnStandardError, HasNoColourInAFileOrInJson) {
    EXPECT_THAT(warned(LogFormat::text, false), AllOf(Not(HasSubstr(escape)), EndsWith("reason=\"wrong key\"\n")));
    EXPECT_THAT(warned(LogFormat::json, true), StartsWith("{\"ts\":\"")) << "asked for, also on a terminal";
}

TEST(LogOnStandardError, WritesEachLineAtOnce) {
    const FakeStderr standard_error(false);
    Log log({LogFormat::json, LogLevel::debug});
    log.debug("first");
    EXPECT_THAT(standard_error.taken(), EndsWith("\"event\":\"first\"}\n"));
    log.error("second");
    EXPECT_THAT(standard_error.taken(), EndsWith("\"event\":\"second\"}\n")) << "the last words of a crash are there";
}

/// A log to which `broken` happens goes on, keeps its troubles, and writes again as soon as it can.
void survives(int broken) {
    Log log({LogFormat::json, LogLevel::info});
    {
        const StderrAt place(broken);
        for (int i = 0; i < 5; ++i) log.error("lost", {{"n", i}});
    }
    ASSERT_THAT(log.recent_troubles(), SizeIs(5));
    EXPECT_EQ(log.recent_troubles().back().fields, "{\"n\":4}") << "the status page still shows them";
    const FakeStderr standard_error(false);
    log.error("found");
    EXPECT_THAT(standard_error.taken(), AllOf(StartsWith("{\"ts\""), EndsWith("\"event\":\"found\"}\n")))
        << "a whole line, and nothing of those that were lost";
}

TEST(LogOnStandardError, SurvivesAFullDisk) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0) GTEST_SKIP() << "there is no /dev/full";
    survives(full);
    ::close(full);
}

TEST(LogOnStandardError, SurvivesThatItIsClosed) { survives(-1); }

TEST(LogOnStandardError, SurvivesAReaderThatWentAway) {
    const auto before = std::signal(SIGPIPE, SIG_IGN);  // as the program does
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ::close(ends[0]);
    survives(ends[1]);
    ::close(ends[1]);
    std::signal(SIGPIPE, before);
}

TEST(LogOnStandardError, CanBeginClosed) {
    std::optional<Log> log;
    {
        const StderrAt place(-1);
        log.emplace(Settings{});
        log->info("started");
    }
    const FakeStderr standard_error(false);
    log->info("assigned");
    EXPECT_THAT(standard_error.taken(), HasSubstr("\"event\":\"assigned\""));
    EXPECT_THAT(log->recent_troubles(), IsEmpty());
}

}  // namespace
}  // namespace prelabel::telemetry
