#include "llm_sim/chat_request.hpp"

#include <prelabel/labeling/prompt_template.hpp>
#include <prelabel/llm/codec.hpp>

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

ChatRequest read(std::string_view body) {
    auto result = read_chat_request(body);
    if (const auto* error = std::get_if<ApiError>(&result)) {
        ADD_FAILURE() << error->message;
        return {};
    }
    return std::get<ChatRequest>(result);
}

ApiError refused(std::string_view body) {
    auto result = read_chat_request(body);
    if (std::holds_alternative<ChatRequest>(result)) {
        ADD_FAILURE() << "was read";
        return {};
    }
    return std::get<ApiError>(result);
}

std::string with(const std::string& more) {
    return R"({"model":"m","messages":[{"role":"user","content":"answer in json"}])" + more + "}";
}

TEST(ChatRequest, IsReadFromWhatOurOwnCodecWrites) {
    labeling::Task task;
    task.labels = {{"PER", "people"}, {"ORG", ""}};
    task.examples = {{"Example text.", {{"PER", "Example"}}}};
    const auto kind = labeling::make_task_kind(task).value();
    const labeling::PromptTemplate prompt(task, *kind);
    llm::ModelSettings settings;
    settings.model = "gpt-4o-mini";
    settings.max_output_tokens = 512;
    settings.temperature = 0.5;
    const llm::Codec codec(settings);
    const auto form = codec.form(prompt.preamble(), kind->answer_schema());
    const std::vector<llm::Message> turns{{llm::Role::user, prompt.document_turn("Ada said \"hi\" 🎉\n")}};

    const ChatRequest request = read(codec.encode(form, turns));
    EXPECT_EQ(request.document, "Ada said \"hi\" 🎉\n");
    EXPECT_EQ(request.labels, (std::vector<std::string>{"PER", "ORG"}));
    EXPECT_EQ(request.model, "gpt-4o-mini");
    EXPECT_EQ(request.max_tokens, 512U);
    EXPECT_EQ(request.temperature, 0.5);
    EXPECT_GT(request.prefix_tokens, 0U);
    EXPECT_LT(request.prefix_tokens, request.prompt_tokens);
}

TEST(ChatRequest, StillFindsTheDocumentBeforeARequestToRepair) {
    const labeling::PromptTemplate prompt({}, *labeling::make_task_kind({}).value());
    const std::vector<llm::Message> turns{{llm::Role::user, prompt.document_turn("the text")},
                                          {llm::Role::assistant, "{"},
                                          {llm::Role::user, prompt.repair_turn("not JSON")}};
    const llm::Codec codec{llm::ModelSettings{}};
    const auto form = codec.form(prompt.preamble(), "{}");
    EXPECT_EQ(read(codec.encode(form, turns)).document, "the text");
}

TEST(ChatRequest, TakesTheLastUserTurnAsTheDocumentWhereNoneIsMarked) {
    const auto request = read(
        R"({"model":"m","messages":[{"role":"system","content":"Labels:\n- A: x\n- B\n"},{"role":"user","content":[{"type":"text","text":"one "},{"type":"text","text":"two"}]}]})");
    EXPECT_EQ(request.document, "one two");
    EXPECT_EQ(request.labels, (std::vector<std::string>{"A", "B"}))
        << "from the system message, where there is no schema";
    EXPECT_EQ(request.max_tokens, std::nullopt);
}

TEST(ChatRequest, CountsTokensByEstimateAndTellsPrefixesApart) {
    const auto request = [](const std::string& system) {
        return read(R"({"model":"m","messages":[{"role":"system","content":")" + system +
                    R"("},{"role":"user","content":"12345"}]})");
    };
    EXPECT_EQ(request("abcd").prompt_tokens, 3U + (1 + 4) + (2 + 4));
    EXPECT_EQ(request("abcd").prefix_tokens, 3U + (1 + 4));
    EXPECT_EQ(request("abcd").prefix_hash, request("abcd").prefix_hash);
    EXPECT_NE(request("abcd").prefix_hash, request("abce").prefix_hash);
}

TEST(ChatRequest, RefusesWhatIsNotOneJsonObject) {
    for (const std::string body : {"", "{", "[]", "{} x", "\"x\""}) {
        const ApiError error = refused(body);
        EXPECT_EQ(error.status, 400);
        EXPECT_EQ(error.type, "invalid_request_error");
    }
    refused(std::string("{}\0{}", 5));
    refused(with(",\"x\":\"\xFF\""));
    refused(with(R"(,"x":"\ud800")"));
    refused(with(R"(,"x":"\udc00")"));
    refused(with(R"(,"x":"\ud800\u0041")"));
    refused(with(",\"x\":" + std::string(10'000, '[') + std::string(10'000, ']')));
}

TEST(ChatRequest, RefusesWhatTheProviderRefusesWithItsCodes) {
    EXPECT_EQ(refused(R"({"messages":[]})").message, "you must provide a model parameter");
    EXPECT_EQ(refused(R"({"model":"m"})").code, "missing_required_parameter");
    EXPECT_EQ(refused(R"({"model":"m","messages":[]})").code, "empty_array");
    EXPECT_EQ(refused(R"({"model":"m","messages":"x"})").param, "messages");
    EXPECT_EQ(refused(R"({"model":"m","messages":[{"content":"x"}]})").param, "messages[0].role");
    EXPECT_EQ(refused(R"({"model":"m","messages":[{"role":"user"}]})").param, "messages[0].content");
    EXPECT_EQ(refused(R"({"model":"m","messages":[{"role":"user","content":1}]})").code, "invalid_type");
    EXPECT_EQ(refused(R"({"model":"m","messages":[{"role":"poet","content":"x"}]})").code, "invalid_value");
    EXPECT_EQ(refused(R"({"model":"m","messages":[{"role":"system","content":"x"}]})").param, "messages");
    EXPECT_EQ(refused(with(R"(,"max_tokens":0)")).code, "integer_below_min_value");
    EXPECT_EQ(refused(with(R"(,"max_completion_tokens":"many")")).code, "invalid_type");
    EXPECT_EQ(refused(with(R"(,"temperature":3)")).param, "temperature");
    EXPECT_EQ(refused(with(R"(,"stream":true)")).code, "unsupported_value");
    EXPECT_EQ(refused(with(R"(,"n":2)")).code, "unsupported_value");
    EXPECT_EQ(refused(with(R"(,"response_format":{})")).param, "response_format.type");
    EXPECT_EQ(refused(with(R"(,"response_format":{"type":"xml"})")).param, "response_format.type");
    EXPECT_EQ(refused(with(R"(,"response_format":{"type":"json_schema"})")).param, "response_format.json_schema");
    EXPECT_EQ(refused(with(R"(,"response_format":{"type":"json_schema","json_schema":{"name":"x"}})")).param,
              "response_format.json_schema.schema");
}

TEST(ChatRequest, WantsTheWordJsonForJsonObjects) {
    read(with(R"(,"response_format":{"type":"json_object"})"));
    const ApiError error = refused(
        R"({"model":"m","messages":[{"role":"user","content":"hello"}],"response_format":{"type":"json_object"}})");
    EXPECT_EQ(error.param, "messages");
    EXPECT_NE(error.message.find("must contain the word 'json'"), std::string::npos);
}

}  // namespace
}  // namespace prelabel::llm_sim
