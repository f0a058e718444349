#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/files/labeled_document.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace prelabel::files {

/// A gold document and what was predicted for it; none where nothing was.
struct DocumentPair {
    const LabeledDocument* gold = nullptr;
    const LabeledDocument* predicted = nullptr;
};

struct DocumentPairs {
    std::vector<DocumentPair> pairs;  ///< in the order of gold
    std::size_t without_prediction = 0;
    std::size_t without_gold = 0;
    std::string warning;  ///< tokens of CoNLL that are spelled differently; empty as a rule
};

/// Pairs documents by id, or by order where a side has no ids of its own, and checks that their texts are the same. Of
/// two CoNLL files only the numbers of tokens must be: what counts there is a token's position, not its spelling.
/// Lifetime: points into both files.
/// Errors: Fault::input for ids that stand twice, other texts, and missing predictions unless they may be.
[[nodiscard]] Result<DocumentPairs> pair_documents(const LabeledFile& gold, const LabeledFile& predicted,
                                                   bool missing_allowed);

}  // namespace prelabel::files
