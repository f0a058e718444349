#pragma once

namespace prelabel::telemetry {

/// `automatic`: text on a terminal, JSON elsewhere.
enum class LogFormat { automatic, json, text };
enum class LogLevel { debug, info, warning, error };

/// What is logged, and how it looks.
struct Settings {
    LogFormat format = LogFormat::automatic;
    LogLevel level = LogLevel::info;
};

}  // namespace prelabel::telemetry
