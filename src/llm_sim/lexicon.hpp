#pragma once

#include "llm_sim/sighting.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::llm_sim {

/// What the built-in lexicon can tell apart.
enum class EntityKind { person, organisation, place };

/// Finds the few dozen names it knows, people with what follows of their name ("Ada Lovelace"): enough for answers to
/// any text, far from a good labeler. Gold is for measuring.
///
/// `labels` are the names that may be used; a kind without a fitting name is left out. Empty: PER, ORG, LOC.
/// Sightings are in order of appearance and do not overlap. `text` must be valid UTF-8.
[[nodiscard]] std::vector<Sighting> find_by_lexicon(std::string_view text, const std::vector<std::string>& labels);

/// The kind that a label's name means ("PERSON", "Company", "gpe" …); none for other names.
[[nodiscard]] std::optional<EntityKind> kind_of_label(std::string_view label);

}  // namespace prelabel::llm_sim
