#pragma once

#include <prelabel/telemetry/snapshot.hpp>

#include <string>
#include <string_view>

namespace prelabel::telemetry {

/// A reply of the admin port.
struct Page {
    int status = 200;
    std::string content_type;
    std::string body;
    std::string allow;  ///< of a 405: the methods that work; empty otherwise
};

/// `/metrics`, `/healthz`, `/readyz`, `/status`, `/history`, and the live page at `/` with its files. None of them has
/// document text but `/documents`, which is there only if the snapshot has documents.
/// `/healthz` is ok whenever the loop runs, since the loop calls this; `/readyz` is ok when partitions are assigned and
/// the worker does not drain.
[[nodiscard]] Page admin_page(std::string_view method, std::string_view target, std::string_view accept,
                              const Snapshot& snapshot);

}  // namespace prelabel::telemetry
