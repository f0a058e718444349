#pragma once

#include "labeling/edges.hpp"

#include <prelabel/labeling/findings.hpp>
#include <prelabel/labeling/work_budget.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// A place in the document where a mention may be.
struct Occurrence {
    Span span;
    Fit fit;
};

/// What to look for, and where it was found, in order.
struct Needle {
    std::string_view text;  ///< not empty
    std::size_t hits_max = 0;
    std::vector<Occurrence> hits;
};

/// The place in the document that [at, at + length) of the searched text stands for; none when it is no match.
using OccurrenceAt = std::function<std::optional<Occurrence>(std::size_t at, std::size_t length)>;

/// Finds all needles, which must be different and sorted by text, in `text`.
/// A hit that begins inside an ASCII word is never asked for.
///
/// Bound: `hits_max` hits a needle, the first ones. When the budget ends the search ends too: what lies beyond is not
///        found.
/// Cost:  one search a needle while that is little work; otherwise one pass over the text for all needles together.
///        Linear but for hostile answers: thousands of mentions that all stand at the same places. The budget is for
///        them.
void find_all(std::string_view text, std::vector<Needle>& needles, const OccurrenceAt& occurrence, WorkBudget& budget);

}  // namespace prelabel::labeling
