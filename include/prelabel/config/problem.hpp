#pragma once

#include <prelabel/base/expects.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <boost/assert/source_location.hpp>

namespace prelabel::config {

/// One mistake in a configuration or task file, or in a `--set` option: where, what was found, what was expected.
/// What it quotes may be a secret: it is shown by to_string() alone, which replaces those.
struct Problem {
    std::string file;
    std::uint32_t line = 0;    ///< from 1; 0: the file as a whole, or an option
    std::uint32_t column = 0;  ///< from 1
    std::string option;        ///< "--set llm.model" when the mistake was typed there
    std::string key;           ///< "llm.limits.max_in_flight"; empty: the file as a whole
    std::string what;
    std::string expected;  ///< empty when `what` says it all
    std::string hint;      ///< "did you mean `model`?", how to mend it; may be empty
};

/// "prelabel.yaml:12:5: llm.limits.max_in_flight: found "many"; expected an integer from 1 to 65536".
[[nodiscard]] std::string to_string(const Problem& problem);

/// Everything that is wrong, in the order of the file. Never empty when returned as an error.
struct Problems {
    std::vector<Problem> list;
};

/// One problem a line.
[[nodiscard]] std::string to_string(const Problems& problems);

[[noreturn]] void throw_exception_from_error(const Problems& problems, const boost::source_location& at);

}  // namespace prelabel::config
