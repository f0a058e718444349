#include "sim_document.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/base/json_text.hpp>

#include <array>
#include <charconv>

namespace prelabel::sim {
namespace {

using pipeline::DeadLetterClass;

constexpr std::array<const char*, 8> people{"Ada Lovelace", "Zoë",      "田中太郎", "José 🎉 Núñez",
                                            "Ada",          "محمد علي", "O'Brien",  "Łukasz"};
constexpr std::array<const char*, 6> places{"Zürich", "New York", "York", "東京", "Åbo", "القاهرة"};
constexpr std::array<Fate, 9> fates{Fate::malformed, Fate::refused,   Fate::garbage,    Fate::too_long, Fate::poison,
                                    Fate::rejected,  Fate::forbidden, Fate::unreadable, Fate::oversized};

}  // namespace

std::optional<DeadLetterClass> dead_letter_of(Fate fate) {
    switch (fate) {
        case Fate::labeled:
            return std::nullopt;
        case Fate::malformed:
            return DeadLetterClass::malformed_input;
        case Fate::refused:
            return DeadLetterClass::refused;
        case Fate::garbage:
        case Fate::unreadable:
            return DeadLetterClass::invalid_answer;
        case Fate::too_long:
            return DeadLetterClass::context_length;
        case Fate::poison:
            return DeadLetterClass::deadline;
        case Fate::rejected:
        case Fate::forbidden:
            return DeadLetterClass::request_rejected;
        case Fate::oversized:
            return DeadLetterClass::too_large;
    }
    return std::nullopt;
}

Record SimDocument::record() const {
    Record record;
    record.key = "k" + std::to_string(number);
    record.value = fate == Fate::malformed
                       ? "{\"text\": "
                       : R"({"id":"d)" + std::to_string(number) + R"(","text":)" + json_string(text) + "}";
    record.headers = {{"trace", std::to_string(number)}};
    return record;
}

SimDocument make_document(Rng& rng, std::size_t number, double fated) {
    SimDocument document;
    document.number = number;
    document.mentions.push_back({"REF", document.mark()});
    document.text = document.mark() + " 👩‍🔬: ";
    for (std::size_t i = rng.below(6); i > 0; --i) {
        const bool person = rng.chance(0.5);
        const std::string name = person ? people[rng.below(people.size())] : places[rng.below(places.size())];
        document.text += (person ? " met " : " in ") + name + (rng.chance(0.3) ? " 🎉." : ",");
        document.mentions.push_back({person ? "PER" : "LOC", name});
    }
    if (rng.chance(fated)) document.fate = fates[rng.below(fates.size())];
    return document;
}

std::size_t number_of(const Record& record) { return std::stoul(record.key.value().substr(1)); }

std::size_t number_in_request(const std::string& body) {
    // Examples hold no such mark; the document's turn comes after them.
    const auto at = body.find("doc#");
    expects(at != std::string::npos, "every simulated document carries its number");
    return std::stoul(body.substr(at + 4, 10));
}

std::string response_id(std::uint64_t serial, std::size_t number) {
    return "sim-" + std::to_string(serial) + "-" + std::to_string(number);
}

std::optional<std::size_t> number_in_response_id(std::string_view id) {
    const auto dash = id.rfind('-');
    if (!id.starts_with("sim-") || dash == std::string_view::npos) return std::nullopt;
    std::size_t number = 0;
    const auto end = std::from_chars(id.data() + dash + 1, id.data() + id.size(), number);
    if (end.ptr != id.data() + id.size()) return std::nullopt;
    return number;
}

labeling::Task news() {
    labeling::Task task;
    task.name = "sim";
    task.instructions = "Label every mention.";
    task.labels = {{"PER", "people"}, {"LOC", "places"}, {"REF", "references"}};
    task.examples = {{"Ada joined.", {{"PER", "Ada"}}}};
    return task;
}

}  // namespace prelabel::sim
