#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::architecture {

/// One file of the tree. `path` is relative to the root, with '/'.
struct File {
    std::string path;
    std::string text;
};

/// A rule that does not hold: where ("src/flow/a.cpp:12") and what, in a sentence that says the rule.
struct Finding {
    std::string where;
    std::string what;

    friend bool operator==(const Finding&, const Finding&) = default;
};

struct Include {
    std::size_t line = 0;  ///< from 1
    std::string path;
    bool quoted = false;
};

/// The text with comments and the contents of string and character literals blanked, every line kept where it is.
[[nodiscard]] std::string code_only(std::string_view text);

/// What the text includes; not what its comments or strings mention.
[[nodiscard]] std::vector<Include> includes_of(std::string_view text);

[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

/// "src/flow/x.cpp", "include/prelabel/flow/x.hpp" → "flow"; empty for everything else.
[[nodiscard]] std::string library_of(std::string_view path);

[[nodiscard]] bool is_public_header(std::string_view path);

[[nodiscard]] bool ends_with_any(std::string_view text, const std::vector<std::string_view>& endings);

/// All files below `root` that belong to the project: not what git, builds or caches keep there.
[[nodiscard]] std::vector<File> read_tree(const std::filesystem::path& root);

}  // namespace prelabel::architecture
