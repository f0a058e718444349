#pragma once

#include <prelabel/kafka/settings.hpp>

#include <stop_token>
#include <string>
#include <vector>

namespace prelabel::kafka {

/// What is not there of the cluster that is read from: that no broker answers, or which topics are
/// missing, each a sentence with what to do. Empty where all is there. `output` is complete: see with_connection_of().
/// Properties that cannot be are not looked at: see validate().
/// Bound: 3 s; much less once `stop` is requested.   Threads: blocks; not for the loop.
[[nodiscard]] std::vector<std::string> missing_of(const InputSettings& input, const std::stop_token& stop = {});
/// Of both, with 3 s for each cluster where they are two.
[[nodiscard]] std::vector<std::string> missing_of(const InputSettings& input, const OutputSettings& output,
                                                  const std::stop_token& stop);

}  // namespace prelabel::kafka
