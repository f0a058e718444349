#include "llm/openai_dialect.hpp"

#include "llm/openai_failure.hpp"
#include "llm/openai_reply.hpp"
#include "llm/retry_after.hpp"
#include "llm/shown_limits.hpp"

#include <prelabel/base/json_text.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/llm/request_shape.hpp>
#include <prelabel/llm/strict_subset.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace prelabel::llm {
namespace {

constexpr std::size_t plain_text_max = 4'096;
/// More than any model reads or writes in one call, ten times over.
constexpr std::uint64_t tokens_a_call_max = 20'000'000;

std::string_view opening(Role role) {
    switch (role) {
        case Role::system:
            return R"({"role":"system","content":)";
        case Role::user:
            return R"({"role":"user","content":)";
        case Role::assistant:
            return R"({"role":"assistant","content":)";
    }
    return {};
}

void append_message(const Message& message, std::string& out) {
    out += opening(message.role);
    append_json_string(message.content, out);
    out += '}';
}

void append_name(std::string_view name, std::string& out) {
    out += ",\"";
    out += name;
    out += "\":";
}

template <class Number>
void append_number(std::string_view name, const std::optional<Number>& value, std::string& out) {
    if (!value) return;
    std::array<char, 32> digits{};
    append_name(name, out);
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), *value).ptr);
}

void append_text(std::string_view name, const std::string& value, std::string& out) {
    if (value.empty()) return;
    append_name(name, out);
    append_json_string(value, out);
}

void append_response_format(const RequestForm& form, const ModelSettings& settings, std::string& out) {
    if (settings.response_format == ResponseFormat::json_object) out += R"(,"response_format":{"type":"json_object"})";
    if (settings.response_format != ResponseFormat::json_schema) return;
    out += R"(,"response_format":{"type":"json_schema","json_schema":{"name":"answer",)";
    if (form.strict_schema && settings.strict) out += R"("strict":true,)";
    out += R"("schema":)";
    out += form.answer_schema;
    out += "}}";
}

void append_tail(const RequestForm& form, const ModelSettings& settings, std::string& out) {
    out += ']';
    append_number("temperature", settings.temperature, out);
    append_number("top_p", settings.top_p, out);
    append_number("seed", settings.seed, out);
    append_text("reasoning_effort", settings.reasoning_effort, out);
    append_text("service_tier", settings.service_tier, out);
    append_number(name_of(output_limit_field(settings)), std::optional(settings.max_output_tokens), out);
    append_response_format(form, settings, out);
    for (const auto& [name, json] : settings.extra) {
        out += ',';
        append_json_string(name, out);
        out += ':';
        out += json;
    }
    out += '}';
}

/// Everything but the characters that RFC 3986 calls unreserved.
void append_encoded(std::string_view text, std::string& out) {
    constexpr std::string_view unreserved = "-._~";
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           unreserved.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
            continue;
        }
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 0xFU];
    }
}

constexpr std::size_t model_name_max = 256;

FinishReason finish_reason(const OpenAiReply& reply) {
    if (!reply.refusal.empty() && reply.content.empty()) return FinishReason::refusal;
    const std::string_view said = reply.finish_reason;
    if (said.empty() || said == "stop") return FinishReason::stop;
    if (said == "length" || said == "max_tokens") return FinishReason::length;
    if (said == "content_filter") return FinishReason::content_filter;
    if (said == "refusal") return FinishReason::refusal;
    return FinishReason::other;
}

/// RapidJSON takes the escape of a lone low surrogate for a character. What it makes of that is no text: it is dropped
/// here, so that an answer which holds one is asked for again like any other that cannot be used.
std::string text_or_nothing(std::string bytes) { return utf8::first_invalid(bytes) ? std::string() : std::move(bytes); }

bool is_possible(const OpenAiReply& reply) {
    return std::max(reply.prompt_tokens, reply.completion_tokens) <= tokens_a_call_max;
}

Usage usage(const OpenAiReply& reply) {
    Usage usage;
    usage.input_tokens = std::min(reply.prompt_tokens, tokens_a_call_max);
    usage.cached_input_tokens = std::min(reply.cached_tokens, usage.input_tokens);
    usage.output_tokens = std::min(reply.completion_tokens, tokens_a_call_max);
    return usage;
}

Completion completion(OpenAiReply reply) {
    Completion done;
    done.usage = usage(reply);
    done.usage.requests = 1;
    done.usage_malformed = !is_possible(reply);
    done.finish = finish_reason(reply);
    done.response_id = text_or_nothing(std::move(reply.id));
    done.model = text_or_nothing(std::move(reply.model));
    if (done.model.size() > model_name_max) done.model.clear();  // is no name
    done.content = text_or_nothing(std::move(reply.content));
    return done;
}

