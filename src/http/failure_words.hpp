#pragma once

#include "http/exchange_end.hpp"

#include <prelabel/http/http_outcome.hpp>

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
/// What is asked at the address that is configured is not there.
[[nodiscard]] HttpFailure wrong_base_url(std::string message);

}  // namespace prelabel::http
