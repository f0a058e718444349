#include "telemetry/line_limit.hpp"

#include <prelabel/base/ascii.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t reasons_max = 32;
constexpr std::size_t reason_bytes_max = 200;
constexpr std::uint32_t lines_in_a_second = 10;
constexpr std::uint32_t repeats_in_ten_seconds = 3;
constexpr Duration longest = 60s;

/// Without its numbers.
std::string kind_of(std::string_view reason) {
    std::string kind;
    for (const char c : reason.substr(0, reason_bytes_max)) {
        if (!is_digit(c)) kind += c;
        if (is_digit(c) && (kind.empty() || kind.back() != '#')) kind += '#';
    }
    return kind;
}

}  // namespace

LineLimit::Repeats& LineLimit::repeats_of(Reasons& reasons, const std::string& reason, TimePoint now) {
    if (const auto known = reasons.find(reason); known != reasons.end()) return known->second;
    if (reasons.size() < reasons_max) return reasons[reason];
    const auto oldest = std::ranges::min_element(reasons, {}, [](const auto& each) { return each.second.since; });
    if (now - oldest->second.since < oldest->second.window) return reasons[{}];
    reasons.erase(oldest);
    return reasons[reason];
}

std::optional<std::uint64_t> LineLimit::admit(TimePoint now, const Line& line) {
    auto event = events_.find(line.event);
    if (event == events_.end()) event = events_.emplace(std::string(line.event), Reasons()).first;
    Repeats& repeats = repeats_of(event->second, kind_of(line.reason), now);
    const bool is_new = repeats.lines_max == 0;
    if (is_new || now - repeats.since >= repeats.window) {
        const bool goes_on = line.only_reason && repeats.overflowed && now - repeats.since < 2 * repeats.window;
        repeats.window = goes_on            ? std::min(2 * repeats.window, longest)
                         : line.only_reason ? Duration(10s)
                                            : Duration(1s);
        repeats.lines_max = goes_on ? 1 : line.only_reason ? repeats_in_ten_seconds : lines_in_a_second;
        repeats.since = now;
        repeats.lines = 0;
        repeats.overflowed = false;
    }
    if (repeats.lines >= repeats.lines_max) {
        ++repeats.left_out;
        repeats.overflowed = true;
        return std::nullopt;
    }
    ++repeats.lines;
    return std::exchange(repeats.left_out, 0);
}

}  // namespace prelabel::telemetry
