#pragma once

#include "llm_sim/settings.hpp"

#include <prelabel/base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace prelabel::llm_sim {

/// What the command line asks for.
struct Invocation {
    Settings settings;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: the system chooses
    std::string gold_file;   ///< empty: the lexicon labels
    std::string script_file;
    std::string port_file;
};

/// The command line asks for no server: print `text` and end with `status`.
struct EarlyExit {
    int status = 0;  ///< 0: on stdout (help, version); 2: wrong usage, on stderr
    std::string text;
};

[[nodiscard]] std::variant<Invocation, EarlyExit> read_command_line(std::vector<std::string> arguments);

/// "200ms", "1.5s", "2m", "0"; none when it is not a duration.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

}  // namespace prelabel::llm_sim
