#include "codec_under_test.hpp"

#include <prelabel/llm/request_shape.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

using testing::HasSubstr;
using Verdict = RequestShape::Verdict;

/// A request that says everything that can be said.
ModelSettings everything() {
    ModelSettings settings;
    settings.base_url = "http://server/v1";
    settings.model = "m";
    settings.temperature = 0;
    settings.top_p = 0.5;
    settings.seed = 7;
    settings.reasoning_effort = "low";
    settings.service_tier = "flex";
    settings.extra = {{"foo", "1"}, {"chat_template_kwargs", R"({"x":true})"}};
    return settings;
}

CallFailure refusal(std::string parameter, std::string said = {}, int status = 400) {
    CallFailure failure;
    failure.reply = status == 500 ? ReplyClass::overloaded : ReplyClass::rejected;
    failure.http_status = status;
    failure.parameter = std::move(parameter);
    failure.said = std::move(said);
    return failure;
}

/// What a server replies, and what becomes of the shape: "temperature -> ", "a person: llm.extra.foo", "other".
struct Taught {
    const char* name;
    int status;
    std::string body;
    const char* outcome;
};
void PrintTo(const Taught& taught, std::ostream* out) { *out << taught.name << ": " << taught.body; }

std::string learned(RequestShape& shape, const CallFailure& failure) {
    const auto [verdict, key] = shape.refused(failure, shape.version());
    switch (verdict) {
        case Verdict::other:
            return "other";
        case Verdict::stale:
            return "stale";
        case Verdict::a_person:
            return "a person: " + key;
        case Verdict::changed:
            break;
    }
    const ShapeChange& change = shape.changes().back();
    return change.refused + " -> " + change.now;
}

std::string openai(const std::string& message, const std::string& param,
                   const std::string& code = "unsupported_value") {
    return R"({"error":{"message":")" + message + R"(","type":"invalid_request_error","param":)" + param +
           R"(,"code":")" + code + R"("}})";
}

const std::vector<Taught> lessons = {
    {"openai_temperature", 400,
     openai("Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is "
            "supported.",
            R"("temperature")"),
     "temperature -> "},
    {"openai_max_tokens", 400,
     openai("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
            "instead.",
            R"("max_tokens")", "unsupported_parameter"),
     "max_tokens -> max_completion_tokens"},
    {"azure_without_param", 400,
     R"({"error":{"code":"BadRequest","message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."}})",
     "max_tokens -> max_completion_tokens"},
    {"a_number_that_is_too_high", 400,
     openai("max_tokens is too large: 99999. This model supports at most 16384 completion tokens.", R"("max_tokens")",
            "invalid_value"),
     "a person: llm.max_output_tokens"},
    {"top_p", 400, openai("Unsupported parameter: 'top_p'", R"("top_p")"), "top_p -> "},
    {"reasoning_effort", 400, openai("Unrecognized request argument supplied: reasoning_effort", "null"),
     "reasoning_effort -> "},
    {"service_tier", 400, openai("Invalid service_tier argument", R"("service_tier")"), "service_tier -> "},
    {"gemini_in_a_list", 400,
     R"([{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"seed\": Cannot find field.","status":"INVALID_ARGUMENT"}}])",
     "seed -> "},
    {"strict", 400, openai("Unsupported parameter: 'strict'", R"("response_format.json_schema.strict")"), "strict -> "},
    {"strict_by_its_sentence", 400, openai("'response_format' with 'strict' is not supported.", R"("response_format")"),
     "strict -> "},
    {"json_schema", 400, openai("This response_format type is unavailable now", "null"), "json_schema -> json_object"},
    {"llama_cpp_python", 500,
     R"({"error":{"message":"[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}]","type":"internal_server_error","param":null,"code":null}})",
     "json_schema -> json_object"},
    {"response_format_at_all", 400, openai("Unrecognized request argument supplied: response_format", "null"),
     "json_schema -> no response_format"},
    {"fastapi", 422,
     R"({"detail":[{"type":"extra_forbidden","loc":["body","top_p"],"msg":"Extra inputs are not permitted","input":0.5}]})",
     "top_p -> "},
    {"mistral", 422,
     R"({"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":7}]},"type":"invalid_request_message","param":null,"code":null})",
     "seed -> "},
    {"litellm", 400,
     R"({"error":{"message":"litellm.UnsupportedParamsError: openai does not support parameters: ['temperature'], for model=gpt-5.","type":"None","param":"None","code":"400"}})",
     "temperature -> "},
    {"anthropic_by_a_proxy", 400, R"({"error":{"message":"`temperature` is deprecated for this model.","code":"400"}})",
     "temperature -> "},
    {"a_gateway_that_says_200", 200,
     R"({"error":{"message":"'temperature' is not supported","code":400,"param":"temperature"}})", "temperature -> "},
    {"500_with_a_param", 500, openai("seed: not implemented", R"("seed")"), "seed -> "},
    {"extra", 400, openai("Unrecognized request argument supplied: foo", R"("foo")"), "a person: llm.extra.foo"},
    {"extra_by_its_sentence", 400, openai("Extra inputs are not permitted: 'foo'", "null"), "a person: llm.extra.foo"},
    {"a_member_of_extra", 400, openai("no", R"("chat_template_kwargs.x")"), "a person: llm.extra.chat_template_kwargs"},
    {"model", 400, openai("This model is not supported here.", R"("model")"), "a person: llm.model"},
    // What says nothing of the shape.
    {"the_document", 400, openai("Invalid 'messages[1].content': it holds 'temperature'", R"("messages[1].content")"),
     "other"},
    {"a_word", 400, openai("The temperature is not allowed to be discussed.", "null"), "other"},
    {"an_echo", 500, R"({"error":{"message":"upstream failed for {'temperature': 0, 'seed': 7}"}})", "other"},
    {"context", 400, openai("'max_tokens' exceeds the model's maximum context length", "null"), "other"},
    {"throttled", 429, openai("'temperature' is not supported", R"("temperature")"), "other"},
    {"outage", 503, openai("'temperature' is not supported", "null"), "other"},
    {"not_json", 400, "temperature", "other"},
    {"something_not_sent", 400, openai("Unsupported parameter: 'logprobs'", R"("logprobs")"), "other"},
};

