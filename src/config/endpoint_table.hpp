#pragma once

#include "config/findings.hpp"
#include "config/table.hpp"

#include <prelabel/config/settings.hpp>

#include <string>

namespace prelabel::config {

/// The keys that describe an endpoint, below `prefix`: "llm.base_url" and so on. Each endpoint of a configuration has
/// them all; add_part() says where its settings are kept.
[[nodiscard]] Table<EndpointSettings> endpoint_table(const std::string& prefix);

/// How the settings of an endpoint fit together.
void check_endpoint(const std::string& prefix, const EndpointSettings& endpoint, Findings& findings);

}  // namespace prelabel::config
