#pragma once

#include <prelabel/base/time.hpp>
#include <prelabel/telemetry/settings.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace prelabel::telemetry {

/// One fact about a logged event. Secrets in a text are replaced. Never document text, but for what others quote.
struct LogField {
    using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

    template <class T>
    LogField(std::string_view field_name, const T& field_value) : name(field_name), value(widen(field_value)) {}

    /// What the provider says itself: it may quote the document, so it is written only where the settings want it, and
    /// the status page never repeats it. Nothing where it is empty.
    [[nodiscard]] static LogField provider_error(std::string_view words) {
        LogField field("provider_error", words);
        field.may_quote = true;
        return field;
    }

    std::string_view name;
    Value value;
    bool may_quote = false;

private:
    template <class T>
    static Value widen(const T& value) {
        if constexpr (std::same_as<T, bool>) {
            return value;
        } else if constexpr (std::signed_integral<T>) {
            return static_cast<std::int64_t>(value);
        } else if constexpr (std::unsigned_integral<T>) {
            return static_cast<std::uint64_t>(value);
        } else if constexpr (std::floating_point<T>) {
            return static_cast<double>(value);
        } else {
            return std::string_view(value);
        }
    }
};

/// A warning or error that the status page repeats.
struct LoggedTrouble {
    std::string at;  ///< ISO 8601, UTC
    std::string level;
    std::string event;
    std::string fields;  ///< a JSON object
};

/// Events: one JSON object per line on stderr, or one readable line on a terminal.
/// Bound:   10 lines a second of an event and reason, less if they repeat; the next says how many were left out.
///          The last 20 different troubles are kept.   Threads: any.   Cost: a write per line of the worker's events.
class Log {
public:
    using Fields = std::initializer_list<LogField>;

    /// To stderr, in colour on a terminal unless NO_COLOR is set.
    explicit Log(const Settings& settings);
    /// To `out`, with the caller's clock; `automatic` is JSON.
    Log(const Settings& settings, std::ostream& out, std::function<TimePoint()> now);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// Events are fixed snake_case words of the program, so that their number is bounded: "worker_started".
    void debug(std::string_view event, Fields fields = {}) { write(LogLevel::debug, event, fields); }
    void info(std::string_view event, Fields fields = {}) { write(LogLevel::info, event, fields); }
    void warning(std::string_view event, Fields fields = {}) { write(LogLevel::warning, event, fields); }
    void error(std::string_view event, Fields fields = {}) { write(LogLevel::error, event, fields); }
    void write(LogLevel level, std::string_view event, Fields fields = {});

    [[nodiscard]] std::vector<LoggedTrouble> recent_troubles() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::telemetry
