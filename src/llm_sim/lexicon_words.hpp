#pragma once

#include <string_view>

namespace prelabel::llm_sim {

// Membership in the word lists of the built-in lexicon. Case matters, except where said.
[[nodiscard]] bool is_first_name(std::string_view word);
[[nodiscard]] bool is_place(std::string_view words);
[[nodiscard]] bool is_organisation(std::string_view words);
/// "Dr", "President" …: what follows is a person.
[[nodiscard]] bool is_title(std::string_view word);
/// "Inc", "GmbH", "University" …: what ends so is an organisation.
[[nodiscard]] bool is_organisation_ending(std::string_view word);
/// "University", "Bank" …: followed by "of" it starts an organisation.
[[nodiscard]] bool is_organisation_opening(std::string_view word);
[[nodiscard]] bool is_month(std::string_view word);
/// "of", "de", "van" …: joins capitalised words to one name.
[[nodiscard]] bool is_connector(std::string_view word);

/// A name in a script without spaces, found anywhere.
struct UnspacedName {
    std::string_view text;
    bool place;  ///< otherwise a person
};
[[nodiscard]] const UnspacedName* unspaced_name_at(std::string_view text);

}  // namespace prelabel::llm_sim
