#pragma once

#include <prelabel/base/enum_names.hpp>

#include <array>

namespace prelabel::telemetry {

/// `automatic`: text on a terminal, JSON elsewhere.
enum class LogFormat { automatic, json, text };
constexpr auto enum_names(LogFormat) {
    return std::to_array<EnumName<LogFormat>>({
        {LogFormat::automatic, "auto"},
        {LogFormat::json, "json"},
        {LogFormat::text, "text"},
    });
}

enum class LogLevel { debug, info, warning, error };
constexpr auto enum_names(LogLevel) {
    return std::to_array<EnumName<LogLevel>>({
        {LogLevel::debug, "debug"},
        {LogLevel::info, "info"},
        {LogLevel::warning, "warning"},
        {LogLevel::error, "error"},
    });
}

/// What is logged, and in which format.
struct Settings {
    LogFormat format = LogFormat::automatic;
    LogLevel level = LogLevel::info;
    bool provider_errors = false;  ///< what a provider says itself about a failure, which may quote a document
};

}  // namespace prelabel::telemetry
