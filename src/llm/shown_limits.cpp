#include "llm/shown_limits.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace prelabel::llm {
namespace {

std::optional<std::uint64_t> count(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> unit_seconds(std::string_view unit) {
    if (unit == "ms") return 0.001;
    if (unit == "s") return 1;
    if (unit == "m") return 60;
    if (unit == "h") return 3'600;
    if (unit == "d") return 86'400;
    return std::nullopt;
}

/// Numbers with units, one after the other: "1h2m3.5s".
std::optional<double> seconds(std::string_view text) {
    double total = 0;
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || value < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const std::size_t length = std::min(text.find_first_of("0123456789."), text.size());
        const auto unit = unit_seconds(text.substr(0, length));
        if (!unit) return std::nullopt;
        total += value * *unit;
        text.remove_prefix(length);
    }
    return total;
}

std::uint64_t per_minute(std::string_view limit_said, std::string_view remaining_said, std::string_view reset_said) {
    const auto limit = count(limit_said);
    const auto remaining = count(remaining_said);
    const auto reset = seconds(reset_said);
    if (!limit || !remaining || !reset || *limit <= *remaining || *reset <= 0) return 0;
    const double flows_back = static_cast<double>(*limit - *remaining) / *reset * 60;
    const double stated = static_cast<double>(*limit);
    return flows_back >= stated / 2 && flows_back <= stated * 2 ? *limit : 0;
}

}  // namespace

ShownLimits shown_limits(const HttpReply& reply) {
    const auto requests = reply.header("X-RateLimit-Limit-Requests");
    if (requests.empty()) return {};  // most servers have none of them
    return {per_minute(requests, reply.header("X-RateLimit-Remaining-Requests"),
                       reply.header("X-RateLimit-Reset-Requests")),
            per_minute(reply.header("X-RateLimit-Limit-Tokens"), reply.header("X-RateLimit-Remaining-Tokens"),
                       reply.header("X-RateLimit-Reset-Tokens"))};
}

}  // namespace prelabel::llm
