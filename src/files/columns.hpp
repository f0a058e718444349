#pragma once

#include <prelabel/base/result.hpp>

#include <string>
#include <vector>

namespace prelabel::files {

/// A column that the configuration names and a table does not have.
struct MissingColumn {
    std::string key;       ///< of the configuration
    std::string pointer;   ///< its value
    std::string question;  ///< "which is the text?"
};

/// Says which columns there are, and which one was most likely meant. `columns` has one at least.
[[nodiscard]] Error no_such_column(const std::string& path, const std::vector<std::string>& columns,
                                   const MissingColumn& missing);

}  // namespace prelabel::files
