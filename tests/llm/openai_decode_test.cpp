#include <prelabel/base/rng.hpp>
#include <prelabel/llm/openai_codec.hpp>

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

// 1994-11-06 08:49:07 UTC, half a minute before the date of RFC 9110's examples.
constexpr WallTime now{std::chrono::seconds(784'111'747)};

const OpenAiCodec& codec() {
    static const OpenAiCodec instance(ModelSettings{}, {}, "{}");
    return instance;
}

HttpReply reply(int status, std::string_view body) {
    return {.status = status,
            .content_type = "application/json",
            .retry_after = {},
            .retry_after_ms = {},
            .should_retry = {},
            .body = body};
}

Completion completed(std::string_view body) {
    const CallOutcome outcome = codec().decode(reply(200, body), now);
    const auto* completion = std::get_if<Completion>(&outcome);
    EXPECT_NE(completion, nullptr) << body;
    return completion == nullptr ? Completion{} : *completion;
}

CallFailure failed(const HttpReply& http) {
    const CallOutcome outcome = codec().decode(http, now);
    const auto* failure = std::get_if<CallFailure>(&outcome);
    EXPECT_NE(failure, nullptr) << http.body;
    return failure == nullptr ? CallFailure{} : *failure;
}

ReplyClass failure_class(int status, std::string_view body) { return failed(reply(status, body)).reply; }

const std::string openai_body =
    R"({"id":"chatcmpl-B9MBs8","object":"chat.completion","created":1741569952,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"{\"entities\":[{\"label\":\"PER\",\"text\":\"Zo\u00eb 🎉\"}]}","refusal":null,"annotations":[]},)"
    R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":212,"completion_tokens":31,"total_tokens":243,)"
    R"("prompt_tokens_details":{"cached_tokens":128,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"cached_tokens":7}},)"
    R"("service_tier":"default","system_fingerprint":"fp_1"})";

TEST(OpenAiDecode, ReadsOpenAi) {
    const Completion done = completed(openai_body);
    EXPECT_EQ(done.response_id, "chatcmpl-B9MBs8");
    EXPECT_EQ(done.content, R"({"entities":[{"label":"PER","text":"Zoë 🎉"}]})");
    EXPECT_EQ(done.finish, FinishReason::stop);
    EXPECT_EQ(done.usage.requests, 1U);
    EXPECT_EQ(done.usage.input_tokens, 212U);
    EXPECT_EQ(done.usage.cached_input_tokens, 128U);
    EXPECT_EQ(done.usage.output_tokens, 31U);
}

TEST(OpenAiDecode, ReadsOtherServers) {
    const std::vector<std::string> bodies = {
        // vLLM
        R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",)"
        R"("reasoning_content":null,"content":"{}","tool_calls":[]},"logprobs":null,"finish_reason":"stop","stop_reason":null}],)"
        R"("usage":{"prompt_tokens":7,"total_tokens":9,"completion_tokens":2,"prompt_tokens_details":null},"prompt_logprobs":null})",
        // Ollama
        R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"llama3","system_fingerprint":"fp_ollama","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":"{}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}})"
        "\n",
        // llama.cpp: usage first, timings, floating-point counts
        R"({"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"{}"}}],"created":1,"model":"m",)"
        R"("usage":{"completion_tokens":2.0,"prompt_tokens":7.0,"total_tokens":9},"id":"chatcmpl-1","timings":{"prompt_ms":1.5e1}})",
        // LiteLLM in front of a model that speaks in parts
        R"({"id":"chatcmpl-1","choices":[{"finish_reason":"stop","message":{"content":[{"type":"thinking","text":"hm"},{"text":"{","type":"text"},)"
        R"({"type":"text","text":"}"}],"role":"assistant","provider_specific_fields":{"content":"no"}}},{"message":{"content":"second choice"}}],)"
        R"("usage":{"completion_tokens":2,"prompt_tokens":7,"cache_read_input_tokens":0},"error":null})",
    };
    for (const std::string& body : bodies) {
        const Completion done = completed(body);
        EXPECT_EQ(done.response_id, "chatcmpl-1") << body;
        EXPECT_EQ(done.content, "{}") << body;
        EXPECT_EQ(done.finish, FinishReason::stop) << body;
        EXPECT_EQ(done.usage.input_tokens, 7U) << body;
        EXPECT_EQ(done.usage.output_tokens, 2U) << body;
        EXPECT_EQ(done.usage.cached_input_tokens, 0U) << body;
    }
}

