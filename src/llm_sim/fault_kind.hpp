#pragma once

#include <prelabel/base/enum_names.hpp>

#include <array>

namespace prelabel::llm_sim {

/// What goes wrong with one request. The names are those of `--fault` and of scripts.
enum class FaultKind {
    none,                ///< `ok`
    throttled,           ///< `429` with Retry-After
    server_error,        ///< `500`
    unavailable,         ///< `503` with Retry-After
    reset,               ///< the answer is made and paid, the connection is reset
    hang,                ///< silence
    drip,                ///< a few bytes at a time
    truncated,           ///< the header promises more than comes
    invalid_json,        ///< a good envelope around an answer that is not JSON
    broken_envelope,     ///< a body that is not JSON
    hallucinated,        ///< an entity that is not in the document
    refusal,             ///< `refusal` instead of `content`
    content_filter,      ///< finish_reason content_filter, no content
    wrong_content_type,  ///< a proxy's plain text 500 or its HTML page with status 200
    unknown_label,       ///< a label nobody asked for
    code_fence,          ///< prose and a code fence around the answer
    truncated_answer,    ///< cut in the middle, finish_reason length
    wrong_document,      ///< an answer about another document
    empty,               ///< content ""
    context_length,      ///< 400 context_length_exceeded
    insufficient_quota,  ///< 429 that waiting does not heal
};
constexpr auto enum_names(FaultKind) {
    return std::to_array<EnumName<FaultKind>>({
        {FaultKind::none, "ok"},
        {FaultKind::throttled, "429"},
        {FaultKind::server_error, "500"},
        {FaultKind::unavailable, "503"},
        {FaultKind::reset, "reset"},
        {FaultKind::hang, "hang"},
        {FaultKind::drip, "drip"},
        {FaultKind::truncated, "truncated"},
        {FaultKind::invalid_json, "invalid_json"},
        {FaultKind::broken_envelope, "broken_envelope"},
        {FaultKind::hallucinated, "hallucinated"},
        {FaultKind::refusal, "refusal"},
        {FaultKind::content_filter, "content_filter"},
        {FaultKind::wrong_content_type, "wrong_content_type"},
        {FaultKind::unknown_label, "unknown_label"},
        {FaultKind::code_fence, "code_fence"},
        {FaultKind::truncated_answer, "truncated_answer"},
        {FaultKind::wrong_document, "wrong_document"},
        {FaultKind::empty, "empty"},
        {FaultKind::context_length, "context_length"},
        {FaultKind::insufficient_quota, "insufficient_quota"},
    });
}

/// Whether the provider has made an answer and charges for it, also where it never arrives.
[[nodiscard]] bool is_paid(FaultKind kind);

}  // namespace prelabel::llm_sim
