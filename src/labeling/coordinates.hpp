#pragma once

#include <prelabel/labeling/findings.hpp>

#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Fills `code_points` and `utf16` of each entity from its `utf8` span.
/// Cost: one pass over the text up to the last entity, eight bytes at a time.
void fill_coordinates(std::string_view text, std::vector<Entity>& entities);

}  // namespace prelabel::labeling
