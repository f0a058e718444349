#include <algorithm>
#include <array>
#include <iterator>

#include <llm_sim/fault_kind.hpp>

namespace prelabel::llm_sim {
namespace {

struct Row {
    std::string_view name;
    bool paid;
};

// In the order of the enumerators.
constexpr std::array<Row, fault_kind_count> rows{{
    {"ok", true},
    {"429", false},
    {"500", false},
    {"503", false},
    {"reset", true},
    {"hang", false},
    {"drip", true},
    {"truncated", true},
    {"invalid_json", true},
    {"broken_envelope", true},
    {"hallucinated", true},
    {"refusal", true},
    {"content_filter", true},
    {"wrong_content_type", false},
    {"unknown_label", true},
    {"code_fence", true},
    {"truncated_answer", true},
    {"wrong_document", true},
    {"empty", true},
    {"context_length", false},
    {"insufficient_quota", false},
}};

}  // namespace

std::string_view to_string(FaultKind kind) { return rows[static_cast<std::size_t>(kind)].name; }

std::optional<FaultKind> fault_kind(std::string_view name) {
    const auto found = std::ranges::find(rows, name, &Row::name);
    if (found == rows.end()) return std::nullopt;
    return static_cast<FaultKind>(std::distance(rows.begin(), found));
}

std::vector<std::string> fault_names() {
    std::vector<std::string> names;
    for (const Row& row : rows) names.emplace_back(row.name);
    return names;
}

bool is_paid(FaultKind kind) { return rows[static_cast<std::size_t>(kind)].paid; }

}  // namespace prelabel::llm_sim
