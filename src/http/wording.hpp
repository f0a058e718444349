#pragma once

#include <prelabel/base/time.hpp>

#include <string>

#include <boost/system/error_code.hpp>

namespace prelabel::http {

/// A duration for messages: "30 s", "1500 ms".
[[nodiscard]] std::string to_text(Duration duration);
/// The system's reason in the middle of a sentence: "connection refused".
[[nodiscard]] std::string reason(const boost::system::error_code& error);

}  // namespace prelabel::http
