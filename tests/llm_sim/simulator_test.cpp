#include "conversation.hpp"

#include <map>

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using namespace std::chrono_literals;

const std::string ada = "Ada Lovelace met Bob in London.";
const std::string ada_answer =
    R"({"entities":[{"label":"PER","text":"Ada Lovelace"},{"label":"PER","text":"Bob"},{"label":"LOC","text":"London"}]})";

TEST(Simulator, AnswersInTheProvidersEnvelope) {
    Conversation talk;
    const auto planned = talk.ask(ada);
    EXPECT_EQ(planned.reply.status, 200);
    EXPECT_EQ(planned.reply.content_type, "application/json");
    EXPECT_EQ(planned.latency, 0s);
    const Json json(planned.reply.body);
    EXPECT_EQ(json.text("/object"), "chat.completion");
    EXPECT_TRUE(json.text("/id").starts_with("chatcmpl-"));
    EXPECT_EQ(json.text("/model"), "gpt-4o-mini");
    EXPECT_EQ(json.number("/created"), 1'790'000'000);
    EXPECT_EQ(json.text("/choices/0/message/role"), "assistant");
    EXPECT_EQ(json.text("/choices/0/message/content"), ada_answer);
    EXPECT_TRUE(json.null("/choices/0/message/refusal"));
    EXPECT_EQ(json.text("/choices/0/finish_reason"), "stop");
    EXPECT_EQ(json.number("/usage/completion_tokens"), static_cast<std::int64_t>((ada_answer.size() + 3) / 4));
    EXPECT_EQ(json.number("/usage/total_tokens"),
              json.number("/usage/prompt_tokens") + json.number("/usage/completion_tokens"));
    EXPECT_EQ(json.number("/usage/prompt_tokens_details/cached_tokens"), 0);
}

TEST(Simulator, ServesItsPathsWithAndWithoutTheVersion) {
    Conversation talk;
    EXPECT_EQ(talk.send("POST", "/chat/completions", request_body(ada)).reply.status, 200);
    EXPECT_EQ(Json(talk.send("GET", "/v1/models").reply.body).text("/data/0/object"), "model");
    EXPECT_EQ(talk.send("GET", "/models/anything").reply.status, 200);
    EXPECT_EQ(talk.send("GET", "/healthz").reply.body, "ok\n");
    EXPECT_EQ(talk.send("GET", "/v1/chat/completions").reply.status, 405);
    const auto unknown = talk.send("POST", "/v1/embeddings", "{}").reply;
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(Json(unknown.body).text("/error/code"), "unknown_url");
}

TEST(Simulator, RefusesBadRequestsWithTheProvidersShape) {
    Conversation talk;
    const auto reply = talk.send("POST", "/v1/chat/completions", "{").reply;
    EXPECT_EQ(reply.status, 400);
    const Json json(reply.body);
    EXPECT_EQ(json.text("/error/type"), "invalid_request_error");
    EXPECT_TRUE(json.null("/error/param"));
    EXPECT_TRUE(json.null("/error/code"));
    EXPECT_EQ(talk.stats().number("/refused/bad_request"), 1);
}

TEST(Simulator, WantsItsKeyAndNeverRepeatsWhatItGot) {
    Settings settings;
    settings.api_key = Secret("right");
    Conversation talk(settings);
    const auto refused =
        talk.send("POST", "/v1/chat/completions", "{", {{"Authorization", "Bearer wrong-secret"}}).reply;
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(Json(refused.body).text("/error/code"), "invalid_api_key");
    EXPECT_EQ(refused.body.find("wrong-secret"), std::string::npos);
    EXPECT_EQ(talk.ask(ada).reply.status, 401);
    EXPECT_EQ(
        talk.send("POST", "/v1/chat/completions", request_body(ada), {{"authorization", "Bearer right"}}).reply.status,
        200);
    EXPECT_EQ(talk.stats().number("/refused/unauthorized"), 2);
}

TEST(Simulator, KnowsOnlyTheModelsItWasGiven) {
    Settings settings;
    settings.models = {"other"};
    Conversation talk(settings);
    EXPECT_EQ(talk.ask(ada).reply.status, 404);
    EXPECT_EQ(talk.send("GET", "/v1/models/gpt-4o-mini").reply.status, 404);
    EXPECT_EQ(Json(talk.send("GET", "/v1/models").reply.body).text("/data/0/id"), "other");
}

TEST(Simulator, RefusesWhatExceedsTheContext) {
    Settings settings;
    settings.context_tokens = 100;
    Conversation talk(settings);
    EXPECT_EQ(talk.ask(ada).reply.status, 200);
    const auto reply = talk.ask(ada, R"(,"max_tokens":80)").reply;
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(Json(reply.body).text("/error/code"), "context_length_exceeded");
}

TEST(Simulator, CutsAnAnswerAtItsMostTokens) {
    Conversation talk;
    const Json json(talk.ask(ada, R"(,"max_tokens":5)").reply.body);
    EXPECT_EQ(json.text("/choices/0/message/content"), ada_answer.substr(0, 20));
    EXPECT_EQ(json.text("/choices/0/finish_reason"), "length");
    EXPECT_EQ(json.number("/usage/completion_tokens"), 5);
}

TEST(Simulator, ChargesLessForAPrefixItHasSeen) {
    Conversation talk;
    const std::string body = R"({"model":"m","messages":[{"role":"system","content":")" + std::string(8'000, 'x') +
                             R"("},{"role":"user","content":"hello"}]})";
    const char* cached = "/usage/prompt_tokens_details/cached_tokens";
    EXPECT_EQ(Json(talk.send("POST", "/v1/chat/completions", body).reply.body).number(cached), 0);
    EXPECT_EQ(Json(talk.send("POST", "/v1/chat/completions", body).reply.body).number(cached), 1'920)
        << "2,007 in steps of 128";
}

