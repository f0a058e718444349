#pragma once

#include <prelabel/base/time.hpp>

#include <cstdint>

namespace prelabel::flow {

/// Paces one limit of "n per minute" evenly, so that it also holds over a provider's short windows (Azure checks 1 s
/// and 10 s): a burst is at most 100 ms worth, at least one unit.
///
/// An amount larger than a burst is allowed when the bucket is full, and is then paid off as debt.
/// Unit:   requests or tokens.
/// Bound:  the amount taken in any 60 s is at most the limit, plus one single amount that is larger than a burst.
///         The pace is 99.5 % of the limit less one burst a minute, which allows for jitter on the way to the provider.
class TokenBucket {
public:
    /// Zero per minute: not limited.
    TokenBucket(std::uint64_t per_minute, TimePoint now);

    /// When `amount` may be taken; not after `now` means at once.
    [[nodiscard]] TimePoint ready_at(TimePoint now, std::uint64_t amount) const;
    /// Takes `amount`, ready or not: an amount that a provider counted must be counted here.
    void take(TimePoint now, std::uint64_t amount);
    /// Another limit from now on; amounts that were taken stay taken.
    void change(std::uint64_t per_minute, TimePoint now);
    /// The limit in force; zero: none.
    [[nodiscard]] std::uint64_t per_minute() const { return per_minute_; }

private:
    [[nodiscard]] double level(TimePoint now) const;

    std::uint64_t per_minute_;
    double burst_;       // units
    double per_second_;  // units
    double level_;       // at `at_`; negative: debt
    TimePoint at_;
};

}  // namespace prelabel::flow
