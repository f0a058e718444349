#include "config/quantity.hpp"

#include <prelabel/config/duration.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ranges>

namespace prelabel::config {
namespace {

/// In the largest unit of which it is a whole number.
std::optional<std::string> in_units(std::int64_t value, std::span<const Unit> units) {
    for (const auto& unit : units | std::views::reverse) {
        if (unit.rendered && value != 0 && value % unit.factor == 0)
            return std::to_string(value / unit.factor) + std::string(unit.name);
    }
    return std::nullopt;
}

}  // namespace

std::optional<double> read_quantity(std::string_view text, std::span<const Unit> units) {
    double amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
    if (error != std::errc{} || !std::isfinite(amount)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
    const auto unit = std::ranges::find(units, text, &Unit::name);
    if (unit == units.end()) return std::nullopt;
    return std::round(amount * static_cast<double>(unit->factor));
}

std::optional<Duration> read_duration(std::string_view text) {
    constexpr double longest = 366.0 * 24 * 3600 * 1e9;
    if (text == "0") return Duration::zero();
    const auto value = read_quantity(text, duration_units);
    if (!value || *value < 0 || *value > longest) return std::nullopt;
    return Duration(static_cast<std::int64_t>(*value));
}

std::string quantity_pattern(std::span<const Unit> units) {
    std::string names;
    for (const auto& unit : units) {
        if (!unit.name.empty()) names += (names.empty() ? "" : "|") + std::string(unit.name);
    }
    return "^[0-9]+(\\.[0-9]+)? ?(" + names + ")$";
}

std::string render_number(double value) {
    if (value == std::floor(value) && std::fabs(value) < 1e15) return std::to_string(static_cast<std::int64_t>(value));
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

std::string render_duration(Duration value) {
    return in_units(value.count(), duration_units)
        .value_or(render_number(static_cast<double>(value.count()) / 1e9) + "s");
}

std::string render_size(std::int64_t bytes) { return in_units(bytes, size_units).value_or(std::to_string(bytes)); }

}  // namespace prelabel::config