class RequestShapeLearns : public testing::TestWithParam<Taught> {};

TEST_P(RequestShapeLearns, FromAReply) {
    RequestShape shape(everything());
    const auto failure = failed(reply(GetParam().status, GetParam().body));
    EXPECT_EQ(learned(shape, failure), GetParam().outcome);
}

INSTANTIATE_TEST_SUITE_P(All, RequestShapeLearns, testing::ValuesIn(lessons),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(RequestShape, LeavesOutEachPartOnceAndKeepsTheRest) {
    RequestShape shape(everything());
    EXPECT_EQ(learned(shape, refusal("temperature")), "temperature -> ");
    EXPECT_EQ(shape.settings().temperature, std::nullopt);
    EXPECT_EQ(shape.settings().seed, 7);
    EXPECT_EQ(shape.configured().temperature, 0);
    EXPECT_EQ(learned(shape, refusal("temperature")), "other") << "it was not sent: what is refused is something else";
    EXPECT_EQ(shape.version(), 1U);
}

TEST(RequestShape, WeakensTheFormatStepByStep) {
    RequestShape shape(everything());
    EXPECT_EQ(learned(shape, refusal("response_format")), "json_schema -> json_object");
    EXPECT_EQ(shape.settings().response_format, ResponseFormat::json_object);
    EXPECT_EQ(learned(shape, refusal("response_format.type")), "json_object -> no response_format");
    EXPECT_EQ(learned(shape, refusal("response_format")), "other");
}

TEST(RequestShape, SwapsTheOutputLimitOnce) {
    RequestShape shape(everything());
    EXPECT_EQ(learned(shape, refusal("max_tokens")), "max_tokens -> max_completion_tokens");
    EXPECT_EQ(learned(shape, refusal("max_completion_tokens")), "a person: llm.output_limit_field");
    ModelSettings openai = everything();
    openai.base_url = "https://api.openai.com/v1";
    RequestShape new_one(openai);
    EXPECT_EQ(learned(new_one, refusal("max_completion_tokens")), "max_completion_tokens -> max_tokens");
}

TEST(RequestShape, ARequestMadeBeforeTheChangeGoesAgain) {
    RequestShape shape(everything());
    EXPECT_EQ(shape.refused(refusal("temperature"), 0).verdict, Verdict::changed);
    EXPECT_EQ(shape.refused(refusal("temperature"), 0).verdict, Verdict::stale);
    EXPECT_EQ(shape.refused(refusal("response_format"), 0).verdict, Verdict::changed) << "another part is news";
    EXPECT_EQ(shape.refused(refusal("response_format"), 1).verdict, Verdict::stale);
    EXPECT_EQ(shape.refused(refusal("", "Unknown type 'json_schema'"), 0).verdict, Verdict::stale);
    EXPECT_EQ(shape.settings().response_format, ResponseFormat::json_object);
    EXPECT_EQ(shape.refused(refusal("temperature"), 2).verdict, Verdict::other);
    EXPECT_EQ(shape.refused(refusal("messages"), 0).verdict, Verdict::other);
}

// However often it is refused, and for whatever: at some time nothing is left to change.
TEST(RequestShape, ComesToAnEnd) {
    const std::vector<std::string> names = {"temperature",     "top_p",  "seed",       "reasoning_effort",
                                            "service_tier",    "strict", "max_tokens", "max_completion_tokens",
                                            "response_format", "foo",    "model",      "messages"};
    RequestShape shape(everything());
    for (int round = 0; round < 5; ++round) {
        for (const auto& name : names) static_cast<void>(learned(shape, refusal(name)));
    }
    EXPECT_EQ(shape.version(), 9U);
}

TEST(RequestShape, SaysWhatItLearnedAndWhichKeyCouldSaySo) {
    RequestShape shape(everything());
    const auto said = [&](const char* parameter) {
        static_cast<void>(learned(shape, refusal(parameter)));
        return sentence_of(shape.changes().back());
    };
    EXPECT_EQ(said("temperature"),
              "the model refuses temperature: requests go without it from now on, as without llm.temperature");
    EXPECT_EQ(said("max_tokens"),
              "the model refuses max_tokens: max_completion_tokens is sent instead from now on; "
              "llm.output_limit_field can say so");
    EXPECT_EQ(said("response_format"),
              "the model refuses json_schema: json_object is sent instead from now on; llm.response_format can say so");
    EXPECT_EQ(said("response_format"),
              "the model refuses json_object: no response_format is sent instead from now on; llm.response_format can "
              "say so");
}

}  // namespace
}  // namespace prelabel::llm
