#pragma once

#include <prelabel/config/problem.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::config {

/// Where a value was written.
struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string option;  ///< the `--set` argument it was typed in; empty: the file
};

struct Entry;

/// A YAML value with its place. yaml-cpp's own nodes stay in yaml_tree.cpp: they throw, and forget where keys stood.
struct Node {
    enum class Kind { null, scalar, map, list };

    Kind kind = Kind::null;
    Place place;
    std::string text;            ///< of a scalar
    bool plain = true;           ///< a scalar written without quotes
    std::vector<Entry> entries;  ///< of a map, keys unique
    std::vector<Node> items;     ///< of a list

    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] Node* find(std::string_view key);
};

struct Entry {
    std::string key;
    Place place;
    Node value;
};

/// Reads one YAML document; none when it cannot be read. Duplicate keys are reported and their last value dropped.
/// Bound: 64 levels, 100,000 values with aliases expanded. `option` marks the places of a `--set` argument.
[[nodiscard]] std::optional<Node> parse_yaml(const std::string& text, const std::string& file,
                                             const std::string& option, Problems& problems);

/// A problem at a place.
[[nodiscard]] Problem problem_at(const std::string& file, const Place& place);

/// Reads a whole file: at most 1 MiB of UTF-8 without NUL.
[[nodiscard]] std::optional<std::string> read_text_file(const std::string& file, Problems& problems);

}  // namespace prelabel::config
