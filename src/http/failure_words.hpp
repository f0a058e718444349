#pragma once

#include "http/exchange_end.hpp"

#include <cstddef>
#include <string>

namespace prelabel::http {

struct FailureDetails {
    std::string where;
    Duration idle_timeout{};
    std::size_t header_bytes_max = 0;
    std::size_t body_bytes_max = 0;
    std::string parser;  ///< what the parser found wrong
    std::string system;  ///< the system's reason
};

/// What happened, for people.
[[nodiscard]] std::string failure_words(Ending ending, const FailureDetails& details);

}  // namespace prelabel::http
