#pragma once

#include <prelabel/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace prelabel::llm_sim {

/// One limit "so many per minute" as the provider keeps it: a bucket that holds a whole minute's worth and refills
/// continuously. (The client's pacer, flow::TokenBucket, is deliberately another thing: it must not trust this one.)
class Bucket {
public:
    /// Zero per minute: not limited.
    Bucket(std::uint64_t per_minute, TimePoint now);

    [[nodiscard]] bool limited() const { return per_minute_ > 0; }
    [[nodiscard]] std::uint64_t per_minute() const { return per_minute_; }
    /// Whole units that may be taken now.
    [[nodiscard]] std::uint64_t remaining(TimePoint now) const;
    /// Until the bucket is full again.
    [[nodiscard]] Duration reset(TimePoint now) const;
    /// Until `amount` is there; zero when it is. Never, for more than a minute's worth, is none.
    [[nodiscard]] std::optional<Duration> wait(TimePoint now, std::uint64_t amount) const;
    /// Takes what is there.
    void take(TimePoint now, std::uint64_t amount);

private:
    [[nodiscard]] double level(TimePoint now) const;
    [[nodiscard]] Duration until(TimePoint now, double level_wanted) const;

    std::uint64_t per_minute_;
    double level_;
    TimePoint at_;
};

/// The account's two limits.
/// Unit: tokens are the prompt's estimate plus the most that may be answered.
/// Source: OpenAI, "Rate limits" guide.
class Quota {
public:
    enum class Verdict { admitted, out_of_requests, out_of_tokens, too_large };

    Quota(std::uint64_t requests_per_minute, std::uint64_t tokens_per_minute, TimePoint now)
        : requests_(requests_per_minute, now), tokens_(tokens_per_minute, now) {}

    /// Takes one request and `tokens` when both are there. A request refused for its tokens still counts as a request.
    Verdict admit(TimePoint now, std::uint64_t tokens);
    /// Until the same request could be admitted; zero when it could be now or never can.
    [[nodiscard]] Duration retry_after(TimePoint now, std::uint64_t tokens) const;

    [[nodiscard]] const Bucket& requests() const { return requests_; }
    [[nodiscard]] const Bucket& tokens() const { return tokens_; }

private:
    Bucket requests_;
    Bucket tokens_;
};

/// As the provider writes times in its headers: "12ms", "1s", "8.64s", "6m0s". Rounded up to milliseconds.
[[nodiscard]] std::string reset_text(Duration time);

}  // namespace prelabel::llm_sim
