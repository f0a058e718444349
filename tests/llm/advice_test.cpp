#include "codec_under_test.hpp"

#include <prelabel/llm/advice.hpp>

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

using testing::HasSubstr;

std::string advice_to(int status, std::string_view body) { return advice(failed(reply(status, body))); }

TEST(Advice, NamesTheKeyThatHoldsTheRefusedParameter) {
    EXPECT_THAT(advice_to(400, R"({"error":{"message":"x","param":"temperature","code":"unsupported_value"}})"),
                HasSubstr("llm.temperature"));
    EXPECT_THAT(advice_to(400, R"({"error":{"message":"x","param":"max_tokens","code":"unsupported_parameter"}})"),
                HasSubstr("llm.output_limit_field: max_completion_tokens"));
    EXPECT_THAT(advice_to(400, R"({"error":{"message":"x","param":"response_format"}})"),
                HasSubstr("llm.response_format"));
    EXPECT_THAT(advice_to(500, R"({"error":{"message":"x","param":"response_format"}})"),
                HasSubstr("llm.response_format"));
}

TEST(Advice, OfAGatewayThatAnswersAWrongKeyWith400NamesKeyAndModel) {
    const std::string advice = advice_to(400, R"({"error":{"message":"Invalid proxy server token","code":"400"}})");
    EXPECT_THAT(advice, HasSubstr("llm.api_key"));
    EXPECT_THAT(advice, HasSubstr("llm.model"));
}

TEST(Advice, NamesTheKeyThatOnlyAPersonCanChange) {
    CallFailure failure;
    failure.reply = ReplyClass::rejected;
    failure.key = "llm.extra.foo";
    EXPECT_EQ(advice(failure), "the model refuses what the request says there: remove or change llm.extra.foo");
    failure.key = "llm.max_output_tokens";
    EXPECT_THAT(advice(failure), HasSubstr("lower llm.max_output_tokens"));
}

TEST(Advice, TellsAMissingKeyFromAWrongOne) {
    CallFailure failure;
    failure.reply = ReplyClass::unauthorized;
    EXPECT_EQ(advice(failure), "the key is wrong: check llm.api_key");
    failure.key = "llm.api_key";
    EXPECT_EQ(advice(failure), "no key is configured: llm.api_key says where it is ({env: NAME} or {file: PATH})");
}

TEST(Advice, NamesWhereAWrongAddressIsWritten) {
    CallFailure failure;
    failure.reply = ReplyClass::model_missing;
    for (const char* key : {"llm.base_url", "llm.proxy", "HTTPS_PROXY"}) {
        failure.key = key;
        EXPECT_EQ(advice(failure), "check " + std::string(key));
    }
}

TEST(OwnWords, AreTheFirst300BytesInWholeCharacters) {
    CallFailure failure;
    EXPECT_EQ(own_words(failure), "");
    failure.said = "no";
    EXPECT_EQ(own_words(failure), "no");
    failure.said = std::string(298, 'x') + "\xE2\x82\xAC and more";
    EXPECT_EQ(own_words(failure), std::string(298, 'x'));
    failure.said = std::string(297, 'x') + "\xE2\x82\xAC and more";
    EXPECT_EQ(own_words(failure), std::string(297, 'x') + "\xE2\x82\xAC");
}

TEST(Advice, IsThereForEveryClass) {
    for (const auto reply : enum_values<ReplyClass>) {
        CallFailure failure;
        failure.reply = reply;
        EXPECT_FALSE(advice(failure).empty()) << to_string(failure.reply);
    }
}

}  // namespace
}  // namespace prelabel::llm
