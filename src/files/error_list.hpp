#pragma once

#include "files/document_pairs.hpp"

#include <prelabel/files/labeled_document.hpp>

#include <cstddef>
#include <string>

namespace prelabel::files {

/// What is wrong with the predictions, for people: how many were missed, invented, confused and cut, and the first
/// `count` of them, one a line, each with where it stands and the text around it. `in_tokens`: both sides are CoNLL and
/// are compared token by token.
[[nodiscard]] std::string error_list(const DocumentPairs& pairs, const std::string& gold_path, bool in_tokens,
                                     evaluation::TagScheme scheme, std::size_t count);

}  // namespace prelabel::files
