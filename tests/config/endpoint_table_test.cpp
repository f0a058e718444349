#include "config/endpoint_table.hpp"

#include "config/types.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Settings with more endpoints than the product's: two with a name, and as many as somebody lists.
struct Several {
    EndpointSettings first;
    EndpointSettings second;
    std::vector<EndpointSettings> others;
};

const Table<Several>& table() {
    static const Table<Several> made = [] {
        Table<Several> rows;
        add_part(rows, endpoint_table("llm"), [](auto& s) -> auto& { return s.first; });
        add_part(rows, endpoint_table("spare.llm"), [](auto& s) -> auto& { return s.second; });
        rows.push_back(
            {{"others", list(0, 5), ""}, [](Several&, const Value&) { return std::optional<std::string>(); }});
        rows.push_back({{"others[]", group(), ""}, [](Several& s, const Value&) {
                            s.others.emplace_back();
                            return std::optional<std::string>();
                        }});
        add_part(rows, endpoint_table("others[]"), [](auto& s) -> auto& { return s.others.back(); });
        return rows;
    }();
    return made;
}

struct Outcome {
    Several settings;
    std::string complaints;
};

Outcome read(const std::string& yaml, const Needs& needs = {.model = false, .input = false, .output = false}) {
    static const Environment empty = [](const std::string&) { return std::optional<std::string>(); };
    Outcome out;
    Problems problems;
    const auto root = parse_yaml(yaml, "f.yaml", {}, problems);
    EXPECT_TRUE(root.has_value()) << yaml;
    const auto fields = fields_of(table());
    Reader reader(fields, {"f.yaml", &empty, needs}, problems);
    const auto assignments = reader.read(root.value_or(Node{}));
    apply(table(), assignments, "f.yaml", out.settings, problems);
    Findings findings("f.yaml", assignments, problems);
    check_endpoint("llm", out.settings.first, findings);
    check_endpoint("spare.llm", out.settings.second, findings);
    for (std::size_t i = 0; i < out.settings.others.size(); ++i)
        check_endpoint("others[" + std::to_string(i) + "]", out.settings.others[i], findings);
    out.complaints = to_string(problems);
    return out;
}

constexpr const char* every_key = R"(
  provider: openai
  base_url: https://host/v1/
  model: m
  api_key: {file: key}
  response_format: none
  max_output_tokens: 7
  output_limit_field: max_tokens
  temperature: 0.5
  top_p: 0.9
  seed: 9007199254740993
  reasoning_effort: low
  service_tier: flex
  extra: {chat_template_kwargs: {enable_thinking: false}, options: {num_ctx: 8192}, penalty: 1.5, nothing: null}
  headers: {OpenAI-Organization: org-1, X-Gateway: {env: GATEWAY_KEY}, X-Other: {file: other}}
  query: {api-version: "2026-10-01"}
  ca_file: ca.pem
  cert_file: us.pem
  key_file: us.key
  proxy: http://proxy:3128
  limits: {requests_per_minute: 11, tokens_per_minute: 12, max_in_flight: 13}
  timeout: {connect: 1s, idle: 2s, total: 3s, keep_alive: 4s}
  price: {input_per_mtok: 1, cached_input_per_mtok: 2, output_per_mtok: 3}
)";

