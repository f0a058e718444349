#include "kafka/broker_watch.hpp"

#include "kafka/explain.hpp"

#include <prelabel/base/json_fields.hpp>

#include <algorithm>
#include <string>

namespace prelabel::kafka {
namespace {

/// The root, its brokers, and each of them: partitions lie deeper.
constexpr std::size_t levels = 3;

std::size_t connections_in(std::string_view statistics) {
    const auto fields = json_fields(statistics, levels);
    return static_cast<std::size_t>(std::ranges::count_if(fields, [](const JsonField& field) {
        return field.pointer.starts_with("/brokers/") && field.pointer.ends_with("/state") &&
               (field.value == "UP" || field.value == "UPDATE");
    }));
}

}  // namespace

std::optional<Notice> BrokerWatch::take(std::string_view statistics) {
    const auto before = up_;
    up_ = connections_in(statistics);
    const std::string whose(section_);
    if (*up_ > 0) {
        ever_up_ = true;
        if (!away_) return std::nullopt;
        away_ = false;
        return Notice{Severity::info, "the brokers of " + whose + " answer again"};
    }
    if (!ever_up_ || away_ || before != 0U) return std::nullopt;
    away_ = true;
    return Notice{Severity::warning, "no broker of " + whose + " answers, and the client goes on trying; " +
                                         std::string(remedy(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN))};
}

}  // namespace prelabel::kafka