TEST(OpenAiDecode, LeavesEmptyWhatAServerLeavesOut) {
    const Completion bare = completed(R"({"choices":[{"message":{"content":"{}"}}]})");
    EXPECT_EQ(bare.content, "{}");
    EXPECT_EQ(bare.finish, FinishReason::stop);
    EXPECT_EQ(bare.usage.input_tokens, 0U);
    EXPECT_TRUE(bare.response_id.empty());
    EXPECT_EQ(completed(R"({"choices":[{"message":{"content":null}}],"usage":null})").content, "");
    EXPECT_EQ(completed(R"({"choices":[{"message":{}}]})").content, "");
    EXPECT_EQ(completed(R"({"choices":[{}]})").content, "");
    EXPECT_EQ(
        completed(
            R"({"id":7,"choices":[{"message":{"content":"{}"}}],"usage":{"prompt_tokens":-5,"completion_tokens":"x"}})")
            .usage.input_tokens,
        0U);
}

TEST(OpenAiDecode, NeverTakesMoreCachedTokensThanInputTokens) {
    const Completion odd = completed(
        R"({"choices":[{}],"usage":{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":50}}})");
    EXPECT_EQ(odd.usage.cached_input_tokens, 5U);
}

TEST(OpenAiDecode, ToldFailuresInsideA200) {
    const auto finish = [](const std::string& reason) {
        return completed(R"({"choices":[{"message":{"content":"{\"ent"},"finish_reason":)" + reason + "}]}").finish;
    };
    EXPECT_EQ(finish(R"("length")"), FinishReason::length);
    EXPECT_EQ(finish(R"("max_tokens")"), FinishReason::length);
    EXPECT_EQ(finish(R"("content_filter")"), FinishReason::content_filter);
    EXPECT_EQ(finish(R"("tool_calls")"), FinishReason::other);
    EXPECT_EQ(finish("null"), FinishReason::stop);
    EXPECT_EQ(
        completed(R"({"choices":[{"message":{"content":null,"refusal":"I cannot"},"finish_reason":"stop"}]})").finish,
        FinishReason::refusal);
    EXPECT_EQ(completed(R"({"choices":[{"message":{"content":"{}","refusal":""},"finish_reason":"stop"}]})").finish,
              FinishReason::stop);
}

