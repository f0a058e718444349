#include "codec_under_test.hpp"

#include <prelabel/llm/cost.hpp>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

ShownLimits shown(std::string_view limit, std::string_view remaining, std::string_view reset) {
    const HttpReply http = reply(200, R"({"id":"a","choices":[{"message":{"content":"{}"},"finish_reason":"stop"}]})",
                                 {{"X-RateLimit-Limit-Requests", limit},
                                  {"X-RateLimit-Remaining-Requests", remaining},
                                  {"X-RateLimit-Reset-Requests", reset},
                                  {"X-RateLimit-Limit-Tokens", limit},
                                  {"X-RateLimit-Remaining-Tokens", remaining},
                                  {"X-RateLimit-Reset-Tokens", reset}});
    const CallOutcome outcome = codec().decode(http, now);
    return std::get<Completion>(outcome).limits;
}

TEST(ShownLimits, AreTheProvidersWhenWhatIsMissingFlowsBackInAMinute) {
    EXPECT_EQ(shown("500", "499", "120ms").requests_per_minute, 500U);
    EXPECT_EQ(shown("60000", "59000", "1s").tokens_per_minute, 60'000U);
    EXPECT_EQ(shown("500", "0", "1m0s").requests_per_minute, 500U);
}

TEST(ShownLimits, ADailyLimitIsNoneOfAMinute) {
    EXPECT_EQ(shown("10000", "9999", "8.64s").requests_per_minute, 0U);
    EXPECT_EQ(shown("200", "100", "12h0m0s").requests_per_minute, 0U);
}

TEST(ShownLimits, NothingIsTakenFromHeadersThatSayNothing) {
    for (const auto& [limit, remaining, reset] :
         std::initializer_list<std::array<const char*, 3>>{{"", "", ""},
                                                           {"-1", "-1", "0s"},
                                                           {"0", "0", "0s"},
                                                           {"500", "500", "0s"},
                                                           {"500", "499", "soon"},
                                                           {"500", "499", "120"},
                                                           {"500", "499", "-120ms"},
                                                           {"5e2", "499", "120ms"},
                                                           {"99999999999999999999999", "1", "1s"}})
        EXPECT_EQ(shown(limit, remaining, reset).requests_per_minute, 0U) << limit << ' ' << remaining << ' ' << reset;
}

TEST(ShownLimits, AreReadFromRefusalsToo) {
    const HttpReply http = reply(429, "",
                                 {{"X-RateLimit-Limit-Requests", "500"},
                                  {"X-RateLimit-Remaining-Requests", "0"},
                                  {"X-RateLimit-Reset-Requests", "59s"}});
    EXPECT_EQ(failed(http).limits.requests_per_minute, 500U);
}

TEST(Usage, ACountThatNoModelReachesIsCutAndMarked) {
    const auto completion = completed(
        R"({"id":"a","choices":[{"message":{"content":"{}"}}],"usage":{"prompt_tokens":18446744073709551615,)"
        R"("completion_tokens":18446744073709551615,"prompt_tokens_details":{"cached_tokens":18446744073709551615}}})");
    EXPECT_TRUE(completion.usage_malformed);
    EXPECT_LE(completion.usage.input_tokens, 20'000'000U);
    EXPECT_LE(completion.usage.cached_input_tokens, completion.usage.input_tokens);
    EXPECT_LE(cost_usd(completion.usage, {100, 100, 100}), 5'000);
    EXPECT_FALSE(
        completed(R"({"choices":[{"message":{"content":"{}"}}],"usage":{"prompt_tokens":1000000}})").usage_malformed);
}

}  // namespace
}  // namespace prelabel::llm
