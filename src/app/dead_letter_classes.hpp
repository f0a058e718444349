#pragma once

#include <set>
#include <string>

namespace prelabel::app {

/// What CLI11 makes of a flag without a value.
inline const std::string without_value = "true";

/// Why `list`, the value of --retry-dead-letters, names no classes; empty where it does: `a,b`, or no value for all.
[[nodiscard]] std::string wrong_classes(const std::string& list);

/// The classes that such a list names.
[[nodiscard]] std::set<std::string> named_classes(const std::string& list);

/// The classes of dead letters whose documents a resumed run labels again: those in `list`, and those whose documents
/// may be labeled at another time although nothing was changed.
[[nodiscard]] std::set<std::string> classes_to_retry(const std::string& list);

}  // namespace prelabel::app
