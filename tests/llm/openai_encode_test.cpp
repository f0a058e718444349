#include <prelabel/base/enum_array.hpp>
#include <prelabel/llm/codec.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::llm {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<Message> preamble = {
    {Role::system, "Mark \"names\".\n"}, {Role::user, "Ada"}, {Role::assistant, "{}"}};
const std::string schema = R"({"type":"object"})";

ModelSettings model(std::string base_url = "http://127.0.0.1:8000/v1") {
    ModelSettings settings;
    settings.base_url = std::move(base_url);
    settings.model = "gpt-4o-mini";
    return settings;
}

/// What one task asks of one model.
class Asked {
public:
    Asked(ModelSettings settings, const std::vector<Message>& before, const std::string& answer_schema)
        : codec_(std::move(settings)), form_(codec_.form(before, answer_schema)) {}
    [[nodiscard]] std::string encode(const std::vector<Message>& turns) const { return codec_.encode(form_, turns); }

private:
    Codec codec_;
    RequestForm form_;
};

rapidjson::Document read(const std::string& body) {
    rapidjson::Document document;
    document.Parse(body.data(), body.size());
    EXPECT_FALSE(document.HasParseError()) << body;
    return document;
}

TEST(OpenAiEncode, WritesTheBytesOfARequest) {
    const Asked asked(model(), std::vector<Message>{{Role::system, "s"}}, schema);
    EXPECT_EQ(
        asked.encode(std::vector<Message>{{Role::user, "a\n\"b\" 🎉"}}),
        R"({"model":"gpt-4o-mini","messages":[{"role":"system","content":"s"},{"role":"user","content":"a\n\"b\" 🎉"}],)"
        R"("max_tokens":2048,"response_format":{"type":"json_schema","json_schema":)"
        R"({"name":"answer","schema":{"type":"object"}}}})");
    EXPECT_EQ(Codec(model()).path(), "/chat/completions");
}

TEST(OpenAiEncode, AsksForStrictAnswersOnlyWhereTheProviderTakesTheSchema) {
    const auto format = [](const std::string& own) {
        const std::string body = Asked(model(), preamble, own).encode(std::vector<Message>{{Role::user, "x"}});
        return body.substr(body.find(R"("json_schema":{)"));
    };
    const std::string closed = R"({"type":"object","properties":{},"additionalProperties":false})";
    EXPECT_EQ(format(closed), R"("json_schema":{"name":"answer","strict":true,"schema":)" + closed + "}}}");
    const std::string open = R"({"type":"object","properties":{},"allOf":[]})";
    EXPECT_EQ(format(open), R"("json_schema":{"name":"answer","schema":)" + open + "}}}");
}

TEST(OpenAiEncode, EqualTurnsAreEqualBytesAndOthersAreNot) {
    const Asked asked(model(), preamble, schema);
    const std::vector<Message> turns = {{Role::user, "x"}};
    EXPECT_EQ(asked.encode(turns), asked.encode(turns));
    EXPECT_EQ(asked.encode(turns), Asked(model(), preamble, schema).encode(turns));
    EXPECT_NE(asked.encode(turns), asked.encode(std::vector<Message>{{Role::user, "y"}}));
}

TEST(OpenAiEncode, EveryTurnArrivesWithItsRoleAndText) {
    const Asked asked(model(), preamble, schema);
    const std::vector<Message> turns = {
        {Role::user, "漢字 \\ \x01 end"}, {Role::assistant, "not JSON"}, {Role::user, "again"}};
    const auto body = read(asked.encode(turns));
    std::vector<Message> sent = preamble;
    sent.insert(sent.end(), turns.begin(), turns.end());
    ASSERT_EQ(body["messages"].Size(), sent.size());
    const EnumArray<Role, std::string> roles = {"system", "user", "assistant"};
    for (rapidjson::SizeType i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(body["messages"][i]["role"].GetString(), roles[sent[i].role]);
        EXPECT_EQ(body["messages"][i]["content"].GetString(), sent[i].content);
    }
}

TEST(OpenAiEncode, WorksWithoutPreambleAndWithoutTurns) {
    const std::vector<Message> none;
    EXPECT_EQ(read(Asked(model(), none, schema).encode(none))["messages"].Size(), 0U);
    EXPECT_EQ(read(Asked(model(), none, schema).encode(preamble))["messages"].Size(), 3U);
    EXPECT_EQ(read(Asked(model(), preamble, schema).encode(none))["messages"].Size(), 3U);
}

