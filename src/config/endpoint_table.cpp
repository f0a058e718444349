#include "config/endpoint_table.hpp"

#include "config/types.hpp"

#include <limits>
#include <map>
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

/// Says where what `llm.extra` may not replace is set.
std::map<std::string, std::string> of_the_body(const std::string& prefix) {
    std::map<std::string, std::string> reserved;
    for (const char* name :
         {"model", "response_format", "temperature", "top_p", "seed", "reasoning_effort", "service_tier"})
        reserved[name] = "write " + prefix + "." + name;
    for (const char* name : {"max_tokens", "max_completion_tokens"})
        reserved[name] = "write " + prefix + ".max_output_tokens; " + prefix + ".output_limit_field names the field";
    reserved["messages"] = "the task makes them";
    reserved["stream"] = "answers are read whole";
    reserved["n"] = "one answer is asked for";
    return reserved;
}

/// Those of one connection (RFC 9110 §7.6.1) and those that we write.
std::map<std::string, std::string> of_the_head(const std::string& prefix) {
    std::map<std::string, std::string> reserved;
    for (const char* name : {"connection", "keep-alive", "proxy-*", "te", "trailer", "transfer-encoding", "upgrade"})
        reserved[name] = "it belongs to the connection";
    for (const char* name : {"host", "content-length", "content-type", "content-encoding", "accept", "accept-encoding",
                             "expect", "user-agent"})
        reserved[name] = "prelabel writes it";
    reserved["authorization"] = "give the key as " + prefix + ".api_key";
    return reserved;
}

void add_fields(Rows& rows, const std::string& prefix) {
    rows.push_back(key_without_default(
        {"headers", header_map(of_the_head(prefix)),
         "Further header fields of every call, such as `OpenAI-Organization` or a gateway's key. A value is a text, "
         "`{env: NAME}` or `{file: path}`, and is shown nowhere."},
        [](auto& e) -> auto& { return e.headers; }));
    rows.push_back(
        key_without_default({"query", text_map(), "Appended to the address of every call, such as `api-version`."},
                            [](auto& e) -> auto& { return e.model.query; }));
}

void add_request(Rows& rows, const std::string& prefix) {
    rows.push_back(key({"response_format", choice<llm::ResponseFormat>(),
                        "How answers are asked to be JSON; servers differ in what they know."},
                       [](auto& e) -> auto& { return e.model.response_format; }));
    rows.push_back(key({"max_output_tokens", integer(1, 1'000'000), "Longest answer; providers count it as used."},
                       [](auto& e) -> auto& { return e.model.max_output_tokens; }));
    rows.push_back(key({"output_limit_field", choice<llm::OutputLimitField>(),
                        "Field that carries it. `auto`: `max_completion_tokens` at api.openai.com, `max_tokens` "
                        "elsewhere, and the other one where a model refuses it."},
                       [](auto& e) -> auto& { return e.model.output_limit_field; }));
    rows.push_back(key({"temperature", number_or_null(0, 2),
                        "`0` makes answers as repeatable as the model can; without it the provider's default holds, "
                        "often 1. Like the next four, it is left out where a model refuses it.",
                        Need::no, "not sent"},
                       [](auto& e) -> auto& { return e.model.temperature; }));
    rows.push_back(key({"top_p", number_or_null(0, 1), "Share of the likeliest tokens that answers are made of.",
                        Need::no, "not sent"},
                       [](auto& e) -> auto& { return e.model.top_p; }));
    rows.push_back(key({"seed", integer_or_null(0, std::numeric_limits<std::int64_t>::max()),
                        "Makes answers repeatable at servers that know it.", Need::no, "not sent"},
                       [](auto& e) -> auto& { return e.model.seed; }));
    rows.push_back(key_without_default({"reasoning_effort", text(),
                                        "How long a reasoning model thinks, in the provider's word: `none`, `minimal`, "
                                        "`low`, `medium`, `high`, … What "
                                        "it thinks counts into `max_output_tokens`.",
                                        Need::no, "not sent"},
                                       [](auto& e) -> auto& { return e.model.reasoning_effort; }));
    rows.push_back(key_without_default(
        {"service_tier", text(), "The provider's class of service, in its word: `flex`, `priority`, …", Need::no,
         "not sent"},
        [](auto& e) -> auto& { return e.model.service_tier; }));
    rows.push_back(key_without_default(
        {"extra", json_map(of_the_body(prefix)),
         "Further members of the request's body, with any values, such as `chat_template_kwargs` or `options`."},
        [](auto& e) -> auto& { return e.model.extra; }));
}

void add_calls(Rows& rows) {
    rows.push_back(key_without_default(
        {"ca_file", path(), "PEM file of the authorities that may vouch for the server.", Need::no, "the system's"},
        [](auto& e) -> auto& { return e.http.ca_file; }));
    rows.push_back(
        key_without_default({"cert_file", path(),
                             "PEM file of the certificate, and those of its authorities, by which the server "
                             "knows us."},
                            [](auto& e) -> auto& { return e.http.cert_file; }));
    rows.push_back(key_without_default(
        {"key_file", path(), "PEM file of the certificate's key, without a passphrase.", Need::no, "in `cert_file`"},
        [](auto& e) -> auto& { return e.http.key_file; }));
    Field proxy{"proxy", text(),
                "URL of an HTTP proxy, `http://host:port` or `http://user:password@host:port`. `none`: no proxy. This "
                "machine itself is never asked through one.",
                Need::no, "`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`"};
    proxy.secret = true;
    rows.push_back(key_without_default(proxy, [](auto& e) -> auto& { return e.proxy; }));
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
    rows.push_back(key({"price.input_per_mtok", number(0, 1'000'000),
                        "US dollars per million input tokens. While all prices are 0, cost is unknown."},
                       [](auto& e) -> auto& { return e.price.input_per_mtok; }));
    rows.push_back(
        key({"price.cached_input_per_mtok", number_or_null(0, 1'000'000),
             "US dollars per million input tokens that the provider had cached.", Need::no, "`price.input_per_mtok`"},
            [](auto& e) -> auto& { return e.price.cached_input_per_mtok; }));
    rows.push_back(key({"price.output_per_mtok", number(0, 1'000'000), "US dollars per million output tokens."},
                       [](auto& e) -> auto& { return e.price.output_per_mtok; }));
}

}  // namespace

Table<EndpointSettings> endpoint_table(const std::string& prefix) {
    Rows rows;
    add_server(rows, prefix);
    add_fields(rows, prefix);
    add_request(rows, prefix);
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
    if (!endpoint.http.key_file.empty() && endpoint.http.cert_file.empty())
        findings.report(key("key_file"), "is given without " + key("cert_file"), "both, or neither");
    const auto tokens = endpoint.limits.tokens_per_minute;
    if (tokens > 0 && endpoint.model.max_output_tokens >= tokens)
        findings.report(key("limits.tokens_per_minute"),
                        "is used up by one answer: providers count " + key("max_output_tokens") + ", which is " +
                            std::to_string(endpoint.model.max_output_tokens) + ", for each call",
                        "the account's limit, or a smaller max_output_tokens");
}

}  // namespace prelabel::config
