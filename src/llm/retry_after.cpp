#include "llm/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace prelabel::llm {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<Duration> wait(std::string_view text, double seconds_per_unit) {
    const auto value = number<double>(trimmed(text));
    if (!value || !std::isfinite(*value) || *value < 0) return std::nullopt;
    const std::chrono::duration<double> asked(*value * seconds_per_unit);
    return std::chrono::duration_cast<Duration>(std::min<std::chrono::duration<double>>(asked, retry_after_max));
}

std::optional<unsigned> month(std::string_view word) {
    constexpr std::array<std::string_view, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto found = std::ranges::find(names, word);
    if (found == names.end()) return std::nullopt;
    return static_cast<unsigned>(found - names.begin()) + 1;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view word) {
    if (word.size() != 8 || word[2] != ':' || word[5] != ':') return std::nullopt;
    const auto hours = number<unsigned>(word.substr(0, 2));
    const auto minutes = number<unsigned>(word.substr(3, 2));
    const auto seconds = number<unsigned>(word.substr(6, 2));
    if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
    return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
}

/// All three forms hold the day before the year, so it is enough to go word by word:
///   Sun, 06 Nov 1994 08:49:37 GMT    Sunday, 06-Nov-94 08:49:37 GMT    Sun Nov  6 08:49:37 1994
std::optional<WallTime> date(std::string_view text) {
    std::optional<unsigned> day;
    std::optional<unsigned> named_month;
    std::optional<int> year;
    std::optional<std::chrono::seconds> clock;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = text.find_first_not_of(" ,-", at);
        if (start == std::string_view::npos) break;
        at = std::min(text.find_first_of(" ,-", start), text.size());
        const std::string_view word = text.substr(start, at - start);
        if (!named_month && (named_month = month(word))) continue;
        if (!clock && (clock = time_of_day(word))) continue;
        const auto value = number<unsigned>(word);
        if (!value || *value > 9'999) continue;
        if (!day)
            day = value;
        else if (!year)
            year = static_cast<int>(*value) + (word.size() == 2 ? (*value < 70 ? 2'000 : 1'900) : 0);
    }
    if (!day || !named_month || !year || !clock) return std::nullopt;
    const std::chrono::year_month_day calendar{std::chrono::year(*year), std::chrono::month(*named_month),
                                               std::chrono::day(*day)};
    if (!calendar.ok()) return std::nullopt;
    return WallTime(std::chrono::sys_days(calendar)) + *clock;
}

}  // namespace

std::optional<Duration> retry_after(std::string_view milliseconds, std::string_view seconds_or_date, WallTime now) {
    if (const auto asked = wait(milliseconds, 0.001)) return asked;
    if (const auto asked = wait(seconds_or_date, 1)) return asked;
    const auto until = date(seconds_or_date);
    if (!until) return std::nullopt;
    const auto asked = std::clamp(*until - now, WallTime::duration::zero(), WallTime::duration(retry_after_max));
    return std::chrono::duration_cast<Duration>(asked);
}

std::optional<Duration> retry_delay(std::string_view text) {
    return text.ends_with('s') ? wait(text.substr(0, text.size() - 1), 1) : std::nullopt;
}

}  // namespace prelabel::llm
