#pragma once

#include "labeling/occurrences.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::labeling {

/// All places where the mentions of one text may be, in order, and the labels under which some are taken.
/// Spans once taken stay taken, so a place without room is dropped for good.
/// Cost: next() is nearly constant, however many were dropped: it remembers the way (path halving).
class Candidates {
public:
    explicit Candidates(std::vector<Occurrence> occurrences) : occurrences_(std::move(occurrences)) {
        next_.resize(occurrences_.size() + 1);
        std::iota(next_.begin(), next_.end(), std::uint32_t{0});
    }

    [[nodiscard]] bool empty() const { return occurrences_.empty(); }
    [[nodiscard]] std::size_t size() const { return occurrences_.size(); }
    [[nodiscard]] const Occurrence& operator[](std::size_t at) const { return occurrences_[at]; }
    /// The first one that begins at `start` or later.
    [[nodiscard]] std::size_t first_from(std::size_t start) const {
        const auto start_of = [](const Occurrence& occurrence) { return occurrence.span.start; };
        return static_cast<std::size_t>(std::ranges::lower_bound(occurrences_, start, {}, start_of) -
                                        occurrences_.begin());
    }

    void drop(std::size_t at) { next_[at] = static_cast<std::uint32_t>(at + 1); }
    /// The first one from `at` on that was not dropped; size() when there is none.
    [[nodiscard]] std::size_t next(std::size_t at) {
        while (next_[at] != at) at = next_[at] = next_[next_[at]];
        return at;
    }

    [[nodiscard]] bool held_as(std::string_view label) const {
        return std::ranges::find(holders_, label) != holders_.end();
    }
    void hold_as(std::string_view label) {
        if (!held_as(label)) holders_.push_back(label);
    }

private:
    std::vector<Occurrence> occurrences_;
    std::vector<std::uint32_t> next_;
    std::vector<std::string_view> holders_;
};

}  // namespace prelabel::labeling
