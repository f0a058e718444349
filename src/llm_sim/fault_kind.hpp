#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
inline constexpr std::size_t fault_kind_count = 21;

[[nodiscard]] std::string_view to_string(FaultKind kind);
[[nodiscard]] std::optional<FaultKind> fault_kind(std::string_view name);
/// All names, for "did you mean" and help.
[[nodiscard]] std::vector<std::string> fault_names();
/// Whether the provider has made an answer and charges for it, also where it never arrives.
[[nodiscard]] bool is_paid(FaultKind kind);

}  // namespace prelabel::llm_sim