TEST(OpenAiDecode, A200WithoutACompletionIsMalformed) {
    const std::vector<std::string> bodies = {"",
                                             " ",
                                             "{}",
                                             "null",
                                             "[]",
                                             "7",
                                             "OK",
                                             "<html><body>proxy</body></html>",
                                             R"({"choices":[]})",
                                             R"({"choices":null})",
                                             R"({"choices":["text"]})",
                                             openai_body.substr(0, openai_body.size() - 1),
                                             openai_body + "}",
                                             openai_body + std::string(1, '\0') + "garbage",
                                             openai_body.substr(0, 200),
                                             "{\"choices\":[{\"message\":{\"content\":\"\xff\"}}]}",
                                             std::string(10'000, '['),
                                             R"({"choices":[{"message":)" + std::string(10'000, '[')};
    for (const std::string& body : bodies)
        EXPECT_EQ(failure_class(200, body), ReplyClass::malformed_reply) << body.substr(0, 80);
    EXPECT_EQ(failure_class(204, ""), ReplyClass::malformed_reply);
    EXPECT_EQ(failure_class(101, ""), ReplyClass::malformed_reply);
}

TEST(OpenAiDecode, AGatewaysErrorInsideA200CountsByItsOwnCode) {
    EXPECT_EQ(failure_class(200, R"({"error":{"message":"upstream","code":429}})"), ReplyClass::throttled);
    EXPECT_EQ(failure_class(200, R"({"error":{"message":"upstream","code":502}})"), ReplyClass::overloaded);
    EXPECT_EQ(failure_class(200, R"({"error":{"message":"upstream","code":402}})"), ReplyClass::out_of_money);
    EXPECT_EQ(failure_class(200, R"({"error":{"message":"upstream"}})"), ReplyClass::malformed_reply);
}

struct Failure {
    int status;
    const char* body;
    ReplyClass expected;
};

class Failures : public testing::TestWithParam<Failure> {};

TEST_P(Failures, HaveTheirClass) {
    EXPECT_EQ(failure_class(GetParam().status, GetParam().body), GetParam().expected) << GetParam().body;
}

INSTANTIATE_TEST_SUITE_P(
    OpenAiDecode, Failures,
    testing::Values(
        Failure{
            429,
            R"({"error":{"message":"Rate limit reached","type":"tokens","param":null,"code":"rate_limit_exceeded"}})",
            ReplyClass::throttled},
        Failure{429, "", ReplyClass::throttled}, Failure{429, "slow down", ReplyClass::throttled},
        Failure{429,
                R"({"error":{"message":"x","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})",
                ReplyClass::out_of_money},
        Failure{429, R"({"error":{"type":"insufficient_quota"}})", ReplyClass::out_of_money},
        Failure{429, R"({"error":{"code":"credit_balance_exhausted"}})", ReplyClass::out_of_money},
        Failure{429, R"({"error":{"code":"project_spend_limit_exceeded"}})", ReplyClass::out_of_money},
        Failure{429, R"({"error":{"code":"organization_usage_limit_exceeded"}})", ReplyClass::out_of_money},
        Failure{400, R"({"error":{"type":"enforced_spend_limit_reached"}})", ReplyClass::out_of_money},
        Failure{403, R"({"error":{"code":"billing_not_active"}})", ReplyClass::out_of_money},
        Failure{400, R"({"error":{"message":"over","type":"budget_exceeded","param":null,"code":"400"}})",
                ReplyClass::out_of_money},
        Failure{402, R"({"error":{"message":"Insufficient Balance"}})", ReplyClass::out_of_money},
        Failure{401, R"({"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}})",
                ReplyClass::unauthorized},
        Failure{403, R"({"detail":"Forbidden"})", ReplyClass::unauthorized},
        Failure{401, R"({"error":"Unauthorized"})", ReplyClass::unauthorized},
        Failure{404, R"({"error":{"message":"model not found","code":"model_not_found"}})", ReplyClass::model_missing},
        Failure{404, R"({"detail":"Not Found"})", ReplyClass::model_missing},
        Failure{405, "", ReplyClass::model_missing},
        Failure{400, R"({"error":{"code":"model_not_found"}})", ReplyClass::model_missing},
        Failure{301, "moved", ReplyClass::model_missing}, Failure{308, "", ReplyClass::model_missing},
        Failure{
            400,
            R"({"error":{"message":"x","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})",
            ReplyClass::context_length},
        Failure{
            400,
            R"({"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400})",
            ReplyClass::context_length},
        Failure{
            400,
            R"({"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}})",
            ReplyClass::context_length},
        Failure{
            400,
            R"({"error":{"message":"litellm.ContextWindowExceededError: …","type":null,"param":null,"code":"400"}})",
            ReplyClass::context_length},
        Failure{400, "maximum context length exceeded", ReplyClass::context_length},
        Failure{413, "<html>too large</html>", ReplyClass::context_length},
        Failure{400,
                R"({"error":{"message":"filtered","type":null,"param":"prompt","code":"content_filter","status":400}})",
                ReplyClass::content_filter},
        Failure{400, R"({"error":{"code":"content_policy_violation"}})", ReplyClass::content_filter},
        Failure{400,
                R"({"error":{"message":"bad","type":"invalid_request_error","param":"response_format","code":null}})",
                ReplyClass::rejected},
        Failure{422, R"({"detail":[{"loc":["body","messages"],"msg":"field required"}]})", ReplyClass::rejected},
        Failure{400, "", ReplyClass::rejected}, Failure{418, "{}", ReplyClass::rejected},
        Failure{408, "", ReplyClass::overloaded}, Failure{409, "", ReplyClass::overloaded},
        Failure{500, "Internal Server Error", ReplyClass::overloaded},
        Failure{502, "<html>Bad Gateway</html>", ReplyClass::overloaded},
        Failure{503, R"({"error":{"message":"overloaded","code":"503"}})", ReplyClass::overloaded},
        Failure{529, R"({"error":{"type":"overloaded_error"}})", ReplyClass::overloaded},
        Failure{500, R"({"error":"insufficient_quota"})", ReplyClass::overloaded}));

TEST(OpenAiDecode, TheServersWordOnRetryingCounts) {
    const auto with = [](int status, std::string_view should_retry) {
        HttpReply http = reply(status, "{}");
        http.should_retry = should_retry;
        return failed(http).reply;
    };
    EXPECT_EQ(with(400, "true"), ReplyClass::overloaded);
    EXPECT_EQ(with(400, "True"), ReplyClass::overloaded);
    EXPECT_EQ(with(503, "false"), ReplyClass::rejected);
    EXPECT_EQ(with(409, "false"), ReplyClass::rejected);
    EXPECT_EQ(with(503, "true"), ReplyClass::overloaded);
    EXPECT_EQ(with(429, "true"), ReplyClass::throttled);
    EXPECT_EQ(with(429, "false"), ReplyClass::out_of_money) << "a pause loses no document";
    EXPECT_EQ(with(401, "true"), ReplyClass::unauthorized);
    EXPECT_EQ(with(503, "maybe"), ReplyClass::overloaded);
}

