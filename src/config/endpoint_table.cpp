#include "config/endpoint_table.hpp"

#include "config/types.hpp"

#include <utility>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;

using Rows = Table<EndpointSettings>;

template <class At>
Setting<EndpointSettings> key(Field field, At at) {
    return member<EndpointSettings>(std::move(field), at);
}

template <class At>
Setting<EndpointSettings> key_without_default(Field field, At at) {
    return member_without_default<EndpointSettings>(std::move(field), at);
}

void add_server(Rows& rows, const std::string& prefix) {
    rows.push_back(key({"provider", choice({"openai"}, {"azure", "anthropic"}),
                        "The server's dialect. `openai` is any compatible server: OpenAI, vLLM, Ollama, LiteLLM, …"},
                       [](auto& e) -> auto& { return e.model.provider; }));
    rows.push_back(key({"base_url", url(prefix + ".api_key"), "Address of the server, up to and with `/v1`."},
                       [](auto& e) -> auto& { return e.model.base_url; }));
    rows.push_back(key_without_default({"model", text(), "Name of the model.", Need::model},
                                       [](auto& e) -> auto& { return e.model.model; }));
    Field api_key{"api_key", group(),
                  "Where the key is, `{env: NAME}` or `{file: path}`; without it calls carry no key."};
    api_key.advice = "a key does not belong in this file: write {env: OPENAI_API_KEY} or {file: /run/secrets/key}";
    api_key.secret = true;
    rows.push_back({api_key, [](EndpointSettings&, const Value&) { return std::optional<std::string>(); }});
    rows.push_back(
        key_without_default({"api_key.env", variable(), "Name of the environment variable that holds the key."},
                            [](auto& e) -> auto& { return e.api_key.env; }));
    rows.push_back(key_without_default(
        {"api_key.file", path(), "File that holds nothing but the key; read again when it changes."},
        [](auto& e) -> auto& { return e.api_key.file; }));
}

void add_request(Rows& rows) {
    rows.push_back(key({"response_format", choice<llm::ResponseFormat>(),
                        "How answers are asked to be JSON; servers differ in what they know."},
                       [](auto& e) -> auto& { return e.model.response_format; }));
    rows.push_back(key({"max_output_tokens", integer(1, 1'000'000), "Longest answer; providers count it as used."},
                       [](auto& e) -> auto& { return e.model.max_output_tokens; }));
    rows.push_back(key({"output_limit_field", choice<llm::OutputLimitField>(),
                        "Field that carries it. `auto`: `max_completion_tokens` at api.openai.com, `max_tokens` "
                        "elsewhere."},
                       [](auto& e) -> auto& { return e.model.output_limit_field; }));
    rows.push_back(key({"temperature", number_or_null(0, 2),
                        "Sent only where it is set, since some models refuse it. `0` makes answers as repeatable as "
                        "the model can; without it the provider's default holds, often 1.",
                        Need::no, "not sent"},
                       [](auto& e) -> auto& { return e.model.temperature; }));
}

void add_calls(Rows& rows) {
    rows.push_back(key_without_default(
        {"ca_file", path(), "PEM file of the authorities that may vouch for the server.", Need::no, "the system's"},
        [](auto& e) -> auto& { return e.http.ca_file; }));
    rows.push_back(
        key({"limits.requests_per_minute", integer(0, 100'000'000), "What the provider allows; 0: no limit."},
            [](auto& e) -> auto& { return e.limits.requests_per_minute; }));
    rows.push_back(key({"limits.tokens_per_minute", integer(0, 1'000'000'000'000),
                        "What the provider allows, input and output together; 0: no limit."},
                       [](auto& e) -> auto& { return e.limits.tokens_per_minute; }));
    rows.push_back(key({"limits.max_in_flight", integer(1, 65'536), "Calls under way at once."},
                       [](auto& e) -> auto& { return e.limits.max_in_flight; }));
    rows.push_back(key({"timeout.connect", duration(1ms, 10min), "Look-up, connection and TLS handshake together."},
                       [](auto& e) -> auto& { return e.http.connect_timeout; }));
    rows.push_back(key({"timeout.idle", duration(1ms, 1h),
                        "Longest silence in the middle of a response. Until it begins only `total` counts."},
                       [](auto& e) -> auto& { return e.http.idle_timeout; }));
    rows.push_back(
        key({"timeout.total", duration(1ms, 24h), "A whole call."}, [](auto& e) -> auto& { return e.call_timeout; }));
    rows.push_back(key({"timeout.keep_alive", duration(0s, 24h),
                        "Connections idle for longer are not used again; keep it below the server's own limit."},
                       [](auto& e) -> auto& { return e.http.keep_alive; }));
}

void add_price(Rows& rows) {
    rows.push_back(key({"price.input_per_mtok", number(0, 1'000'000), "US dollars per million input tokens."},
                       [](auto& e) -> auto& { return e.price.input_per_mtok; }));
    rows.push_back(key({"price.cached_input_per_mtok", number(0, 1'000'000),
                        "US dollars per million input tokens that the provider had cached."},
                       [](auto& e) -> auto& { return e.price.cached_input_per_mtok; }));
    rows.push_back(key({"price.output_per_mtok", number(0, 1'000'000), "US dollars per million output tokens."},
                       [](auto& e) -> auto& { return e.price.output_per_mtok; }));
}

}  // namespace

Table<EndpointSettings> endpoint_table(const std::string& prefix) {
    Rows rows;
    add_server(rows, prefix);
    add_request(rows);
    add_calls(rows);
    add_price(rows);
    for (auto& row : rows) row.field.path = prefix + "." + row.field.path;
    return rows;
}

void check_endpoint(const std::string& prefix, const EndpointSettings& endpoint, Findings& findings) {
    const auto key = [&](const char* name) { return prefix + "." + name; };
    if (!endpoint.api_key.env.empty() && !endpoint.api_key.file.empty())
        findings.report(key("api_key.file"), "is given besides " + key("api_key.env"), "one of env and file");
    if (findings.given(key("api_key")) && endpoint.api_key.empty())
        findings.report(key("api_key"), "says neither env nor file", "{env: NAME} or {file: path}");
    if (endpoint.http.idle_timeout > endpoint.call_timeout && findings.given(key("timeout.idle")))
        findings.report(key("timeout.idle"),
                        "is longer than " + key("timeout.total") + ", so it would never end a call",
                        "at most the total");
    const auto tokens = endpoint.limits.tokens_per_minute;
    if (tokens > 0 && endpoint.model.max_output_tokens >= tokens)
        findings.report(key("limits.tokens_per_minute"),
                        "is used up by one answer: providers count " + key("max_output_tokens") + ", which is " +
                            std::to_string(endpoint.model.max_output_tokens) + ", for each call",
                        "the account's limit, or a smaller max_output_tokens");
}

}  // namespace prelabel::config