TEST(Simulator, EnforcesRequestsPerMinuteWithTheProvidersHeaders) {
    Settings settings;
    settings.requests_per_minute = 2;
    Conversation talk(settings);
    const auto first = talk.ask(ada).reply;
    EXPECT_EQ(header(first, "x-ratelimit-limit-requests"), "2");
    EXPECT_EQ(header(first, "x-ratelimit-remaining-requests"), "1");
    EXPECT_EQ(header(first, "x-ratelimit-reset-requests"), "30s");
    EXPECT_EQ(header(first, "x-ratelimit-limit-tokens"), "(none)") << "not limited";
    talk.ask(ada);
    const auto refused = talk.ask(ada);
    EXPECT_EQ(refused.reply.status, 429);
    EXPECT_EQ(refused.latency, 0s);
    EXPECT_EQ(header(refused.reply, "retry-after"), "30");
    EXPECT_EQ(header(refused.reply, "retry-after-ms"), "30000");
    EXPECT_EQ(header(refused.reply, "x-ratelimit-remaining-requests"), "0");
    EXPECT_EQ(header(refused.reply, "x-ratelimit-reset-requests"), "1m0s");
    const Json json(refused.reply.body);
    EXPECT_EQ(json.text("/error/type"), "requests");
    EXPECT_EQ(json.text("/error/code"), "rate_limit_exceeded");
    EXPECT_TRUE(json.null("/error/param"));
    talk.now += 30s;
    EXPECT_EQ(talk.ask(ada).reply.status, 200);
    EXPECT_EQ(talk.stats().number("/refused/out_of_requests"), 1);
    EXPECT_EQ(talk.stats().number("/peak_in_60s/requests"), 4);
    EXPECT_EQ(talk.stats().number("/peak_in_60s/admitted"), 3);
    EXPECT_EQ(talk.stats().number("/admitted/requests"), 3);
    EXPECT_EQ(talk.stats().number("/admitted/tokens"), talk.stats().number("/peak_in_60s/tokens"));
}

TEST(Simulator, CountsTheMostThatMayBeAnsweredTowardsTokensPerMinute) {
    Settings settings;
    settings.tokens_per_minute = 1'000;
    Conversation talk(settings);
    EXPECT_EQ(talk.ask(ada, R"(,"max_tokens":900)").reply.status, 200);
    const auto refused = talk.ask(ada, R"(,"max_tokens":900)").reply;
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(Json(refused.body).text("/error/type"), "tokens");
    EXPECT_NE(header(refused, "retry-after"), "(none)");
    const auto large = talk.ask(ada, R"(,"max_tokens":1000)").reply;
    EXPECT_EQ(large.status, 429);
    EXPECT_EQ(header(large, "retry-after"), "(none)") << "waiting does not help";
    EXPECT_EQ(talk.stats().number("/refused/too_large"), 1);
}

TEST(Simulator, RunsOutOfMoneyAfterSoManyAnswers) {
    Settings settings;
    settings.quota_exhausted_after = 1;
    Conversation talk(settings);
    EXPECT_EQ(talk.ask(ada).reply.status, 200);
    const auto refused = talk.ask(ada).reply;
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(Json(refused.body).text("/error/type"), "insufficient_quota");
    EXPECT_EQ(Json(refused.body).text("/error/code"), "insufficient_quota");
}

Settings stormy(std::uint64_t seed) {
    Settings settings;
    settings.seed = seed;
    settings.error_rate = 0.3;
    settings.latency_median = 100ms;
    settings.faults = {{FaultKind::server_error, 0.2}, {FaultKind::reset, 0.2}, {FaultKind::code_fence, 0.2}};
    return settings;
}

std::string document(int number) { return "Ada met Bob in London " + std::to_string(number) + " times with Google."; }

using Seen = std::map<int, std::string>;