TEST(OpenAiDecode, ReadsHowLongToWait) {
    using std::chrono::milliseconds;
    using std::chrono::minutes;
    using std::chrono::seconds;
    const auto wait = [](std::string_view retry_after, std::string_view in_ms = {}) {
        HttpReply http = reply(429, "{}");
        http.retry_after = retry_after;
        http.retry_after_ms = in_ms;
        return failed(http).retry_after;
    };
    EXPECT_EQ(wait(""), std::nullopt);
    EXPECT_EQ(wait("2"), seconds(2));
    EXPECT_EQ(wait(" 0.25 "), milliseconds(250));
    EXPECT_EQ(wait("0"), seconds(0));
    EXPECT_EQ(wait("20", "1500"), milliseconds(1'500)) << "milliseconds come first";
    EXPECT_EQ(wait("20", "soon"), seconds(20));
    EXPECT_EQ(wait("Sun, 06 Nov 1994 08:49:37 GMT"), seconds(30));
    EXPECT_EQ(wait("Sunday, 06-Nov-94 08:49:37 GMT"), seconds(30));
    EXPECT_EQ(wait("Sun Nov  6 08:49:37 1994"), seconds(30));
    EXPECT_EQ(wait("Sun, 06 Nov 1994 08:00:00 GMT"), seconds(0)) << "past";
    EXPECT_EQ(wait("Sun, 06 Nov 2044 08:00:00 GMT"), minutes(10)) << "capped";
    EXPECT_EQ(wait("86400"), minutes(10)) << "capped";
    EXPECT_EQ(wait("1e300"), minutes(10)) << "capped";
    for (const char* garbage : {"-1", "-0.5", "soon", "1s", "nan", "inf", "1e999", "0x10", "--", "Nov",
                                "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
                                "Sun, 06 Now 1994 08:49:37 GMT", "99999999999999999999999999 Nov", "1 2 3 4"})
        EXPECT_EQ(wait(garbage), std::nullopt) << garbage;
}

TEST(OpenAiDecode, MessagesNameStatusAndCodesButNeverTheProvidersText) {
    const CallFailure failure = failed(reply(
        400,
        R"({"error":{"message":"Invalid prompt: Rosebud","type":"invalid_request_error","param":"messages[0].content","code":"bad_prompt"}})"));
    EXPECT_EQ(failure.message, "HTTP 400, code bad_prompt, type invalid_request_error, param messages[0].content");
    EXPECT_EQ(failure.http_status, 400);
    EXPECT_TRUE(failure.sent);
    for (const char* body :
         {R"({"error":{"code":"the text was Rosebud"}})", R"({"error":"Rosebud"})", R"({"detail":"Rosebud"})",
          "Rosebud", R"({"object":"error","message":"Rosebud","type":"Rosebud in Xanadu"})"})
        for (const int status : {200, 400, 429, 500})
            EXPECT_EQ(failed(reply(status, body)).message.find("Rosebud"), std::string::npos) << body;
}

TEST(OpenAiDecode, MutatedBodiesNeverCrashAndStayWhatTheyCanBe) {
    Rng rng(1'234);
    const std::vector<std::string> seeds = {
        openai_body, R"({"error":{"message":"m","type":"t","param":null,"code":"rate_limit_exceeded"}})",
        R"({"choices":[{"message":{"content":[{"type":"text","text":"{}"}]}}]})"};
    int completions = 0;
    for (int round = 0; round < 40'000; ++round) {
        std::string body = seeds[rng.below(seeds.size())];
        for (auto edits = 1 + rng.below(3); edits > 0 && !body.empty(); --edits) {
            const auto at = rng.below(body.size());
            switch (rng.below(4)) {
                case 0:
                    body[at] = static_cast<char>(rng.below(256));
                    break;
                case 1:
                    body.erase(at, 1 + rng.below(4));
                    break;
                case 2:
                    body.insert(at, body.substr(rng.below(body.size()), rng.below(30)));
                    break;
                default:
                    body.resize(body.size() - rng.below(3));
            }
        }
        const bool success = rng.chance(0.7);
        const CallOutcome outcome =
            codec().decode(reply(success ? 200 : 400 + static_cast<int>(rng.below(200)), body), now);
        if (const auto* completion = std::get_if<Completion>(&outcome)) {
            ASSERT_TRUE(success);
            ASSERT_LE(completion->content.size(), body.size());
            ASSERT_LE(completion->usage.cached_input_tokens, completion->usage.input_tokens);
            ++completions;
        } else {
            ASSERT_NE(std::get<CallFailure>(outcome).reply, ReplyClass::answered);
        }
    }
    EXPECT_GT(completions, 1'000);
}

}  // namespace
}  // namespace prelabel::llm
