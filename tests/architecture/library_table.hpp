#pragma once

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
    std::string name;
    Layer layer = Layer::pure;
    std::vector<std::string> may_include;  ///< libraries; a root may include all
    std::string only_header;               ///< the one header that it may take …
    std::vector<std::string> only_of;      ///< … from these, which it may not know otherwise
    std::vector<std::string> external;     ///< dependencies, by their names in CMakeLists.txt
};

/// The libraries that a CMake file makes, in its order: its calls of prelabel_library.
/// Throws where a call is not understood.
[[nodiscard]] std::vector<Library> read_libraries(const std::string& cmake);

/// The architecture, once: the libraries of the project's own CMakeLists.txt.
[[nodiscard]] const std::vector<Library>& libraries();
[[nodiscard]] const Library* find_library(std::string_view name);

}  // namespace prelabel::architecture
