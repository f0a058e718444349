#pragma once

#include <prelabel/telemetry/snapshot.hpp>

#include <string>
#include <string_view>

namespace prelabel::telemetry {

/// What the admin port answers.
struct Page {
    int status = 200;
    std::string content_type;
    std::string body;
    std::string allow;  ///< of a 405: the methods that work; empty otherwise
};

/// `/metrics`, `/healthz`, `/readyz`, `/status` and the live page at `/`. No document text on any of them.
/// `/healthz` is well because whoever calls this turns the loop; `/readyz` when partitions are assigned and nothing
/// drains.
[[nodiscard]] Page admin_page(std::string_view method, std::string_view target, std::string_view accept,
                              const Snapshot& snapshot);

}  // namespace prelabel::telemetry
