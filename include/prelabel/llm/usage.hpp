#pragma once

#include <cstdint>

namespace prelabel::llm {

/// Tokens as the provider counts them, and their cost.
struct Usage {
    std::uint64_t requests = 0;
    std::uint64_t input_tokens = 0;         ///< all input tokens, cached ones too
    std::uint64_t cached_input_tokens = 0;  ///< of these, read from the provider's prompt cache
    std::uint64_t output_tokens = 0;
    double cost_usd = 0;          ///< of what was counted
    std::uint64_t uncounted = 0;  ///< of the requests, those whose answer came without token counts

    Usage& operator+=(const Usage& other) {
        requests += other.requests;
        input_tokens += other.input_tokens;
        cached_input_tokens += other.cached_input_tokens;
        output_tokens += other.output_tokens;
        cost_usd += other.cost_usd;
        uncounted += other.uncounted;
        return *this;
    }

    friend bool operator==(const Usage&, const Usage&) = default;
};

}  // namespace prelabel::llm