/// Gateways answer 200 and put the upstream's failure into the body: its code is then the status that counts.
int effective_status(int status, const OpenAiReply& reply) {
    const bool hidden = status >= 200 && status < 300 && reply.has_error;
    if (!hidden || reply.error_code.size() != 3) return status;
    int named = 0;
    std::from_chars(reply.error_code.data(), reply.error_code.data() + 3, named);
    return named >= 400 && named < 600 ? named : status;
}

/// What the server asks for, in the order in which it is believed: its own header, that of the provider behind a proxy
/// (LiteLLM), a field of the body (Gemini).
std::optional<Duration> asked_wait(const HttpReply& http, const OpenAiReply& reply, WallTime now) {
    if (const auto asked = retry_after(http.header("Retry-After-Ms"), http.header("Retry-After"), now)) return asked;
    const auto passed_on =
        retry_after(http.header("Llm_provider-Retry-After-Ms"), http.header("Llm_provider-Retry-After"), now);
    return passed_on ? passed_on : retry_delay(reply.retry_delay);
}

}  // namespace

std::string OpenAiDialect::path(const ModelSettings& settings) const {
    std::string path = "/chat/completions";
    for (const auto& [name, value] : settings.query) {
        path += path.find('?') == std::string::npos ? '?' : '&';
        append_encoded(name, path);
        path += '=';
        append_encoded(value, path);
    }
    return path;
}

std::vector<HeaderField> OpenAiDialect::authentication(const Secret& key) const {
    if (key.empty()) return {};
    return {{"Authorization", "Bearer " + key.reveal()}};
}

RequestForm OpenAiDialect::form(const ModelSettings& settings, std::span<const Message> preamble,
                                std::string_view answer_schema) const {
    RequestForm form{R"({"model":)" + json_string(settings.model) + R"(,"messages":[)", !preamble.empty(),
                     std::string(answer_schema), !outside_strict_subset(answer_schema)};
    for (const Message& message : preamble) {
        if (&message != &preamble.front()) form.head += ',';
        append_message(message, form.head);
    }
    return form;
}

std::string OpenAiDialect::body(const RequestForm& form, const ModelSettings& settings,
                                std::span<const Message> turns) const {
    constexpr std::size_t around_a_turn = 64;
    constexpr std::size_t in_the_tail = 256;  // besides the schema
    std::size_t expected = form.head.size() + form.answer_schema.size() + in_the_tail;
    for (const Message& turn : turns) expected += turn.content.size() + turn.content.size() / 16 + around_a_turn;
    std::string body;
    body.reserve(expected);
    body += form.head;
    bool first = !form.has_turns;
    for (const Message& turn : turns) {
        if (!std::exchange(first, false)) body += ',';
        append_message(turn, body);
    }
    append_tail(form, settings, body);
    return body;
}

CallOutcome OpenAiDialect::decode(const HttpReply& http, WallTime now) const {
    OpenAiReply reply;
    const bool is_json = read_openai_reply(http.body, reply);
    const bool is_success = http.status >= 200 && http.status < 300;
    if (is_success && is_json && reply.has_choice) {
        Completion done = completion(std::move(reply));
        done.limits = shown_limits(http);
        return done;
    }
    const bool cut_answer = is_success && !is_json && reply.has_choice;
    if (!is_json) {  // half a body says nothing reliable; plain text may still name the reason
        reply = {};
        reply.error_message = utf8::prefix(http.body, plain_text_max);
    }
    const int status = effective_status(http.status, reply);
    CallFailure failure;
    failure.reply = classify_openai_failure(status, reply, http.header("X-Should-Retry"));
    failure.http_status = http.status;
    failure.retry_after = asked_wait(http, reply, now);
    failure.message = describe_openai_failure(http.status, reply);
    failure.parameter = refused_parameter(reply);
    failure.said = text_or_nothing(std::move(reply.error_message));
    failure.limits = shown_limits(http);
    failure.usage = usage(reply);
    if (cut_answer) failure.usage.uncounted = 1;
    if (cut_answer || failure.usage.input_tokens + failure.usage.output_tokens > 0) failure.usage.requests = 1;
    if (failure.reply == ReplyClass::malformed_reply) failure.message += ", the body is no completion";
    return failure;
}

}  // namespace prelabel::llm
