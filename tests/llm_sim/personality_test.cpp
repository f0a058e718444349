#include "llm_sim/personality.hpp"

#include "conversation.hpp"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string document = "Ada Lovelace met Charles Babbage in London.";

Settings as(std::string_view name) {
    Settings settings;
    settings.personality = find_personality(name);
    EXPECT_NE(settings.personality, nullptr) << name;
    return settings;
}

http::ServerReply ask(std::string_view personality, const std::string& more) {
    Conversation talk(as(personality));
    return talk.ask(document, more).reply;
}

constexpr const char* schema_format =
    R"(,"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{}}})";

/// What a personality is asked, and a part of its refusal; empty: it answers.
struct Shape {
    const char* personality;
    std::string more;
    int status;
    const char* says;
};

TEST(Personality, RefusesWhatItsModelRefusesInItsWords) {
    const std::vector<Shape> shapes = {
        {"openai", R"(,"temperature":0,"max_tokens":5,"seed":1)", 200, ""},
        {"gpt-4o", R"(,"temperature":0,"max_tokens":5)", 200, ""},
        {"gpt-4o", R"(,"reasoning_effort":"low")", 400, "Unrecognized request argument supplied: reasoning_effort"},
        {"gpt-5", R"(,"temperature":1)", 200, ""},
        {"gpt-5", R"(,"temperature":0)", 400, R"("param":"temperature","code":"unsupported_value")"},
        {"gpt-5", R"(,"max_tokens":5)", 400, "Use 'max_completion_tokens' instead."},
        {"gpt-5", R"(,"max_completion_tokens":50)", 200, ""},
        {"gpt-5.1", R"(,"temperature":0,"reasoning_effort":"none")", 200, ""},
        {"gpt-5.1", R"(,"temperature":0)", 400, R"("param":"temperature")"},
        {"gpt-5.6", R"(,"temperature":1)", 400, R"("param":"temperature","code":"unsupported_parameter")"},
        {"gpt-6", R"(,"reasoning_effort":"minimal")", 400, R"("param":"reasoning_effort")"},
        {"gpt-6", R"(,"reasoning_effort":"low")", 200, ""},
        {"azure", R"(,"max_tokens":5)", 400, R"({"error":{"code":"BadRequest","message":"Unsupported parameter)"},
        {"vllm-0.11", R"(,"guided_json":{})", 200, ""},
        {"vllm-0.12", R"(,"guided_json":{})", 400, R"("param":null,"code":400)"},
        {"llama-cpp-python", schema_format, 500, "'loc': ('body', 'response_format', 'type')"},
        {"llama-cpp-python", R"(,"response_format":{"type":"text"})", 200, ""},
        {"litellm", R"(,"temperature":0)", 400, R"("param":"None","code":"400")"},
        {"groq-flex", schema_format, 400, "response format `json_schema`"},
        {"gemini", R"(,"seed":1)", 400, R"([{"error":{"code":400,"message":"Invalid JSON payload)"},
        {"reasoning", R"(,"temperature":0)", 400, R"("param":"temperature")"},
    };
    for (const auto& [personality, more, status, says] : shapes) {
        const auto reply = ask(personality, more);
        EXPECT_EQ(reply.status, status) << personality << more;
        EXPECT_THAT(reply.body, HasSubstr(says)) << personality << more;
    }
}

TEST(Personality, CountsWhatItRefusedByName) {
    Conversation talk(as("gpt-5"));
    talk.ask(document, R"(,"temperature":0,"max_tokens":5)");
    talk.ask(document, R"(,"temperature":0)");
    talk.ask(document, R"(,"max_tokens":5)");
    EXPECT_EQ(talk.stats().number("/refused_parameters/temperature"), 2) << "the first rule that applies decides";
    EXPECT_EQ(talk.stats().number("/refused_parameters/max_tokens"), 1);
    EXPECT_EQ(talk.stats().number("/refused/request_shape"), 3);
}

