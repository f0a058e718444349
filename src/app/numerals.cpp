#include "app/numerals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace prelabel::app {
namespace {

constexpr double smallest_shown = 0.0001;

}  // namespace

std::string rounded(double value, int places) {
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%.*f", places, value);
    return out.data();
}

std::string in_thousands(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

std::string counted(std::uint64_t count, const std::string& noun) {
    return in_thousands(count) + ' ' + noun + (count == 1 ? "" : "s");
}

std::string clock_time(double seconds) {
    const auto whole = static_cast<long>(seconds + 0.5);
    std::array<char, 32> out{};
    if (whole >= 3600) {
        std::snprintf(out.data(), out.size(), "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    } else {
        std::snprintf(out.data(), out.size(), "%ld:%02ld", whole / 60, whole % 60);
    }
    return out.data();
}

std::string documents_per_time(double per_second) {
    const bool slow = per_second > 0 && per_second < 0.1;
    return slow ? rounded(per_second * 60, 1) + " docs/min" : rounded(per_second, 1) + " docs/s";
}

std::string dollars(double usd) {
    return usd > 0 && usd < smallest_shown ? "less than $" + rounded(smallest_shown, 4) : "$" + rounded(usd, 4);
}

std::string dollars_at_least(double usd) { return usd < smallest_shown ? "unknown" : "at least $" + rounded(usd, 4); }

std::string dollars_and_cents(double usd) { return '$' + rounded(usd, usd < 1 ? 4 : 2); }

std::string dollars_at_most(double usd) {
    const int digits = usd > 0 && usd < 1 ? 1 - static_cast<int>(std::floor(std::log10(usd))) : 0;
    const int places = std::max(usd < 1 ? 4 : 2, digits);
    const double unit = std::pow(10.0, places);
    constexpr double noise = 1e-6;  // a number that has so few places stays what it is
    std::string text = rounded(std::ceil(usd * unit - noise) / unit, places);
    for (int spare = places - 4; spare > 0 && text.ends_with('0'); --spare) text.pop_back();
    return '$' + text;
}

}  // namespace prelabel::app
