#include "codec_under_test.hpp"

#include <prelabel/base/rng.hpp>

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

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

TEST(OpenAiDecode, ReadsAReplyWithNumbersThatNoDoubleHolds) {
    const Completion done = completed(
        R"({"id":"a","metrics":{"perplexity":1e309,"seed":)" + std::string(400, '9') +
        R"(},"choices":[{"message":{"content":"{\"n\": 1e400}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":212,"completion_tokens":31}})");
    EXPECT_EQ(done.content, R"({"n": 1e400})") << "what stands in a text is no number";
    EXPECT_EQ(done.usage.input_tokens, 212U);
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

TEST(OpenAiDecode, TellsWhetherTheServerCountedTheAnswer) {
    const auto counted = [](const std::string& content, const std::string& usage) {
        return is_counted(completed(R"({"choices":[{"message":{"content":)" + content + "}}]" + usage + "}"));
    };
    EXPECT_TRUE(counted(R"("{}")", R"(,"usage":{"prompt_tokens":5,"completion_tokens":1})"));
    EXPECT_TRUE(counted("null", R"(,"usage":{"prompt_tokens":5,"completion_tokens":0})")) << "nothing was said";
    EXPECT_TRUE(counted("null", R"(,"usage":{"prompt_tokens":5})"));
    EXPECT_FALSE(counted(R"("{}")", ""));
    EXPECT_FALSE(counted(R"("{}")", R"(,"usage":null)"));
    EXPECT_FALSE(counted(R"("{}")", R"(,"usage":{"prompt_tokens":0,"completion_tokens":0})"));
    EXPECT_FALSE(counted(R"("{}")", R"(,"usage":{"prompt_tokens":5})")) << "a text has tokens";
    EXPECT_FALSE(counted(R"("{}")", R"(,"usage":{"completion_tokens":5})"));
}

TEST(OpenAiDecode, KeepsWhatAReplyWithoutAnAnswerCounts) {
    const auto usage = [](int status, const std::string& body) { return failed(reply(status, body)).usage; };
    const Usage counted{.requests = 1, .input_tokens = 212, .cached_input_tokens = 128, .output_tokens = 31};
    const std::string counts =
        R"("usage":{"prompt_tokens":212,"completion_tokens":31,"prompt_tokens_details":{"cached_tokens":128}})";
    EXPECT_EQ(usage(200, R"({"choices":[],)" + counts + "}"), counted);
    EXPECT_EQ(usage(200, R"({"error":{"code":502,"message":"upstream"},)" + counts + "}"), counted);
    EXPECT_EQ(usage(500, R"({"error":{"message":"x"},)" + counts + "}"), counted);
    EXPECT_EQ(usage(200, R"({"choices":[]})"), Usage{});
    EXPECT_EQ(usage(200, "{" + counts), Usage{}) << "half a body says nothing reliable";
    const Usage cut{.requests = 1, .uncounted = 1};
    EXPECT_EQ(usage(200, R"({"choices":[{"message":{"content":"{)"), cut) << "an answer all the same";
    EXPECT_EQ(usage(200, R"({"choices":[{"message":{"content":")"
                         "\xC3"
                         R"("}}],)" +
                             counts + "}"),
              cut);
    EXPECT_EQ(usage(502, R"({"choices":[{"mess)"), Usage{});
    EXPECT_EQ(usage(200, "<html>Log in</html>"), Usage{});
    EXPECT_EQ(usage(429, R"({"error":{"message":"x"}})"), Usage{});
    EXPECT_LE(usage(200, R"({"choices":[],"usage":{"prompt_tokens":99999999999}})").input_tokens, 20'000'000U);
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

TEST(OpenAiDecode, TakesNoAnswerFromAListAndNoFieldOfReasoning) {
    EXPECT_EQ(failure_class(200, R"([{"choices":[{"message":{"content":"{}"}}]}])"), ReplyClass::malformed_reply);
    const Completion done = completed(
        R"({"choices":[{"message":{"reasoning":"hm {}","reasoning_content":"hm {}","content":"{\"a\":1}"}}]})");
    EXPECT_EQ(done.content, R"({"a":1})");
}

TEST(OpenAiDecode, NamesThePlaceThatAWebFrameworkFindsWrong) {
    const auto failure = failed(reply(
        422,
        R"({"detail":[{"loc":["body","messages",0,"content"],"msg":"too short"},{"loc":["body","seed"],"msg":"x"}]})"));
    EXPECT_EQ(failure.parameter, "messages.content") << "the first one";
    EXPECT_EQ(failure.said, "too short");
    EXPECT_EQ(failed(reply(400, R"({"error":{"message":"x","param":"None"}})")).parameter, "") << "a word for nothing";
}

TEST(OpenAiDecode, CutsAPlainTextBetweenCharacters) {
    const auto failure = failed(reply(502, std::string(4'095, 'x') + "\xC3\xA9 and more"));
    EXPECT_EQ(failure.said, std::string(4'095, 'x'));
}

TEST(OpenAiDecode, DropsWhatIsNoText) {
    const Completion done =
        completed(R"({"id":"\udc00","choices":[{"message":{"content":"a \udc00 b"}}],"usage":{"prompt_tokens":9}})");
    EXPECT_EQ(done.content, "") << "an unpaired surrogate; what was paid is counted all the same";
    EXPECT_EQ(done.response_id, "");
    EXPECT_EQ(done.usage.input_tokens, 9U);
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
