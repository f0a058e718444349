#pragma once

#include <prelabel/base/enum_names.hpp>

#include <array>

namespace prelabel::llm {

/// What a reply means for the caller. Sources: the retry rules of the providers' official clients. We differ if the
/// account is empty: those clients retry, and we must not.
enum class ReplyClass {
    answered,
    throttled,        ///< 429 (Groq: 498) that passes with time: obey Retry-After
    out_of_money,     ///< 429/402/403 that only a person can fix: pause, alert
    unauthorized,     ///< 401: wrong key: pause, alert
    forbidden,        ///< 403: the key is not allowed, or a firewall or moderation stops this one: other calls decide
    overloaded,       ///< 500 … 599, 408, 409, or the server says `x-should-retry: true`: retry with backoff
    connection,       ///< refused, reset, closed early, TLS failed: retry with backoff
    local_limit,      ///< no descriptor, port or memory left on this machine, nothing sent: rest
    timed_out,        ///< connect, idle or total deadline passed: retry with backoff
    malformed_reply,  ///< 2xx whose body is not a completion, or is too long: ask again, then end this document
    context_length,   ///< 413, or a 400 that says the document is too long: end this document
    content_filter,   ///< 400 by the provider's filter: end this document
    rejected,       ///< other 4xx, a 500 that names a parameter, or the server says `x-should-retry: false`: the shape
                    ///< of all requests is wrong, or this document: other calls decide
    model_missing,  ///< 404, 405, a redirect, no such host, TLS mixed up: no such model or address: pause, alert
};
constexpr auto enum_names(ReplyClass) {
    return std::to_array<EnumName<ReplyClass>>({
        {ReplyClass::answered, "answered"},
        {ReplyClass::throttled, "throttled"},
        {ReplyClass::out_of_money, "out_of_money"},
        {ReplyClass::unauthorized, "unauthorized"},
        {ReplyClass::forbidden, "forbidden"},
        {ReplyClass::overloaded, "overloaded"},
        {ReplyClass::connection, "connection"},
        {ReplyClass::local_limit, "local_limit"},
        {ReplyClass::timed_out, "timed_out"},
        {ReplyClass::malformed_reply, "malformed_reply"},
        {ReplyClass::context_length, "context_length"},
        {ReplyClass::content_filter, "content_filter"},
        {ReplyClass::rejected, "rejected"},
        {ReplyClass::model_missing, "model_missing"},
    });
}

}  // namespace prelabel::llm
