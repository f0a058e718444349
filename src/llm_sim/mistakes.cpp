#include "llm_sim/mistakes.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace prelabel::llm_sim {
namespace {

using labeling::Mention;

constexpr std::array<std::string_view, 8> inventions{"Zebulon Quist",  "Quist & Daughters", "Port Amberlee",
                                                     "Ilmarinen Vask", "Orbweaver Group",   "Lower Tessaly",
                                                     "Perpetua Nandi", "Harrow Institute"};

std::optional<std::string> another_label(const std::string& label, const std::vector<std::string>& labels) {
    const auto other = std::ranges::find_if(labels, [&](const std::string& name) { return name != label; });
    if (other == labels.end()) return std::nullopt;
    // The next one in the list, so that every label is mistaken for some other.
    const auto own = std::ranges::find(labels, label);
    if (own == labels.end() || own + 1 == labels.end()) return *other;
    return *(own + 1);
}

/// One word less, or one more; none when the mention is one word at the end of its sentence.
std::optional<std::string> shifted(std::string_view document, const Sighting& sighting) {
    const std::string_view text = sighting.text_in(document);
    if (const std::size_t space = text.rfind(' '); space != std::string_view::npos && space > 0)
        return std::string(text.substr(0, space));
    if (sighting.end + 1 >= document.size() || document[sighting.end] != ' ') return std::nullopt;
    const std::size_t next = document.find_first_of(" .,;:!?\n", sighting.end + 1);
    if (next == sighting.end + 1) return std::nullopt;
    return std::string(document.substr(sighting.start, next == std::string_view::npos ? next : next - sighting.start));
}

}  // namespace

Mention invented_mention(std::string_view document, const std::vector<std::string>& labels, const Dice& dice,
                         std::uint64_t index) {
    std::size_t pick = dice.below(inventions.size(), Dice::Roll::invented, index);
    std::string text(inventions[pick]);
    for (std::size_t tries = 0; document.find(text) != std::string_view::npos; ++tries) {
        pick = (pick + 1) % inventions.size();
        text = inventions[pick];
        if (tries >= inventions.size()) text += " " + std::to_string(tries);  // a document about our inventions
    }
    return {labels.empty() ? "PER" : labels[pick % labels.size()], text};
}

std::vector<Mention> with_mistakes(std::string_view document, const std::vector<Sighting>& sightings,
                                   const std::vector<std::string>& labels, double rate, const Dice& dice) {
    enum Mistake { missing, wrong_label, wrong_boundary, invented, mistake_count };
    std::vector<Mention> mentions;
    mentions.reserve(sightings.size());
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        Mention mention{sightings[i].label, std::string(sightings[i].text_in(document))};
        if (rate <= 0 || dice.uniform(Dice::Roll::mistake, i) >= rate) {
            mentions.push_back(std::move(mention));
            continue;
        }
        switch (dice.below(mistake_count, Dice::Roll::mistake_kind, i)) {
            case wrong_label:
                if (auto label = another_label(mention.label, labels)) mentions.push_back({*label, mention.text});
                break;
            case wrong_boundary:
                if (auto text = shifted(document, sightings[i])) mentions.push_back({mention.label, *text});
                break;
            case invented:
                mentions.push_back(std::move(mention));
                mentions.push_back(invented_mention(document, labels, dice, i));
                break;
            default:
                break;  // missing
        }
    }
    return mentions;
}

}  // namespace prelabel::llm_sim