void expect_every_key_read(const EndpointSettings& endpoint) {
    EXPECT_EQ(endpoint.model.provider, "openai");
    EXPECT_EQ(endpoint.model.base_url, "https://host/v1");
    EXPECT_EQ(endpoint.model.model, "m");
    EXPECT_EQ(endpoint.api_key.file, "key");
    EXPECT_EQ(endpoint.model.response_format, llm::ResponseFormat::none);
    EXPECT_EQ(endpoint.model.max_output_tokens, 7U);
    EXPECT_EQ(endpoint.model.output_limit_field, llm::OutputLimitField::max_tokens);
    EXPECT_EQ(endpoint.model.temperature, 0.5);
    EXPECT_EQ(endpoint.model.top_p, 0.9);
    EXPECT_EQ(endpoint.model.seed, 9'007'199'254'740'993);
    EXPECT_EQ(endpoint.model.reasoning_effort, "low");
    EXPECT_EQ(endpoint.model.service_tier, "flex");
    EXPECT_EQ(endpoint.model.extra, (TextMap{{"chat_template_kwargs", R"({"enable_thinking":false})"},
                                             {"options", R"({"num_ctx":8192})"},
                                             {"penalty", "1.5"},
                                             {"nothing", "null"}}));
    EXPECT_EQ(endpoint.headers, (HeaderMap{{"OpenAI-Organization", {"org-1", {}}},
                                           {"X-Gateway", {"", {"GATEWAY_KEY", ""}}},
                                           {"X-Other", {"", {"", "other"}}}}));
    EXPECT_EQ(endpoint.model.query, (TextMap{{"api-version", "2026-10-01"}}));
    EXPECT_EQ(endpoint.http.ca_file, "ca.pem");
    EXPECT_EQ(endpoint.http.cert_file, "us.pem");
    EXPECT_EQ(endpoint.http.key_file, "us.key");
    EXPECT_EQ(endpoint.proxy, "http://proxy:3128");
    EXPECT_EQ(endpoint.limits.requests_per_minute, 11U);
    EXPECT_EQ(endpoint.limits.tokens_per_minute, 12U);
    EXPECT_EQ(endpoint.limits.max_in_flight, 13U);
    EXPECT_EQ(endpoint.http.connect_timeout, 1s);
    EXPECT_EQ(endpoint.http.idle_timeout, 2s);
    EXPECT_EQ(endpoint.call_timeout, 3s);
    EXPECT_EQ(endpoint.http.keep_alive, 4s);
    EXPECT_EQ(endpoint.price.input_per_mtok, 1);
    EXPECT_EQ(endpoint.price.cached_input_per_mtok, 2);
    EXPECT_EQ(endpoint.price.output_per_mtok, 3);
}

void expect_defaults(const EndpointSettings& endpoint) {
    EXPECT_EQ(endpoint.model.base_url, EndpointSettings{}.model.base_url);
    EXPECT_EQ(endpoint.model.model, "");
    EXPECT_EQ(endpoint.limits.max_in_flight, pipeline::Limits{}.max_in_flight);
    EXPECT_EQ(endpoint.call_timeout, pipeline::Settings{}.call_timeout);
    EXPECT_EQ(endpoint.price.output_per_mtok, 0);
    EXPECT_EQ(endpoint.price.cached_input_per_mtok, std::nullopt);
    EXPECT_TRUE(endpoint.api_key.empty());
}

TEST(EndpointTable, IsReadIntoTheEndpointOfItsPrefixAndNoOther) {
    const auto first = read(std::string("llm:") + every_key);
    EXPECT_EQ(first.complaints, "");
    expect_every_key_read(first.settings.first);
    expect_defaults(first.settings.second);

    std::string deeper = every_key;
    for (auto at = deeper.find("\n  "); at != std::string::npos; at = deeper.find("\n  ", at + 4))
        deeper.insert(at + 1, "  ");
    const auto second = read("spare:\n  llm:" + deeper);
    EXPECT_EQ(second.complaints, "");
    expect_defaults(second.settings.first);
    expect_every_key_read(second.settings.second);
}

TEST(EndpointTable, ExtraDoesNotReplaceWhatHasItsOwnKey) {
    const auto complaints = [](const std::string& name) { return read("llm: {extra: {" + name + ": 1}}").complaints; };
    for (const char* name : {"model", "messages", "response_format", "max_tokens", "max_completion_tokens", "stream",
                             "n", "temperature", "top_p", "seed", "reasoning_effort", "service_tier"})
        EXPECT_THAT(complaints(name),
                    AllOf(HasSubstr("llm.extra." + std::string(name)), HasSubstr("not to be set here")))
            << name;
    EXPECT_THAT(complaints("temperature"), HasSubstr("write llm.temperature"));
    EXPECT_EQ(complaints("logprobs"), "");
    EXPECT_THAT(read("llm: {extra: 7}").complaints, HasSubstr("a mapping of names to any values"));
}

TEST(EndpointTable, HeadersAreFieldsThatNobodyElseWrites) {
    const auto complaints = [](const std::string& header) {
        return read("llm: {headers: {" + header + "}}").complaints;
    };
    for (const char* name :
         {"Host", "content-length", "Content-Type", "Accept", "User-Agent", "Connection", "Keep-Alive", "TE", "Trailer",
          "Transfer-Encoding", "Upgrade", "Proxy-Authorization", "Expect"})
        EXPECT_THAT(complaints(std::string(name) + ": x"), HasSubstr("not to be set here")) << name;
    EXPECT_THAT(complaints("authorization: x"), HasSubstr("give the key as llm.api_key"));
    EXPECT_THAT(complaints("\"a b\": x"), HasSubstr("is not the name of a header field"));
    EXPECT_THAT(complaints("X-A: a, x-a: b"), HasSubstr("given twice"));
    EXPECT_THAT(complaints("X-A: \"Rose\\nbud1\""), AllOf(HasSubstr("cannot carry"), Not(HasSubstr("bud1"))));
    EXPECT_THAT(complaints("X-A: {env: \"not a name Rosebud\"}"),
                AllOf(HasSubstr("not the name of an environment variable"), Not(HasSubstr("Rosebud"))));
    EXPECT_THAT(complaints("X-A: {emv: A}"), HasSubstr("says neither env nor file"));
    EXPECT_THAT(complaints("X-A: [1]"), HasSubstr("a text, {env: NAME} or {file: path}"));
    EXPECT_EQ(complaints("X-A: 7, X-B: true"), "");
}

TEST(EndpointTable, TwoEndpointsInOneFileKeepApart) {
    const auto both =
        read("llm: {model: a, limits: {max_in_flight: 2}}\nspare: {llm: {model: b, price: {output_per_mtok: 9}}}\n");
    EXPECT_EQ(both.complaints, "");
    EXPECT_EQ(both.settings.first.model.model, "a");
    EXPECT_EQ(both.settings.first.limits.max_in_flight, 2U);
    EXPECT_EQ(both.settings.first.price.output_per_mtok, 0);
    EXPECT_EQ(both.settings.second.model.model, "b");
    EXPECT_EQ(both.settings.second.limits.max_in_flight, pipeline::Limits{}.max_in_flight);
    EXPECT_EQ(both.settings.second.price.output_per_mtok, 9);
}

TEST(EndpointTable, MayBeTheItemOfAList) {
    const auto outcome = read("others:\n  - {model: a, timeout: {total: 45s}}\n  - {model: b}\n");
    EXPECT_EQ(outcome.complaints, "");
    ASSERT_EQ(outcome.settings.others.size(), 2U);
    EXPECT_EQ(outcome.settings.others[0].model.model, "a");
    EXPECT_EQ(outcome.settings.others[0].call_timeout, 45s);
    EXPECT_EQ(outcome.settings.others[1].model.model, "b");
    EXPECT_EQ(outcome.settings.others[1].call_timeout, pipeline::Settings{}.call_timeout);
    expect_defaults(outcome.settings.first);
}

TEST(EndpointTable, HasTheSameRowsUnderEveryPrefix) {
    const auto one = endpoint_table("llm");
    const auto other = endpoint_table("spare.llm");
    ASSERT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ("spare." + one[i].field.path, other[i].field.path);
        EXPECT_EQ(one[i].field.description, other[i].field.description);
        EXPECT_EQ(one[i].field.type->expectation(), other[i].field.type->expectation());
        EXPECT_EQ(one[i].field.description.find("llm."), std::string::npos) << "a row does not know where it stands";
    }
}

