#pragma once

#include "llm_sim/dice.hpp"
#include "llm_sim/sighting.hpp"

#include <prelabel/labeling/task.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace prelabel::llm_sim {

/// What a model would say about the document: the sightings, of which a share of `rate` comes out wrong: left out, with
/// another label, with a shifted boundary, or followed by an entity that is not in the document. Each is equally
/// likely; a mistake that cannot be made (no other label, no other boundary) becomes a missing mention.
[[nodiscard]] std::vector<labeling::Mention> with_mistakes(std::string_view document,
                                                           const std::vector<Sighting>& sightings,
                                                           const std::vector<std::string>& labels, double rate,
                                                           const Dice& dice);

/// An entity that is not in the document, with one of the labels ("PER" when there are none).
[[nodiscard]] labeling::Mention invented_mention(std::string_view document, const std::vector<std::string>& labels,
                                                 const Dice& dice, std::uint64_t index = 0);

}  // namespace prelabel::llm_sim
