#include "files.hpp"

#include <prelabel/base/rng.hpp>

#include <array>
#include <string_view>

#include <gmock/gmock.h>

namespace prelabel::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Mistakes : public ConfigFiles {};

/// What somebody types, where it is seen, and what is said about it.
struct Mistake {
    const char* from;
    const char* to;
    const char* place;
    const char* says;
};

constexpr Mistake mistakes[] = {
    {"gpt-4o-mini", "\"\"", "c.yaml:14:10: llm.model: ", "is empty; expected a text"},
    {"gpt-4o-mini", "", "c.yaml:14:3: llm.model: ", "has no value; expected a text"},
    {"gpt-4o-mini", "[a, b]", "c.yaml:14:10: llm.model: ", "found a list; expected a text"},
    {"gpt-4o-mini", "{a: b}", "c.yaml:14:10: llm.model: ", "found a mapping; expected a text"},
    {"provider: openai", "provider: opnai",
     "c.yaml:12:13: llm.provider: ", "found \"opnai\"; did you mean `openai`? Expected openai"},
    {"provider: openai", "provider: azure", "c.yaml:12:13: llm.provider: ", "`azure` is not available in this version"},
    {"base_url: https:", "base_url: ftp:", "c.yaml:13:13: llm.base_url: ", "expected an address such as https://"},
    {"api.openai.com/v1/", "", "c.yaml:13:13: llm.base_url: ", "expected an address such as https://"},
    {"5000", "-1", "c.yaml:16:33: llm.limits.requests_per_minute: ", "found \"-1\"; expected an integer from 0"},
    {"5000", "5e3", "c.yaml:16:33: llm.limits.requests_per_minute: ", "found \"5e3\"; expected an integer"},
    {"5000", "\"5000\"", "c.yaml:16:33: llm.limits.requests_per_minute: ", "remove the quotes"},
    {"5000", "99999999999999999999", "c.yaml:16:33: llm.limits.requests_per_minute: ", "expected an integer"},
    {"2000000", "2048",
     "c.yaml:16:58: llm.limits.tokens_per_minute: ", "used up by one answer: providers count llm.max_out"},
    {"connect: 5s", "connect: 5",
     "c.yaml:17:22: llm.timeout.connect: ", "found \"5\"; expected a duration such as 250ms"},
    {"connect: 5s", "connect: 5 sec", "c.yaml:17:22: llm.timeout.connect: ", "expected a duration"},
    {"connect: 5s", "connect: 2h", "c.yaml:17:22: llm.timeout.connect: ", "from 1ms to 10m"},
    {"connect: 5s", "connect: -5s", "c.yaml:17:22: llm.timeout.connect: ", "expected a duration"},
    {"idle: 30s", "idle: 10m", "c.yaml:17:32: llm.timeout.idle: ", "longer than llm.timeout.total"},
    {"max_attempts: 6", "max_attempts: 0", "c.yaml:18:25: llm.retry.max_attempts: ", "from 1 to 1000"},
    {"0.15", "0,15", "", "llm.price"},
    {"0.15", "cheap", "c.yaml:19:27: llm.price.input_per_mtok: ", "found \"cheap\"; expected a number from 0"},
    {"0.15", "nan", "c.yaml:19:27: llm.price.input_per_mtok: ", "expected a number"},
    {"format: json", "format: jsonl",
     "c.yaml:8:11: input.format: ", "did you mean `json`? Expected one of json or text"},
    {"format: json", "format: json\n  drain_timeout: 5m", "c.yaml:9:18: input.drain_timeout: ", "max.poll.interval.ms"},
    {"/body/text", "/a~b", "c.yaml:9:9: input.text: ", "write `~` as ~0"},
    {"127.0.0.1:9464", "9464", "c.yaml:23:17: admin.listen: ", "expected host:port"},
    {"127.0.0.1:9464", "localhost:99999", "c.yaml:23:17: admin.listen: ", "expected host:port"},
    {"127.0.0.1:9464", "::1:9464", "c.yaml:23:17: admin.listen: ", "[::1]:9464"},
    {"delivery: at_least_once", "delivery: at_most_once",
     "c.yaml:22:13: output.delivery: ", "did you mean `at_least_once`?"},
    {"llm:\n", "ledger: {path: /x}\nllm:\n",
     "c.yaml:11:1: ledger: ", "is not a known key; expected one of task, input, llm"},
    {"  model:", "  max_in_flight: 9\n  model:", "c.yaml:14:3: llm.max_in_flight: ",
     "did you mean `llm.limits.max_in_flight`?"},
    {"  model:", "  \"limits.max_in_flight\": 9\n  model:", "c.yaml:14:3: llm.limits.max_in_flight: ",
     "is not a known key"},
    {"  model:", "  Model: x\n  model:", "c.yaml:14:3: llm.Model: ", "did you mean `model`?"},
    {"  model:", "  model: a\n  model:", "c.yaml:15:3: model: ",
     "is given twice in the same mapping, first on line 14"},
    {"max_in_flight: 512", "max_in_flight: ${N}",
     "c.yaml:16:", "is not valid YAML: end of map flow not found; inside { } and [ ] put a value with ${…} in quotes"},
    {"limits: {", "limits: 5 #", "c.yaml:16:11: llm.limits: ", "found \"5\"; expected a mapping"},
    {"properties: {", "properties: [] #",
     "c.yaml:7:17: input.kafka.properties: ", "found a list; expected a mapping of names"},
    {"SASL_SSL", "[a]", "c.yaml:7:37: input.kafka.properties.security.protocol: ", "is not a text"},
    {"\"${KAFKA_PASSWORD}\"", "\"${KAFKA PASSWORD}\"",
     "c.yaml:7:62: input.kafka.properties.sasl.password: ", "does not name an environment variable"},
    {"\"${KAFKA_PASSWORD}\"", "\"${KAFKA\"", "c.yaml:7:62: input.kafka.properties.sasl.password: ", "`${` without `}`"},
    {"task: tasks/news-ner.yaml\n", "", "c.yaml:1:1: task: ", "is missing; expected the path of a file"},
    {"  model: gpt-4o-mini\n", "", "c.yaml:12:3: llm.model: ", "is missing"},
    {"  model:", "\tmodel:", "c.yaml:", "is not valid YAML"},
    {"{listen:", "{listen", "c.yaml:", "admin"},
    {"admin: {", "admin: [", "c.yaml:", ""},
    {"admin:", "---\nadmin:", "c.yaml:24:1: ", "a second YAML document starts here"},
};