TEST(EndpointTable, AsksForAModelAtEachEndpointThatThereIs) {
    const auto outcome =
        read("llm: {}\nothers: [{provider: openai}]\n", {.model = true, .input = false, .output = false});
    EXPECT_THAT(outcome.complaints, HasSubstr("llm.model: is missing"));
    EXPECT_THAT(outcome.complaints, HasSubstr("others[0].model: is missing"));
}

TEST(EndpointTable, AMistakeIsToldWithTheKeyOfItsEndpoint) {
    for (const auto& [from, prefix] : std::vector<std::pair<std::string, std::string>>{
             {"llm: {", "llm"}, {"spare: {llm: {", "spare.llm"}, {"others: [{model: m}, {", "others[1]"}}) {
        const std::string to = from == "llm: {" ? "}" : from.back() == '{' && from[0] == 's' ? "}}" : "}]";
        const auto complaints = [&](const std::string& keys) { return read(from + keys + to + "\n").complaints; };
        EXPECT_THAT(complaints("limits: {max_in_flight: many}"),
                    HasSubstr(prefix + ".limits.max_in_flight: found \"many\"; expected an integer from 1 to 65536"));
        EXPECT_THAT(complaints("modle: m"),
                    AllOf(HasSubstr(prefix + ".modle: is not a known key"), HasSubstr("did you mean `model`?")));
        EXPECT_THAT(complaints("api_key: {env: A, file: b}"),
                    HasSubstr(prefix + ".api_key.file: is given besides " + prefix + ".api_key.env"));
        EXPECT_THAT(complaints("api_key: {}"), HasSubstr(prefix + ".api_key: says neither env nor file"));
        EXPECT_THAT(complaints("timeout: {idle: 5s, total: 4s}"),
                    HasSubstr(prefix + ".timeout.idle: is longer than " + prefix + ".timeout.total"));
        EXPECT_THAT(complaints("limits: {tokens_per_minute: 100}, max_output_tokens: 100"),
                    HasSubstr(prefix + ".limits.tokens_per_minute: is used up by one answer: providers count " +
                              prefix + ".max_output_tokens, which is 100"));
        EXPECT_EQ(complaints("limits: {tokens_per_minute: 101}, max_output_tokens: 100"), "");
        EXPECT_EQ(complaints("timeout: {idle: 4s, total: 4s}"), "");
        EXPECT_THAT(complaints("key_file: us.key"),
                    HasSubstr(prefix + ".key_file: is given without " + prefix + ".cert_file"));
    }
}

TEST(EndpointTable, NoKeyOfAnyEndpointIsShown) {
    for (const char* yaml : {"llm: {api_key: sk-endpoint-key-311}", "spare: {llm: {api_key: sk-endpoint-key-311}}",
                             "others: [{api_key: {env: sk-endpoint-key-311}}]",
                             "spare: {llm: {base_url: \"https://me:sk-endpoint-key-311@host\"}}"}) {
        const auto outcome = read(std::string(yaml) + "\n");
        EXPECT_NE(outcome.complaints, "") << yaml;
        EXPECT_THAT(outcome.complaints, Not(HasSubstr("key-311"))) << yaml;
    }
    EXPECT_THAT(read("spare: {llm: {base_url: \"https://me:sk-endpoint-key-311@host\"}}\n").complaints,
                HasSubstr("give the key as spare.llm.api_key"));
}

}  // namespace
}  // namespace prelabel::config
