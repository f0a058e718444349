#include "happened.hpp"

namespace prelabel::sim {

std::string_view to_string(Happening happening) {
    static constexpr std::array<std::string_view, happening_count> names{
        "kill",
        "loss",
        "late_commit",
        "late_write",
        "unheard_write",
        "unheard_commit",
        "refused_write",
        "stalled_write",
        "partial_revocation",
        "truncation",
        "finite_input",
        "finite_input_failed",
        "revocation",
        "abandoned",
        "published_again",
        "pause",
        "resume",
        "retry",
        "reask",
        "shared_call",
        "cache_hit",
        "write_failure",
        "commit_failure",
        "partial_record",
        "throttled_by_load",
        "refused_everybody",
        "waited_past_deadline",
        "quota_measured",
        "malformed_input",
        "too_large",
        "invalid_answer",
        "refused",
        "context_length",
        "request_rejected",
        "deadline",
    };
    static_assert(!names.back().empty());
    return names[static_cast<std::size_t>(happening)];
}

}  // namespace prelabel::sim