TEST_F(Mistakes, AreEachToldWithPlaceKeyAndExpectation) {
    for (const auto& mistake : mistakes) {
        SCOPED_TRACE(std::string(mistake.from) + " -> " + mistake.to);
        const auto text = complaints(config_with(mistake.from, mistake.to));
        EXPECT_THAT(text, StartsWith(mistake.place));
        EXPECT_THAT(text, HasSubstr(mistake.says));
        EXPECT_NE(text, "");
    }
}

TEST_F(Mistakes, InTheFileItselfAreToldToo) {
    EXPECT_THAT(complaints(""), HasSubstr("c.yaml: is empty"));
    EXPECT_THAT(complaints("just words"), HasSubstr("c.yaml:1:1: found \"just words\"; expected a mapping"));
    EXPECT_THAT(complaints("- a\n- b\n"), HasSubstr("c.yaml:1:1: found a list; expected a mapping"));
    EXPECT_THAT(complaints("task: x\nllm: \xff\n"), HasSubstr("c.yaml:2:6: is not valid UTF-8"));
    EXPECT_THAT(complaints(std::string("task: x\nl\0lm: y\n", 16)), HasSubstr("c.yaml:2:2: holds a NUL byte"));
    EXPECT_THAT(complaints(std::string(2U << 20, '#')), HasSubstr("c.yaml: is larger than 1 MiB"));
    EXPECT_THAT(complaints("? [a]\n: b\n"), HasSubstr("a key must be a word"));
}

TEST_F(Mistakes, OfDepthAndRepetitionStayCheap) {
    EXPECT_THAT(complaints("a: " + std::string(100, '[') + std::string(100, ']')),
                HasSubstr("nested deeper than 64 levels"));
    EXPECT_NE(complaints("a: " + std::string(100'000, '[')), "");
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string previous = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + previous;
        for (int j = 0; j < 9; ++j) bomb += ", " + previous;
        bomb += "]\n";
    }
    EXPECT_THAT(complaints(bomb), HasSubstr("holds more than 100,000 values"));
    EXPECT_THAT(complaints("a: &a [*a]\n"), HasSubstr("an alias stands inside its own anchor"));
}

TEST_F(Mistakes, AliasesThatAreHonestWork) {
    write("c.yaml", config_with("gpt-4o-mini", "&m gpt-4o-mini") + "log: {level: info}\n");
    EXPECT_TRUE(loaded());
    write("c.yaml",
          changed(config_with("topic: raw-documents", "topic: &t raw-documents"), "group: prelabel", "group: *t"));
    const auto result = loaded();
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->input.group, "raw-documents");
}

// A valid file, damaged at random: whatever comes, the end is settings or a list of problems with places.
TEST_F(Mistakes, AtRandomNeverEndInACrash) {
    constexpr std::array<std::string_view, 14> pieces{"{",  "}",   "[",  "]",  ":",  "\n",     "  ",
                                                      "- ", "&a ", "*a", "\"", "${", "!!int ", "|\n"};
    Rng rng(20'261'123);
    std::size_t refused = 0;
    for (int round = 0; round < 800; ++round) {
        std::string text = config_yaml;
        for (auto edits = 1 + rng.below(4); edits > 0; --edits) {
            const auto at = rng.below(text.size());
            switch (rng.below(4)) {
                case 0:
                    text.erase(at, 1 + rng.below(12));
                    break;
                case 1:
                    text.insert(at, pieces[rng.below(pieces.size())]);
                    break;
                case 2:
                    text[at] = static_cast<char>(rng.below(256));
                    break;
                default:
                    text.insert(at, text.substr(rng.below(text.size()), rng.below(40)));
            }
        }
        write("c.yaml", text);
        const auto result = loaded();
        if (result) continue;
        ++refused;
        ASSERT_FALSE(result.error().list.empty()) << text;
        for (const auto& problem : result.error().list) ASSERT_FALSE(problem.what.empty()) << text;
        ASSERT_EQ(to_string(result.error()).find("hunter2"), std::string::npos) << text;
    }
    EXPECT_GT(refused, 500U) << "the mutations must reach the checks";
}

}  // namespace
}  // namespace prelabel::config
