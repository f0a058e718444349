#pragma once

#include <cstddef>
#include <cstdint>

namespace prelabel::llm {

/// How many tokens a request will be counted as, learned from what the provider reported for earlier ones: tokens a byte as
/// a line of 1/bytes, plus two standard errors, so that pacing errs on the side that is not refused. A line, because the
/// fixed part of every request (instructions, schema) has its own tokens a byte, and servers differ in what of it they
/// count; of tokens a byte and not of tokens, because the margin then grows with the request: what is not known of a few
/// large documents is not charged to every small one.
///
/// Starts from 1/3 token a byte (English has a quarter, CJK a third to a half) with a wide margin, of which a tenth is
/// left after ten observations. An estimate is for asking, not accounting.
///
/// Bound:   more than 4 tokens a byte are taken as 4.
/// Threads: confined to its worker.
/// Source:  least squares weighted by 1/bytes², the standard error of a prediction; moments as in West (1979).
class TokenEstimator {
public:
    /// At least 1 token for any request.
    [[nodiscard]] std::uint64_t estimate(std::size_t bytes) const;
    /// The provider counted `tokens` for a request of `bytes`. Nothing is learned from zeros: the server did not say.
    void observe(std::size_t bytes, std::uint64_t tokens);

private:
    [[nodiscard]] double seen() const;  ///< observations that count, the first one twice

    std::uint64_t observed_ = 0;
    double mean_inverse_ = 0;  ///< of sizes in bytes
    double mean_ratio_ = 0;    ///< tokens a byte
    double inverse_variance_ = 0;
    double ratio_variance_ = 0;
    double covariance_ = 0;
};

}  // namespace prelabel::llm
