#include "codec_under_test.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

TEST(OpenAiFailure, AGatewaysErrorInsideA200CountsByItsOwnCode) {
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
        Failure{498, R"({"error":{"message":"Flex tier over capacity","type":"capacity","code":"capacity_exceeded"}})",
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
        Failure{403, R"({"detail":"Forbidden"})", ReplyClass::forbidden},
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
        Failure{
            429,
            R"({"error":{"message":"Request too large for m on tokens per min (TPM): Limit 10, Requested 20. The input must be reduced.","type":"tokens","param":null,"code":"rate_limit_exceeded"}})",
            ReplyClass::context_length},
        Failure{
            429,
            R"({"error":{"message":"litellm.RateLimitError: OpenAIException - Request too large for m","type":"tokens","code":"429"}})",
            ReplyClass::context_length},
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

TEST(OpenAiFailure, TheServersWordOnRetryingCounts) {
    const auto with = [](int status, std::string_view should_retry) {
        return failed(reply(status, "{}", {{"X-Should-Retry", should_retry}})).reply;
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

TEST(OpenAiFailure, ReadsHowLongToWait) {
    using std::chrono::milliseconds;
    using std::chrono::minutes;
    using std::chrono::seconds;
    const auto wait = [](std::string_view retry_after, std::string_view in_ms = {}) {
        return failed(reply(429, "{}", {{"Retry-After", retry_after}, {"Retry-After-Ms", in_ms}})).retry_after;
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

TEST(OpenAiFailure, ReadsTheWaitThatAProxyPassesOn) {
    using std::chrono::seconds;
    const auto wait = [](Headers headers) { return failed(reply(429, "{}", std::move(headers))).retry_after; };
    EXPECT_EQ(wait({{"Llm_provider-Retry-After", "17"}}), seconds(17));
    EXPECT_EQ(wait({{"Llm_provider-Retry-After", "17"}, {"Retry-After", "3"}}), seconds(3)) << "its own comes first";
}

TEST(OpenAiFailure, ReadsTheWaitInTheBodyOfGoogles429) {
    const auto wait = [](const std::string& details) {
        return failed(reply(429, R"([{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED",)"
                                 R"("details":)" +
                                     details + "}}]"))
            .retry_after;
    };
    const std::string info = R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":)";
    EXPECT_EQ(wait("[{\"@type\":\"x\"}," + info + R"("58s"}])"), std::chrono::seconds(58));
    EXPECT_EQ(wait("[" + info + R"("0.5s"}])"), std::chrono::milliseconds(500));
    EXPECT_EQ(wait("[" + info + R"("86400s"}])"), std::chrono::minutes(10)) << "capped";
    for (const char* garbage : {R"("58")", R"("s")", R"("-1s")", "58", "null"})
        EXPECT_EQ(wait("[" + info + garbage + "}]"), std::nullopt) << garbage;
    EXPECT_EQ(wait("{}"), std::nullopt);
}

TEST(OpenAiFailure, MessagesNameStatusAndCodesButNeverTheProvidersText) {
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

}  // namespace
}  // namespace prelabel::llm
