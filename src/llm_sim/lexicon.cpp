#include "llm_sim/lexicon.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/base/enum_array.hpp>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace prelabel::llm_sim {
namespace {

struct Entry {
    std::string_view name;
    EntityKind kind;
};

std::optional<EntityKind> kind_of_name(std::string_view word) {
    static const std::unordered_map<std::string_view, EntityKind> kinds = [] {
        std::unordered_map<std::string_view, EntityKind> all;
        for (const auto name : {"Ada",   "Alice", "Anna",  "Bob",   "Carlos", "Charles", "Clara", "Daniel",
                                "Elena", "Emma",  "Felix", "Grace", "Hannah", "Ingrid",  "Jack",  "José",
                                "Julia", "Karl",  "Laura", "Lucas", "Maria",  "Nina",    "Oscar", "Zoë"})
            all.emplace(name, EntityKind::person);
        for (const auto name :
             {"Berlin", "Cairo", "Lisbon", "London", "Madrid", "Oslo", "Paris", "Tokyo", "Toronto", "Vienna", "Zürich"})
            all.emplace(name, EntityKind::place);
        for (const auto name : {"Google", "IBM", "Microsoft", "Siemens", "Toyota"})
            all.emplace(name, EntityKind::organisation);
        return all;
    }();
    const auto found = kinds.find(word);
    return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

constexpr std::array aliases = std::to_array<Entry>({
    {"per", EntityKind::person},
    {"person", EntityKind::person},
    {"people", EntityKind::person},
    {"name", EntityKind::person},
    {"org", EntityKind::organisation},
    {"organization", EntityKind::organisation},
    {"organisation", EntityKind::organisation},
    {"company", EntityKind::organisation},
    {"corporation", EntityKind::organisation},
    {"loc", EntityKind::place},
    {"location", EntityKind::place},
    {"gpe", EntityKind::place},
    {"place", EntityKind::place},
    {"city", EntityKind::place},
});

constexpr auto default_names = enum_array<EntityKind, std::string_view>({
    {EntityKind::person, "PER"},
    {EntityKind::organisation, "ORG"},
    {EntityKind::place, "LOC"},
});

/// The name to use for each kind; empty: the kind was not asked for.
EnumArray<EntityKind, std::string> names_of(const std::vector<std::string>& labels) {
    EnumArray<EntityKind, std::string> names;
    if (labels.empty()) std::ranges::copy(default_names, names.begin());
    for (const std::string& label : labels) {
        const auto kind = kind_of_label(label);
        if (kind && names[*kind].empty()) names[*kind] = label;
    }
    return names;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// Where the word that starts at `at` ends: ASCII letters, digits and hyphens, and letters of two bytes (from À on).
std::size_t word_end(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const auto c = static_cast<unsigned char>(text[at]);
        const bool ascii = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (!ascii && (c < 0xC3 || c > 0xDF)) break;
        at += ascii ? 1 : 2;
    }
    return at;
}

/// A person's name goes on with up to three capitalised words, each behind one space.
std::size_t name_end(std::string_view text, std::size_t end) {
    for (int more = 0; more < 3; ++more) {
        if (end + 1 >= text.size() || text[end] != ' ' || !is_capital(text[end + 1])) break;
        end = word_end(text, end + 1);
    }
    return end;
}

}  // namespace

std::optional<EntityKind> kind_of_label(std::string_view label) {
    const auto found =
        std::ranges::find_if(aliases, [name = lowered(label)](const Entry& alias) { return alias.name == name; });
    return found == aliases.end() ? std::nullopt : std::optional(found->kind);
}

std::vector<Sighting> find_by_lexicon(std::string_view text, const std::vector<std::string>& labels) {
    const auto names = names_of(labels);
    std::vector<Sighting> sightings;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = word_end(text, at);
        const auto kind = is_capital(text[at]) ? kind_of_name(text.substr(at, end - at)) : std::nullopt;
        if (kind == EntityKind::person) end = name_end(text, end);
        if (kind && !names[*kind].empty()) sightings.push_back({names[*kind], at, end});
        at = std::max(end, at + 1);
    }
    return sightings;
}

}  // namespace prelabel::llm_sim
