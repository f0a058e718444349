#pragma once

#include <cstddef>
#include <cstdint>

namespace prelabel::llm {

/// How many tokens a request will be counted as, learned from what the provider reported for earlier ones: a line through
/// (bytes, tokens) plus two standard errors, so that pacing errs on the side that is not refused. A line and no ratio,
/// because the fixed part of every request (instructions, schema) has its own tokens a byte, and servers differ in what
/// of it they count.
///
/// Starts from 1/3 token a byte (English has a quarter, CJK a third to a half) with a wide margin, of which a tenth is
/// left after ten observations. Settle with the reply's `usage`: an estimate is for asking, not accounting.
///
/// Bound:   more than 4 tokens a byte are taken as 4.
/// Threads: confined to its worker.
/// Source:  simple linear regression, the standard error of a prediction; moments weighted as in West (1979).
class TokenEstimator {
public:
    /// At least 1 token for any request.
    [[nodiscard]] std::uint64_t estimate(std::size_t bytes) const;
    /// The provider counted `tokens` for a request of `bytes`. Nothing is learned from zeros: the server did not say.
    void observe(std::size_t bytes, std::uint64_t tokens);

private:
    [[nodiscard]] double seen() const;  ///< observations that count, the first one twice

    std::uint64_t observed_ = 0;
    double mean_bytes_ = 0;
    double mean_tokens_ = 0;
    double bytes_variance_ = 0;
    double tokens_variance_ = 0;
    double covariance_ = 0;
};

}  // namespace prelabel::llm
