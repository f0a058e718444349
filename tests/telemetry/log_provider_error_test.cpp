#include <prelabel/base/redaction.hpp>
#include <prelabel/telemetry/log.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The line of a failure about which the provider says this.
std::string line_of(Settings settings, std::string_view words) {
    std::ostringstream out;
    Log log(settings, out, [] { return TimePoint{}; });
    log.error("paused", {{"reason", "HTTP 400"}, LogField::provider_error(words), {"after", 1}});
    EXPECT_EQ(log.recent_troubles().back().fields, R"({"reason":"HTTP 400","after":1})") << "the status page shows it";
    EXPECT_EQ(std::ranges::count(out.str(), '\n'), 1) << "a line break in a value must not begin a new line";
    return out.str();
}

TEST(ProviderErrors, AreWrittenOnlyWhereTheyAreWantedAndNeverKept) {
    keep_secret("logged-9d\"17e2", "${LOGGED}");
    for (const auto format : {LogFormat::json, LogFormat::text}) {
        EXPECT_THAT(line_of({format, LogLevel::info}, "no to Ada"), Not(HasSubstr("provider_error")));
        EXPECT_THAT(line_of({format, LogLevel::info, true}, ""), Not(HasSubstr("provider_error")));
        EXPECT_THAT(line_of({format, LogLevel::info, true}, "no to Ada\nfor logged-9d\"17e2"),
                    HasSubstr(R"(no to Ada\nfor ${LOGGED})"));
    }
}

}  // namespace
}  // namespace prelabel::telemetry
