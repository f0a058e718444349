#pragma once

#include "llm_sim/count_table.hpp"
#include "llm_sim/fault_kind.hpp"

#include <prelabel/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::llm_sim {

/// Faults that a test has planned, one JSON object a line:
///
///   {"match": "Lovelace", "replies": ["429", "500", "ok"]}     the first three requests for each document with that
///   text
///   {"match": "poison", "replies": ["500"], "repeat": true}    every request for such a document
///   {"request": 7, "replies": ["reset"]}                       the seventh request to be admitted, and those after it
///
/// The first line that fits and still has a reply decides. `match` counts per document, so it does not depend on
/// arrival order; an empty `match` is every document. Where no line has a reply, the rates decide.
/// Bound: 100,000 lines; `documents_max` documents are counted per script.
class FaultScript {
public:
    /// Errors: Fault::config with line, what was found and what was expected.
    [[nodiscard]] static Result<FaultScript> parse(std::string_view lines, const std::string& name);
    [[nodiscard]] static Result<FaultScript> load(const std::string& path);

    /// The planned reply for the next admitted request, FaultKind::none for `ok`; no value when nothing is planned.
    [[nodiscard]] std::optional<FaultKind> next(std::string_view document, std::uint64_t document_hash);

private:
    static constexpr std::size_t documents_max = 1'000'000;

    struct Line {
        std::string match;
        std::uint64_t request = 0;  ///< 0: by match
        std::vector<FaultKind> replies;
        bool repeat = false;
    };
    static Result<Line> parse_line(std::string line);

    std::vector<Line> lines_;
    CountTable asked_{documents_max};  ///< by line and document
    std::uint64_t requests_ = 0;
};

}  // namespace prelabel::llm_sim
