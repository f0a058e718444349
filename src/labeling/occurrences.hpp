#pragma once

#include <prelabel/labeling/annotation.hpp>

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// What to look for, and where it was found: byte offsets, increasing.
struct Needle {
    std::string_view text;  ///< not empty
    std::size_t hits_max = 0;
    std::vector<std::size_t> hits;
};

/// Finds all needles, which must be different, in `text`. A hit is kept when `fits(at, length)`; one that begins inside
/// an ASCII word never is.
/// Bound: `hits_max` hits a needle, the first ones.
/// Cost: one search a needle while that is little work; otherwise one pass over the text for all needles together,
///       which gives up after hashing 64 bytes per byte of text (a hostile answer of thousands of mentions that all
///       begin alike and all differ in length): what lies beyond is not found.
void find_all(std::string_view text, std::vector<Needle>& needles,
              const std::function<bool(std::size_t, std::size_t)>& fits);

}  // namespace prelabel::labeling
