#pragma once

#include "llm_sim/sighting.hpp"

#include <prelabel/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prelabel::llm_sim {

/// The right answers, by text: JSONL of `{"id", "text", "entities": [{"label", "start", "end"}]}`, offsets in code
/// points. Texts are told apart by a 64-bit hash.
/// Bound: what the file holds, without the texts.
class GoldBook {
public:
    /// Reads a whole file's content. `name` is for messages.
    /// Errors: Fault::input with line and reason, never document text.
    [[nodiscard]] static Result<GoldBook> parse(std::string_view lines, const std::string& name);
    /// Errors: as parse(), and Fault::config when the file cannot be read.
    [[nodiscard]] static Result<GoldBook> load(const std::string& path);

    /// In order of appearance; null for a text that is not in the book.
    [[nodiscard]] const std::vector<Sighting>* find(std::string_view text) const;
    [[nodiscard]] std::size_t size() const { return by_text_.size(); }

private:
    std::unordered_map<std::uint64_t, std::vector<Sighting>> by_text_;
};

/// XXH3-64 of a document's text: how documents are told apart here and named in /stats.
[[nodiscard]] std::uint64_t document_hash(std::string_view text);

}  // namespace prelabel::llm_sim