TEST(Personality, ThinksWhereItsModelThinks) {
    const std::string answer = Json(ask("openai", "").body).text("/choices/0/message/content");
    EXPECT_EQ(Json(ask("think", "").body).text("/choices/0/message/content"),
              "<think>\n" + std::string(thoughts) + "\n</think>\n\n" + answer);
    for (const auto& [personality, field] : {std::pair{"reasoning", "reasoning"}, std::pair{"vllm-0.12", "reasoning"},
                                             std::pair{"vllm-0.11", "reasoning_content"}}) {
        const Json reply(ask(personality, "").body);
        EXPECT_EQ(reply.text("/choices/0/message/content"), answer);
        EXPECT_EQ(reply.text((std::string("/choices/0/message/") + field).c_str()), thoughts) << personality;
    }
}

http::ServerReply throttled(std::string_view personality) {
    Settings settings = as(personality);
    settings.retry_after = 58s;
    Conversation talk(settings);
    for (std::uint32_t i = 1; i < settings.personality->throttles_every; ++i)
        EXPECT_EQ(talk.ask(document, "").reply.status, 200);
    auto refused = talk.ask(document, "").reply;
    EXPECT_EQ(talk.ask(document, "").reply.status, 200) << "the next one has room";
    EXPECT_EQ(talk.stats().number("/refused/no_room"), 1);
    return refused;
}

TEST(Personality, SaysInItsOwnWayHowLongToWait) {
    const auto google = throttled("gemini");
    EXPECT_EQ(google.status, 429);
    EXPECT_EQ(Json(google.body).text("/0/error/details/1/retryDelay"), "58s");
    EXPECT_TRUE(google.headers.empty());
    const auto litellm = throttled("litellm");
    EXPECT_EQ(header(litellm, "llm_provider-retry-after"), "58");
    EXPECT_EQ(header(litellm, "retry-after"), "(none)");
    const auto flex = throttled("groq-flex");
    EXPECT_EQ(flex.status, 498);
    EXPECT_EQ(Json(flex.body).text("/error/code"), "capacity_exceeded");
    EXPECT_EQ(header(flex, "retry-after"), "(none)");
}

TEST(Personality, OllamaCutsAPromptToItsContextWithoutAWord) {
    Conversation talk(as("ollama"));
    std::string text = "Ada Lovelace is here. ";
    while (text.size() < 40'000) text += "Nothing of note happened on that day. ";
    text += "Charles Babbage is at the end.";
    const Json reply(talk.ask(text, "").reply.body);
    EXPECT_EQ(reply.number("/usage/prompt_tokens"), 4'096);
    EXPECT_THAT(reply.text("/choices/0/message/content"), HasSubstr("Ada Lovelace"));
    EXPECT_THAT(reply.text("/choices/0/message/content"), testing::Not(HasSubstr("Babbage")));
}

TEST(Personality, AFullQueueIsA503) {
    Settings settings = as("ollama");
    settings.queue = 1;
    Simulator simulator(settings, GoldBook(), FaultScript(), TimePoint(1h));
    const std::string body = request_body(document, "");
    const auto arrive = [&] {
        http::ServerRequest request;
        request.method = "POST";
        request.target = "/v1/chat/completions";
        request.body = body;
        return simulator.receive(request, TimePoint(1h), WallTime()).reply;
    };
    EXPECT_EQ(arrive().status, 200);
    EXPECT_EQ(arrive().status, 200);
    const auto refused = arrive();
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.body, HasSubstr("maximum pending requests exceeded"));
    simulator.leave();
    simulator.leave();
    EXPECT_EQ(arrive().status, 200);
}

TEST(Personality, EachHasANameOfItsOwnAndARowInTheManual) {
    std::set<std::string_view> names;
    for (const Personality& one : personalities()) EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_EQ(find_personality("gpt-4"), nullptr);
    const std::string path = PRELABEL_SOURCE_DIR "/docs/llm-sim.md";
    std::ifstream file(path);
    std::stringstream read;
    read << file.rdbuf();
    std::string manual = read.str();
    const auto begin = manual.find("| name | imitates |");
    ASSERT_NE(begin, std::string::npos);
    const auto end = manual.find("\n\n", begin) + 1;
    if (std::getenv("PRELABEL_UPDATE") != nullptr)
        std::ofstream(path) << manual.replace(begin, end - begin, personality_table());
    EXPECT_THAT(manual, HasSubstr(personality_table())) << "run this test with PRELABEL_UPDATE=1";
}

}  // namespace
}  // namespace prelabel::llm_sim
