#include "llm_sim/command_line.hpp"

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using namespace std::chrono_literals;

Invocation read(std::vector<std::string> arguments) {
    auto result = read_command_line(std::move(arguments));
    if (const auto* exit = std::get_if<EarlyExit>(&result)) {
        ADD_FAILURE() << exit->text;
        return {};
    }
    return std::get<Invocation>(std::move(result));
}

EarlyExit leave(std::vector<std::string> arguments) {
    auto result = read_command_line(std::move(arguments));
    if (!std::holds_alternative<EarlyExit>(result)) {
        ADD_FAILURE() << "was accepted";
        return {};
    }
    return std::get<EarlyExit>(result);
}

TEST(CommandLine, HasDefaultsThatAnswerAtOnceAndWithoutLimits) {
    const Invocation invocation = read({});
    EXPECT_EQ(invocation.address, "127.0.0.1");
    EXPECT_EQ(invocation.port, 0);
    EXPECT_EQ(invocation.settings.latency_median, 0s);
    EXPECT_EQ(invocation.settings.requests_per_minute, 0U);
    EXPECT_TRUE(invocation.settings.faults.empty());
    EXPECT_TRUE(invocation.settings.api_key.empty());
    EXPECT_FALSE(invocation.settings.quota_exhausted_after.has_value());
}

TEST(CommandLine, ListsThePersonalitiesAndNamesTheNearest) {
    const EarlyExit list = leave({"--personality", "list"});
    EXPECT_EQ(list.status, 0);
    EXPECT_EQ(list.text, personality_table());
    const EarlyExit wrong = leave({"--personality", "gemni"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_NE(wrong.text.find("did you mean \"gemini\"?"), std::string::npos) << wrong.text;
}

TEST(CommandLine, ReadsEveryOption) {
    const Invocation invocation = read({"--listen",
                                        "[::1]:8089",
                                        "--seed",
                                        "7",
                                        "--labeler",
                                        "gold",
                                        "--gold",
                                        "g.jsonl",
                                        "--error-rate",
                                        "0.1",
                                        "--latency-median",
                                        "200ms",
                                        "--latency-sigma",
                                        "0.6",
                                        "--requests-per-minute",
                                        "60",
                                        "--tokens-per-minute",
                                        "9000",
                                        "--fault",
                                        "429=0.05",
                                        "--fault",
                                        "reset=0.01",
                                        "--script",
                                        "s.jsonl",
                                        "--api-key",
                                        "k",
                                        "--port-file",
                                        "p",
                                        "--quota-exhausted-after",
                                        "0",
                                        "--context-tokens",
                                        "4096",
                                        "--model",
                                        "a",
                                        "--model",
                                        "b",
                                        "--retry-after",
                                        "1.5s",
                                        "--drip-interval",
                                        "1ms",
                                        "--personality",
                                        "ollama",
                                        "--queue",
                                        "3"});
    EXPECT_EQ(invocation.address, "::1");
    EXPECT_EQ(invocation.port, 8089);
    EXPECT_EQ(invocation.gold_file, "g.jsonl");
    EXPECT_EQ(invocation.script_file, "s.jsonl");
    EXPECT_EQ(invocation.port_file, "p");
    const Settings& settings = invocation.settings;
    EXPECT_EQ(settings.personality->name, "ollama");
    EXPECT_EQ(settings.queue, 3U);
    EXPECT_EQ(settings.seed, 7U);
    EXPECT_DOUBLE_EQ(settings.error_rate, 0.1);
    EXPECT_EQ(settings.latency_median, 200ms);
    EXPECT_DOUBLE_EQ(settings.latency_sigma, 0.6);
    EXPECT_EQ(settings.requests_per_minute, 60U);
    EXPECT_EQ(settings.tokens_per_minute, 9'000U);
    ASSERT_EQ(settings.faults.size(), 2U);
    EXPECT_EQ(settings.faults[0].kind, FaultKind::throttled);
    EXPECT_DOUBLE_EQ(settings.faults[1].rate, 0.01);
    EXPECT_EQ(settings.api_key.reveal(), "k");
    EXPECT_EQ(settings.quota_exhausted_after, 0U);
    EXPECT_EQ(settings.context_tokens, 4'096U);
    EXPECT_EQ(settings.models, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(settings.retry_after, 1500ms);
    EXPECT_EQ(settings.drip_interval, 1ms);
}

TEST(CommandLine, EndsWithHelpAndVersion) {
    const EarlyExit help = leave({"--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.text.find("simulated"), std::string::npos) << "it says what it is";
    EXPECT_NE(help.text.find("--requests-per-minute"), std::string::npos);
    const EarlyExit version = leave({"--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_TRUE(version.text.starts_with("llm-sim ")) << version.text;
}

TEST(CommandLine, RefusesWrongUsageWithAHint) {
    const EarlyExit unknown = leave({"--fault", "tuncated=0.1"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_NE(unknown.text.find("did you mean \"truncated\"?"), std::string::npos) << unknown.text;
    for (const std::vector<std::string>& wrong :
         std::vector<std::vector<std::string>>{{"--fault", "429"},
                                               {"--fault", "429=x"},
                                               {"--fault", "429=2"},
                                               {"--fault", "ok=0.5"},
                                               {"--fault", "429=0.6", "--fault", "500=0.6"},
                                               {"--latency-median", "fast"},
                                               {"--latency-median", "-1s"},
                                               {"--listen", "8089"},
                                               {"--listen", "127.0.0.1:99999"},
                                               {"--listen", ":80"},
                                               {"--error-rate", "1.5"},
                                               {"--labeler", "oracle"},
                                               {"--labeler", "gold"},
                                               {"--seed", "x"},
                                               {"--nonsense"}}) {
        EXPECT_EQ(leave(wrong).status, 2) << wrong.back();
    }
}

TEST(CommandLine, ReadsDurationsWithTheirUnit) {
    EXPECT_EQ(parse_duration("0"), 0s);
    EXPECT_EQ(parse_duration("250us"), 250us);
    EXPECT_EQ(parse_duration("1.5s"), 1500ms);
    EXPECT_EQ(parse_duration("2m"), 2min);
    for (const std::string_view wrong : {"", "5", "s", "1.2.3s", "1h", "1e3s", "99999999999s"})
        EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace prelabel::llm_sim
