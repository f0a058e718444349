#pragma once

#include <prelabel/base/enum_names.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::labeling {

/// A half-open range [start, end).
struct Span {
    std::size_t start = 0;
    std::size_t end = 0;

    friend auto operator<=>(const Span&, const Span&) = default;
};

/// How the mention was found in the document.
enum class Match { exact, normalized, fuzzy };
constexpr auto enum_names(Match) {
    return std::to_array<EnumName<Match>>({
        {Match::exact, "exact"},
        {Match::normalized, "normalized"},
        {Match::fuzzy, "fuzzy"},
    });
}

/// A mention with its place in the document. `text` is the document's own slice, so that
/// text[start:end] == entity.text holds in all three coordinate systems.
struct Entity {
    std::string label;
    std::string text;
    Span code_points;
    Span utf8;
    Span utf16;
    Match match = Match::exact;
    std::optional<double> confidence;

    friend bool operator==(const Entity&, const Entity&) = default;
};

enum class DiscardReason { not_in_text, unknown_label, overlap, schema, duplicate, not_searched };
constexpr auto enum_names(DiscardReason) {
    return std::to_array<EnumName<DiscardReason>>({
        {DiscardReason::not_in_text, "not_in_text"},
        {DiscardReason::unknown_label, "unknown_label"},
        {DiscardReason::overlap, "overlap"},
        {DiscardReason::schema, "schema"},
        {DiscardReason::duplicate, "duplicate"},
        {DiscardReason::not_searched, "not_searched"},
    });
}

/// A mention that is not shipped, and why.
struct Discarded {
    std::string label;
    std::string text;
    DiscardReason reason;

    friend bool operator==(const Discarded&, const Discarded&) = default;
};

/// What one document was found to hold. Entities are ordered by start, then longest first.
struct Findings {
    std::vector<Entity> entities;
    std::vector<Discarded> discarded;

    friend bool operator==(const Findings&, const Findings&) = default;
};

}  // namespace prelabel::labeling
