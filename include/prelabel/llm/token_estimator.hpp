#pragma once

#include <cstddef>
#include <cstdint>

namespace prelabel::llm {

/// How many tokens a text will be counted as, learned from what the provider reported for earlier ones: bytes times a
/// moving mean of tokens per byte, plus two standard deviations, so that pacing errs on the side that is not refused.
///
/// Starts from 1/3 token a byte (English has a quarter, CJK a third to a half) with a wide margin; after some ten
/// observations the task's own ratio rules. Settle with the reply's `usage`: an estimate is for asking, not accounting.
///
/// Bound:   a ratio above 4 tokens a byte is taken as 4.
/// Threads: confined to its worker.
class TokenEstimator {
public:
    /// At least 1 token for any text.
    [[nodiscard]] std::uint64_t estimate(std::size_t bytes) const;
    /// The provider counted `tokens` for a text of `bytes`. Nothing is learned from zeros: the server did not say.
    void observe(std::size_t bytes, std::uint64_t tokens);
    /// The learned mean.   Unit: tokens per byte.
    [[nodiscard]] double ratio() const { return mean_; }

private:
    double mean_ = 1.0 / 3.0;
    double variance_ = 1.0 / 144.0;
    double seen_ = 4;  ///< weight of the start values, in observations
};

}  // namespace prelabel::llm
