#pragma once

#include <functional>
#include <string>

namespace prelabel::kafka {

enum class Severity { debug, info, warning, error };

/// A message of the Kafka client: temporary broker errors, failed logins, rebalances.
/// Never document text, never secrets.
struct Notice {
    Severity severity = Severity::info;
    std::string text;
};

/// Where notices go. Threads: called on the loop.
using OnNotice = std::function<void(const Notice&)>;

}  // namespace prelabel::kafka