Seen storm(std::uint64_t seed, bool backwards) {
    Conversation talk(stormy(seed));
    Seen seen;
    for (int i = 0; i < 300; ++i) {
        const int number = (backwards ? 299 - i : i) % 100;  // each document three times
        const auto planned = talk.ask(document(number));
        seen[number] += std::to_string(planned.latency.count()) + ' ' + std::to_string(planned.reply.status) + ' ' +
                        std::to_string(static_cast<int>(planned.delivery)) + planned.reply.body + '\n';
    }
    return seen;
}

TEST(Simulator, GivesEqualRequestsEqualRepliesWhateverTheirOrder) {
    const Seen forwards = storm(1, false);
    EXPECT_EQ(forwards, storm(1, true));
    EXPECT_NE(forwards, storm(2, false));
}

TEST(Simulator, MakesTheSameMistakesAgainAtTemperatureZero) {
    Settings settings;
    settings.error_rate = 0.5;
    Conversation talk(settings);
    int differing = 0;
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(talk.content(document(i)), talk.content(document(i)));
        const auto warm = [&] {
            return Json(talk.ask(document(i), R"(,"temperature":0.7)").reply.body).text("/choices/0/message/content");
        };
        const std::string first = warm();
        differing += first != warm();
    }
    EXPECT_GT(differing, 20) << "and others above it";
}

TEST(Simulator, DrawsFaultsAndLatencyAtTheirRates) {
    Conversation talk(stormy(3));
    std::map<int, int> by_status;
    int slower = 0;
    constexpr int requests = 5'000;
    for (int i = 0; i < requests; ++i) {
        const auto planned = talk.ask(document(i));
        ++by_status[planned.reply.status];
        slower += planned.latency > 100ms;
    }
    EXPECT_NEAR(by_status[500], 0.2 * requests, 100);
    EXPECT_NEAR(slower, 0.5 * requests, 120);
    EXPECT_NEAR(static_cast<double>(talk.stats().number("/replies/reset")), 0.2 * requests, 100);
    EXPECT_NEAR(static_cast<double>(talk.stats().number("/replies/ok")), 0.4 * requests, 120);
}

TEST(Simulator, AnswersFromGoldAndByLexiconWhereGoldIsSilent) {
    Conversation talk(
        {}, "",
        R"({"text": "xyzzy plugh", "entities": [{"label": "ORG", "start": 6, "end": 11}, {"label": "DRUG", "start": 0, "end": 5}]})");
    EXPECT_EQ(talk.content("xyzzy plugh"), R"({"entities":[{"label":"ORG","text":"plugh"}]})")
        << "DRUG was not asked for";
    EXPECT_EQ(talk.content(ada), ada_answer);
}

TEST(Simulator, KnowsWhatWasPaidByDocument) {
    Conversation talk({}, R"({"match": "Bob", "replies": ["reset", "500", "ok"]})");
    talk.ask(ada);        // paid, lost
    talk.ask(ada);        // not paid
    talk.ask(ada);        // paid again
    talk.ask("nothing");  // paid
    const Json stats = talk.stats("?documents=1");
    EXPECT_EQ(stats.number("/requests"), 4);
    EXPECT_EQ(stats.number("/paid_by_document/answers"), 3);
    EXPECT_EQ(stats.number("/paid_by_document/undelivered"), 1);
    EXPECT_EQ(stats.number("/paid_by_document/documents"), 2);
    EXPECT_EQ(stats.number("/paid_by_document/once"), 1);
    EXPECT_EQ(stats.number("/paid_by_document/twice"), 1);
    EXPECT_EQ(stats.number("/paid_by_document/more"), 0);
    EXPECT_EQ(stats.number(("/documents/" + hex(document_hash(ada))).c_str()), 2);
    EXPECT_EQ(stats.number("/replies/500"), 1);
    EXPECT_GT(stats.number("/tokens/completion"), 0);
    EXPECT_EQ(stats.number("/concurrency/peak"), 1);
    EXPECT_EQ(stats.number("/first_request_ms"), 1'790'000'000'000);
    EXPECT_EQ(talk.stats().at("/documents"), nullptr);
}

TEST(Simulator, ForgetsItsCountsWhenAsked) {
    Conversation talk;
    talk.ask(ada);
    EXPECT_EQ(talk.send("POST", "/stats/reset").reply.status, 200);
    EXPECT_EQ(talk.stats().number("/requests"), 0);
    EXPECT_EQ(talk.stats().number("/paid_by_document/documents"), 0);
    EXPECT_TRUE(talk.stats().null("/first_request_ms"));
    talk.ask(ada);
    EXPECT_EQ(talk.stats().number("/paid_by_document/documents"), 1) << "and counts on";
}

TEST(Simulator, SaysWhenThereAreMoreDocumentsThanItTellsApart) {
    Settings settings;
    settings.documents_max = 1;
    Conversation talk(settings);
    talk.ask("one");
    talk.ask("two");
    EXPECT_EQ(talk.stats().number("/paid_by_document/unattributed"), 1);
    EXPECT_EQ(talk.stats().number("/paid_by_document/answers"), 2);
}

}  // namespace
}  // namespace prelabel::llm_sim
