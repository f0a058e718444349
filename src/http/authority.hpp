#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prelabel::http {

/// Takes "host", "host:port" or "[v6]:port" apart; host in small letters. What is missing stays as it was.
/// Gives what is wrong with it, as the rest of a sentence; empty when nothing is.
[[nodiscard]] std::string read_authority(std::string_view authority, std::string& host, std::uint16_t& port);

/// "[v6]" or the name as it is.
[[nodiscard]] std::string bracketed(const std::string& host);

}  // namespace prelabel::http
