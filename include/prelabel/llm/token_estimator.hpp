#pragma once

#include <cstddef>
#include <cstdint>

namespace prelabel::llm {

/// How many tokens the provider will count for a request, learned from its counts for earlier ones: tokens per byte as
/// a line over 1/bytes, plus two standard errors, so that errors do not cause refusals. It is a line, because the
/// fixed part of every request (instructions, schema) has its own tokens per byte, and servers count different parts of
/// it. It is tokens per byte, not tokens, because the margin then grows with the request: the uncertainty about a few
/// large documents is not charged to every small one.
///
/// Starts at 1/3 token per byte (English has a quarter, CJK a third to a half) with a wide margin, of which a tenth is
/// left after ten observations. An estimate is for reserving, not for accounting.
///
/// Bound:   more than 4 tokens per byte count as 4.
/// Threads: confined to its worker.
/// Source:  least squares weighted by 1/bytes², the standard error of a prediction; moments as in West (1979).
class TokenEstimator {
public:
    /// At least 1 token for any request.
    [[nodiscard]] std::uint64_t estimate(std::size_t bytes) const;
    /// The provider counted `tokens` for a request of `bytes`. A zero teaches nothing: the server gave no count.
    void observe(std::size_t bytes, std::uint64_t tokens);

private:
    [[nodiscard]] double seen() const;  ///< observations that count, the first one twice

    std::uint64_t observed_ = 0;
    double mean_inverse_ = 0;  ///< of sizes in bytes
    double mean_ratio_ = 0;    ///< tokens per byte
    double inverse_variance_ = 0;
    double ratio_variance_ = 0;
    double covariance_ = 0;
};

}  // namespace prelabel::llm
