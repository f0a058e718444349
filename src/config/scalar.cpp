#include "config/scalar.hpp"

#include "config/expand.hpp"

#include <prelabel/base/nearest.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace prelabel::config {
namespace {

using Outcome = std::variant<Value, Refusal>;

struct Unit {
    std::string_view name;
    double factor;
};

constexpr std::array<Unit, 5> durations{{{"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}}};
constexpr std::array<Unit, 9> sizes{{{"", 1},
                                     {"B", 1},
                                     {"KiB", 1024.0},
                                     {"MiB", 1048576.0},
                                     {"GiB", 1073741824.0},
                                     {"TiB", 1099511627776.0},
                                     {"kB", 1e3},
                                     {"MB", 1e6},
                                     {"GB", 1e9}}};

/// Decimal digits with an optional fraction; the rest of the text is left in `text`.
std::optional<double> take_number(std::string_view& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

template <std::size_t N>
std::optional<double> with_unit(std::string_view text, const std::array<Unit, N>& units, const Shape& shape) {
    const auto amount = take_number(text);
    if (!amount) return std::nullopt;
    if (text.starts_with(' ')) text.remove_prefix(1);
    const auto unit = std::ranges::find(units, text, &Unit::name);
    if (unit == units.end()) return std::nullopt;
    const double value = std::round(*amount * unit->factor);
    if (value < shape.min || value > shape.max) return std::nullopt;
    return value;
}

Outcome read_integer(std::string_view text, const Shape& shape) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return Refusal{};
    if (static_cast<double>(value) < shape.min || static_cast<double>(value) > shape.max) return Refusal{};
    return Value(value);
}

Outcome read_number(std::string_view text, const Shape& shape) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return Refusal{};
    if (value < shape.min || value > shape.max) return Refusal{};
    return Value(value);
}

Outcome read_choice(std::string_view text, const Shape& shape) {
    if (std::ranges::find(shape.choices, text) != shape.choices.end()) return Value(std::string(text));
    if (std::ranges::find(shape.unavailable, text) != shape.unavailable.end())
        return Refusal{"`" + std::string(text) + "` is not available in this version", {}};
    Refusal refusal;
    if (auto meant = nearest(text, shape.choices)) refusal.hint = "did you mean `" + *meant + "`?";
    return refusal;
}

/// RFC 6901: empty, or `/` before each step; `~` only as ~0 or ~1.
bool is_pointer(std::string_view text) {
    if (!text.empty() && text.front() != '/') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
    }
    return true;
}

Outcome read_url(std::string_view text) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (!text.starts_with(scheme)) continue;
        const auto host = text.substr(scheme.size(), text.find_first_of("/?#", scheme.size()) - scheme.size());
        if (host.empty()) return Refusal{};
        if (host.find('@') != std::string_view::npos)
            return Refusal{"holds a user name or password", "give the key as llm.api_key"};
        if (text.find_first_of("?# ") != std::string_view::npos) return Refusal{};
        return Value(std::string(text.substr(0, text.find_last_not_of('/') + 1)));
    }
    return Refusal{};
}

bool is_listen(std::string_view text) {
    if (text == "off") return true;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto host = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    if (!bracketed && host.find_first_of(":[]") != std::string_view::npos) return false;
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    return error == std::errc{} && end == port.data() + port.size();
}

}  // namespace

Outcome read_scalar(std::string_view text, bool typed, const Shape& shape) {
    const auto quoted = [&](Outcome outcome) -> Outcome {
        if (typed || std::holds_alternative<Refusal>(outcome)) return outcome;
        return Refusal{{}, "remove the quotes"};
    };
    switch (shape.type) {
        case Type::integer:
            return quoted(read_integer(text, shape));
        case Type::number:
            return quoted(read_number(text, shape));
        case Type::choice:
            return read_choice(text, shape);
        case Type::url:
            return read_url(text);
        case Type::duration:
            if (const auto value = with_unit(text, durations, shape))
                return Value(Duration(static_cast<std::int64_t>(*value)));
            return Refusal{};
        case Type::size:
            if (const auto value = with_unit(text, sizes, shape)) return Value(static_cast<std::int64_t>(*value));
            return Refusal{};
        case Type::variable:
            if (is_variable_name(text)) return Value(std::string(text));
            return Refusal{"is not the name of an environment variable",
                           "write the name alone, without ${…}; the key itself does not belong in this file"};
        case Type::pointer:
            if (is_pointer(text)) return Value(std::string(text));
            return Refusal{{}, text.starts_with('/') ? "write `~` as ~0" : "begin it with `/`"};
        case Type::listen:
            if (is_listen(text)) return Value(std::string(text));
            return Refusal{};
        case Type::text:
            if (text.empty() && !shape.may_be_empty) return Refusal{"is empty", {}};
            return Value(std::string(text));
        case Type::path:
            if (text.empty()) return Refusal{"is empty", {}};
            return Value(std::string(text));
        case Type::group:
            if (shape.may_be_text && !text.empty()) return Value(std::string(text));
            return Refusal{};
        case Type::text_map:
        case Type::schema:
        case Type::list:
            return Refusal{};
    }
    return Refusal{};
}

}  // namespace prelabel::config
