#pragma once

#include "source_text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace prelabel::architecture {

enum class Layer {
    pure,   ///< decides: no clock, lock, socket, thread, log or unseeded randomness
    waits,  ///< what coroutines wait with; real time and threads only in headers that pure libraries may not include
    shell,  ///< touches the world; shell libraries do not know each other
    root,   ///< a program: where all meet
};

/// What a library of this project may include.
struct Library {
    std::string_view name;
    Layer layer = Layer::pure;
    std::vector<std::string_view> may_include;       ///< libraries; a root may include all
    std::vector<std::string_view> of_any_library{};  ///< names of headers it may take from any library
};

/// The architecture, once: which libraries there are and which edges between them are allowed.
[[nodiscard]] const std::vector<Library>& libraries();
[[nodiscard]] const Library* find_library(std::string_view name);

/// Includes of a source file that the architecture forbids: other libraries, their private headers, and dependencies
/// outside the libraries that own them or in public headers.
[[nodiscard]] std::vector<Finding> forbidden_includes(const File& file);

/// Uses of clocks, threads, locks, sockets, logs, files and unseeded randomness in a pure library.
[[nodiscard]] std::vector<Finding> impurities(const File& file);

}  // namespace prelabel::architecture