TEST(OpenAiEncode, AsksForJsonTheWayTheServerKnows) {
    ModelSettings settings = model();
    settings.response_format = ResponseFormat::json_object;
    EXPECT_STREQ(read(Asked(settings, preamble, schema).encode({}))["response_format"]["type"].GetString(),
                 "json_object");
    settings.response_format = ResponseFormat::none;
    EXPECT_THAT(Asked(settings, preamble, schema).encode({}), Not(HasSubstr("response_format")));
}

TEST(OpenAiEncode, NamesTheOutputLimitAsTheServerKnowsIt) {
    const auto body = [](ModelSettings settings) { return Asked(std::move(settings), preamble, schema).encode({}); };
    EXPECT_THAT(body(model("https://api.openai.com/v1")), HasSubstr(R"("max_completion_tokens":2048)"));
    EXPECT_THAT(body(model("http://vllm:8000/v1")), HasSubstr(R"("max_tokens":2048)"));
    ModelSettings forced = model("http://vllm:8000/v1");
    forced.output_limit_field = OutputLimitField::max_completion_tokens;
    EXPECT_THAT(body(forced), HasSubstr(R"("max_completion_tokens":2048)"));
    forced = model("https://api.openai.com/v1");
    forced.output_limit_field = OutputLimitField::max_tokens;
    EXPECT_THAT(body(forced), HasSubstr(R"("max_tokens":2048)"));
}

TEST(OpenAiEncode, SendsATemperatureOnlyWhereOneIsSet) {
    ModelSettings settings = model();
    EXPECT_THAT(Asked(settings, preamble, schema).encode({}), Not(HasSubstr("temperature")));
    settings.temperature = 0.7;
    EXPECT_THAT(Asked(settings, preamble, schema).encode({}), HasSubstr(R"("temperature":0.7,)"));
    settings.temperature = 0;
    EXPECT_THAT(Asked(settings, preamble, schema).encode({}), HasSubstr(R"("temperature":0,)"));
}

TEST(OpenAiEncode, SendsWhatIsOptionalOnlyWhereItIsSet) {
    ModelSettings settings = model();
    const std::string bare = Asked(settings, preamble, schema).encode({});
    for (const char* name : {"top_p", "seed", "reasoning_effort", "service_tier"})
        EXPECT_THAT(bare, Not(HasSubstr(name)));
    settings.top_p = 0.25;
    settings.seed = 42;
    settings.reasoning_effort = "low\"";
    settings.service_tier = "flex";
    const auto body = read(Asked(settings, preamble, schema).encode({}));
    EXPECT_EQ(body["top_p"].GetDouble(), 0.25);
    EXPECT_EQ(body["seed"].GetInt(), 42);
    EXPECT_STREQ(body["reasoning_effort"].GetString(), "low\"");
    EXPECT_STREQ(body["service_tier"].GetString(), "flex");
}

TEST(OpenAiEncode, AppendsFurtherMembersAsTheirJson) {
    ModelSettings settings = model();
    settings.extra = {{"options", R"({"num_ctx":8192})"}, {"a\"b", "null"}};
    const auto body = read(Asked(settings, preamble, schema).encode({}));
    EXPECT_EQ(body["options"]["num_ctx"].GetInt(), 8192);
    EXPECT_TRUE(body["a\"b"].IsNull());
}

TEST(OpenAiEncode, EncodesTheQueryIntoThePath) {
    ModelSettings settings = model();
    settings.query = {{"api-version", "2026-10-01"}, {"x y", "a&b=ü"}};
    EXPECT_EQ(Codec(settings).path(), "/chat/completions?api-version=2026-10-01&x%20y=a%26b%3D%C3%BC");
}

TEST(OpenAiEncode, WritesAnotherShapeAroundTheSameTurns) {
    const Codec codec(model());
    const std::string closed = R"({"type":"object","properties":{},"additionalProperties":false})";
    const RequestForm form = codec.form(preamble, closed);
    ModelSettings shape = model();
    EXPECT_EQ(codec.encode(form, shape, preamble), codec.encode(form, preamble));
    shape.strict = false;
    EXPECT_THAT(codec.encode(form, shape, preamble), Not(HasSubstr("strict")));
    EXPECT_THAT(codec.encode(form, shape, preamble), HasSubstr(closed));
}

TEST(OpenAiEncode, AModelNameCannotBreakOut) {
    ModelSettings settings = model();
    settings.model = "a\",\"stream\":true,\"x\":\"";
    EXPECT_EQ(read(Asked(settings, preamble, schema).encode({}))["model"].GetString(), settings.model);
}

}  // namespace
}  // namespace prelabel::llm
