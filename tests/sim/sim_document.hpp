#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/pipeline/dead_letter.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::sim {

/// How a document ends if the world allows it.
enum class Fate {
    labeled,
    malformed,   // its bytes hold no document
    refused,     // the model declines
    garbage,     // the model never says what it was asked for
    too_long,    // 400 context_length_exceeded
    poison,      // 500, every time
    rejected,    // 400, every time
    forbidden,   // 403, every time
    unreadable,  // 200 with a broken body, every time
    oversized,   // the broker refuses its record, and its dead letter as long as that has a value
};

/// The class in which a document of this fate is dead-lettered; none when it is published.
[[nodiscard]] std::optional<pipeline::DeadLetterClass> dead_letter_of(Fate fate);

struct SimDocument {
    std::size_t number = 0;
    std::string text;                         // begins with mark()
    std::vector<labeling::Mention> mentions;  // the first is the mark
    Fate fate = Fate::labeled;

    /// Stands in every right answer about this document and in no other: whose answer it is can be seen.
    [[nodiscard]] std::string mark() const { return "doc#" + std::to_string(number) + "#"; }
    [[nodiscard]] Record record() const;
};

[[nodiscard]] SimDocument make_document(Rng& rng, std::size_t number, double fated);
/// Which document a record holds, a request is about, or a simulated response id was made for.
[[nodiscard]] std::size_t number_of(const Record& record);
[[nodiscard]] std::size_t number_in_request(const std::string& body);
[[nodiscard]] std::optional<std::size_t> number_in_response_id(std::string_view id);
[[nodiscard]] std::string response_id(std::uint64_t serial, std::size_t number);

/// The task that all simulated workers label for.
[[nodiscard]] labeling::Task news();

}  // namespace prelabel::sim
