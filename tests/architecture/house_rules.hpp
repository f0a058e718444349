#pragma once

#include "source_text.hpp"

#include <string>
#include <vector>

namespace prelabel::architecture {

/// A public header opens with `#pragma once` and says in a comment on a declaration of its namespace what it is for.
[[nodiscard]] std::vector<Finding> undocumented_header(const File& file);

/// More than 300 lines and no reason for it: a first line of the form "// Long: …".
[[nodiscard]] std::vector<Finding> too_long(const File& file);

/// Folders and files named after nothing in particular.
[[nodiscard]] std::vector<Finding> vague_name(const File& file);

/// Notes to self: what is not done is not in the tree.
[[nodiscard]] std::vector<Finding> unfinished(const File& file);

/// Includes of our own headers in a form other than these: <prelabel/library/x.hpp> is a public header,
/// "library/x.hpp" is a private header of the library itself, "x.hpp" lies beside a test or a benchmark.
[[nodiscard]] std::vector<Finding> include_style(const File& file);

/// Comments wider than 120 columns: the formatter leaves comments as they are.
[[nodiscard]] std::vector<Finding> wide_comments(const File& file);

/// Comments that break a sentence unevenly: less than 20 columns of it are left for the next line, or a line of less
/// than 60 columns ends though it has room for the next word. A line may end anywhere after one of . : ; ! ?
[[nodiscard]] std::vector<Finding> torn_comments(const File& file);

/// Coroutines nobody joins, in production code.
[[nodiscard]] std::vector<Finding> detached_coroutines(const File& file);

/// Every library with sources says in a README why it exists.
[[nodiscard]] std::vector<Finding> missing_readmes(const std::vector<File>& tree);

/// Paths in backticks of README.md and docs/*.md that are not in the tree: whole ones, as `src/flow/a.cpp`;
/// files of the folder that was named before them in the same line, as `b.cpp`; units that are listed behind a folder
/// and a colon. A path with * or <…> stands for several.
[[nodiscard]] std::vector<Finding> stale_paths(const std::vector<File>& tree);

/// Relative links of Markdown files that lead to no file or folder.
[[nodiscard]] std::vector<Finding> broken_links(const std::vector<File>& tree);

}  // namespace prelabel::architecture
