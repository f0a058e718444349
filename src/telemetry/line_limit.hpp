#pragma once

#include <prelabel/base/time.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel::telemetry {

/// Which lines of a log are written, so that a flood of one reason hides no other.
///
///   a line with further facts      10 in a second
///   a line that is its reason only  3 in ten seconds; while it goes on, one after 20, 40, then every 60 seconds
///
/// Reasons that differ in numbers only are one: ports, times and offsets change in the same trouble.
/// Bound: 32 reasons of each event; of further ones at once, the lines count together. A reason that is quiet for its
///        time makes room, first the one that was not heard of for longest.
class LineLimit {
public:
    struct Line {
        std::string_view event;
        std::string_view reason;   ///< empty where it has none
        bool only_reason = false;  ///< it says nothing else
    };

    /// How many lines of this event and reason were left out before this one; none when this one is left out as well.
    [[nodiscard]] std::optional<std::uint64_t> admit(TimePoint now, const Line& line);

private:
    struct Repeats {
        TimePoint since;
        Duration window{};
        std::uint32_t lines_max = 0;
        std::uint32_t lines = 0;
        std::uint64_t left_out = 0;
        bool overflowed = false;  ///< in this window
    };
    using Reasons = std::map<std::string, Repeats>;

    [[nodiscard]] static Repeats& repeats_of(Reasons& reasons, const std::string& reason, TimePoint now);

    std::map<std::string, Reasons, std::less<>> events_;
};

}  // namespace prelabel::telemetry
