#pragma once

#include <prelabel/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace prelabel::sim {

/// How a provider judges "so many per minute".
enum class Window {
    minute,  // over any 60 s
    second,  // over any second, a sixtieth of it (Azure)
    bucket,  // filled evenly, holding six seconds' worth
};

/// What a key may do. Zero: not limited.
struct AccountLimits {
    std::uint64_t requests_per_minute = 0;
    std::uint64_t tokens_per_minute = 0;
    std::size_t concurrent = 0;
    Window window = Window::minute;
    bool says_when = true;  // its 429s carry Retry-After
};

/// A key's account: counts what arrives, as providers do, and says what is too much. What it refuses it does not count.
class SimAccount {
public:
    explicit SimAccount(AccountLimits limits) : limits_(limits) {}

    /// A call arrives. None: served, and ends() follows. Else the wait after which it would be.
    [[nodiscard]] std::optional<Duration> refuses(TimePoint now, std::uint64_t tokens);
    void ends() { --serving_; }
    [[nodiscard]] const AccountLimits& limits() const { return limits_; }

private:
    struct Arrival {
        TimePoint at;
        std::uint64_t tokens;
    };
    [[nodiscard]] Duration wait_in_window(TimePoint now, std::uint64_t tokens);
    [[nodiscard]] Duration wait_in_bucket(TimePoint now, std::uint64_t tokens);

    AccountLimits limits_;
    std::size_t serving_ = 0;
    std::deque<Arrival> recent_;  // of the window
    std::uint64_t recent_tokens_ = 0;
    TimePoint filled_at_{};
    double requests_left_ = 0;
    double tokens_left_ = 0;
};

}  // namespace prelabel::sim
