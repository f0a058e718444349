#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/record.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/labeling/task.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
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
};

/// What one document was found to hold. Entities are ordered by start, then longest first.
struct Findings {
    std::vector<Entity> entities;
    std::vector<Discarded> discarded;
};

/// Tokens as the provider counts them, and what they cost.
struct Usage {
    std::uint64_t requests = 0;
    std::uint64_t input_tokens = 0;         ///< all input tokens, cached ones too
    std::uint64_t cached_input_tokens = 0;  ///< of these, read from the provider's prompt cache
    std::uint64_t output_tokens = 0;
    double cost_usd = 0;

    Usage& operator+=(const Usage& other) {
        requests += other.requests;
        input_tokens += other.input_tokens;
        cached_input_tokens += other.cached_input_tokens;
        output_tokens += other.output_tokens;
        cost_usd += other.cost_usd;
        return *this;
    }
};

/// Where the answer came from.
enum class CacheTier { miss, memory, journal, shared, inflight };
constexpr auto enum_names(CacheTier) {
    return std::to_array<EnumName<CacheTier>>({
        {CacheTier::miss, "miss"},
        {CacheTier::memory, "memory"},
        {CacheTier::journal, "journal"},
        {CacheTier::shared, "shared"},
        {CacheTier::inflight, "inflight"},
    });
}

/// One pre-annotation, as published.
struct AnnotationRecord {
    std::string id;
    std::string text;
    std::string task_name;
    std::string task_version;
    bool partial = false;  ///< something was discarded or salvaged
    Findings findings;
    std::string provider;
    std::string model;
    std::vector<std::string> response_ids;
    Usage usage;
    Origin source;
    std::uint32_t attempts = 0;
    CacheTier cache = CacheTier::miss;
    WallTime labeled_at{};
};

}  // namespace prelabel::labeling
