#pragma once

#include <prelabel/pipeline/job_estimate.hpp>

#include <string>

namespace prelabel::app {

/// The estimate as a table for people, with how it was made.
[[nodiscard]] std::string estimate_table(const pipeline::JobEstimate& job);
/// The same as one JSON object: `{"documents": …, "input_tokens": {"p50": …, "p95": …}, …}`; an unknown cost is null.
[[nodiscard]] std::string estimate_json(const pipeline::JobEstimate& job);

}  // namespace prelabel::app
