#include "telemetry/line_limit.hpp"
#include "telemetry/shown_text.hpp"

#include <prelabel/base/time.hpp>
#include <prelabel/telemetry/log.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <mutex>
#include <optional>
#include <unistd.h>
#include <utility>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/ostream_sink.h>

namespace prelabel::telemetry {
namespace {

constexpr std::size_t troubles_max = 20;

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

bool is_empty(const LogField& field) {
    const auto* words = std::get_if<std::string_view>(&field.value);
    return words != nullptr && words->empty();
}

void write_fields(Writer& writer, Log::Fields fields, bool with_quotes) {
    const auto text = [&](std::string_view value) {
        writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    };
    for (const auto& field : fields) {
        if (field.may_quote && (!with_quotes || is_empty(field))) continue;
        writer.Key(field.name.data(), static_cast<rapidjson::SizeType>(field.name.size()));
        if (const auto* word = std::get_if<std::string_view>(&field.value)) text(shown_text(*word));
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) writer.Int64(*number);
        if (const auto* number = std::get_if<std::uint64_t>(&field.value)) writer.Uint64(*number);
        if (const auto* number = std::get_if<double>(&field.value))
            std::isfinite(*number) ? writer.Double(*number) : writer.Null();
        if (const auto* truth = std::get_if<bool>(&field.value)) writer.Bool(*truth);
    }
}

std::string json_object(Log::Fields fields, bool with_quotes) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    write_fields(writer, fields, with_quotes);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

/// `key=value`, values with spaces in quotes; line breaks cannot forge a second line.
std::string readable(std::string_view event, Log::Fields fields, bool with_quotes) {
    std::string line(event);
    for (const auto& field : fields) {
        const std::string object = json_object({field}, with_quotes);
        if (object == "{}") continue;
        const auto colon = object.find(':', field.name.size() + 2);
        std::string value = object.substr(colon + 1, object.size() - colon - 2);
        if (value.size() > 2 && value.front() == '"' && value.find_first_of(" \\=") == std::string::npos)
            value = value.substr(1, value.size() - 2);
        line += " " + std::string(field.name) + "=" + value;
    }
    return line;
}

/// A line by what it says of its reason, for the limit on repetition.
LineLimit::Line as_repeated(std::string_view event, Log::Fields fields) {
    LineLimit::Line line{event, {}, false};
    bool says_more = false;
    for (const auto& field : fields) {
        const auto* words = std::get_if<std::string_view>(&field.value);
        const bool is_reason = words != nullptr && (field.name == "reason" || field.name == "message");
        if (is_reason) line.reason = *words;
        says_more |= !is_reason && !field.may_quote;
    }
    line.only_reason = !line.reason.empty() && !says_more;
    return line;
}

TimePoint steady_now() { return TimePoint(std::chrono::steady_clock::now().time_since_epoch()); }

}  // namespace

class Log::Impl {
public:
    Impl(const Settings& settings, spdlog::sink_ptr sink, bool json, std::function<TimePoint()> now)
        : now_(std::move(now)),
          json_(json),
          with_quotes_(settings.provider_errors),
          least_(settings.level),
          logger_("prelabel", std::move(sink)) {
        // The level stands in the message, because spdlog's own names differ from ours.
        const char* pattern = json ? "{\"ts\":\"%Y-%m-%dT%H:%M:%S.%eZ\",%v}" : "%^%Y-%m-%dT%H:%M:%S.%eZ %v%$";
        logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
        logger_.set_level(spdlog::level::trace);  // what comes here is to be written
        logger_.flush_on(spdlog::level::debug);
    }

    void write(LogLevel level, std::string_view event, Fields fields) {
        if (level < least_) return;
        const std::lock_guard lock(mutex_);
        if (level >= LogLevel::warning) remember(level, event, fields);
        const auto left_out = limit_.admit(now_(), as_repeated(event, fields));
        if (!left_out) return;
        logger_.log(spdlog_level(level), spdlog::string_view_t(line(level, event, fields, *left_out)));
    }

    [[nodiscard]] std::vector<LoggedTrouble> recent() const {
        const std::lock_guard lock(mutex_);
        return {troubles_.begin(), troubles_.end()};
    }

private:
    [[nodiscard]] std::string line(LogLevel level, std::string_view event, Fields fields,
                                   std::uint64_t left_out) const {
        if (!json_) {
            std::string text = std::string(to_string(level)) + " " + readable(event, fields, with_quotes_);
            if (left_out > 0) text += " left_out=" + std::to_string(left_out);
            return text;
        }
        rapidjson::StringBuffer buffer;
        Writer writer(buffer);
        writer.StartObject();
        write_fields(writer, {{"level", to_string(level)}, {"event", event}}, false);
        write_fields(writer, fields, with_quotes_);
        if (left_out > 0) write_fields(writer, {{"left_out", left_out}}, false);
        writer.EndObject();
        return {buffer.GetString() + 1, buffer.GetSize() - 2};  // the pattern has the braces and the time
    }

    void remember(LogLevel level, std::string_view event, Fields fields) {
        std::array<char, 32> text{};
        const std::time_t now = std::time(nullptr);
        std::tm parts{};
        ::gmtime_r(&now, &parts);
        const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
        LoggedTrouble trouble{std::string(text.data(), size), std::string(to_string(level)), std::string(event),
                              json_object(fields, false)};
        // One that repeats itself stands once, with its last time: twenty equal ones would hide all others.
        std::erase_if(troubles_, [&](const LoggedTrouble& known) {
            return known.event == trouble.event && known.fields == trouble.fields && known.level == trouble.level;
        });
        if (troubles_.size() == troubles_max) troubles_.pop_front();
        troubles_.push_back(std::move(trouble));
    }

    std::function<TimePoint()> now_;
    bool json_;
    bool with_quotes_;
    LogLevel least_;
    spdlog::logger logger_;
    mutable std::mutex mutex_;
    LineLimit limit_;
    std::deque<LoggedTrouble> troubles_;
};

Log::Log(const Settings& settings) {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const bool json = settings.format == LogFormat::json || (settings.format == LogFormat::automatic && !terminal);
    const char* no_color = std::getenv("NO_COLOR");
    const bool color = terminal && (no_color == nullptr || *no_color == '\0');  // of text; JSON marks none
    auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(color ? spdlog::color_mode::always
                                                                                : spdlog::color_mode::never);
    impl_ = std::make_unique<Impl>(settings, std::move(sink), json, steady_now);
}

Log::Log(const Settings& settings, std::ostream& out, std::function<TimePoint()> now) {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
    impl_ = std::make_unique<Impl>(settings, std::move(sink), settings.format != LogFormat::text, std::move(now));
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, Fields fields) { impl_->write(level, event, fields); }

std::vector<LoggedTrouble> Log::recent_troubles() const { return impl_->recent(); }

}  // namespace prelabel::telemetry
