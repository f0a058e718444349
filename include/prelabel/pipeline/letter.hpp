#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::pipeline {

/// What dead letters have in common that go together.
struct LetterKind {
    std::string reason;        ///< class
    std::string task;          ///< empty where a letter was written before letters said so
    std::string task_version;  ///< of everything that changes the prompt
    std::string model;         ///< as the task

    friend auto operator<=>(const LetterKind&, const LetterKind&) = default;
};

/// A record of the dead-letter topic, as its headers tell; see make_dead_letter().
struct Letter {
    LetterKind kind;
    std::string message;
    std::optional<WallTime> at;
    std::string document;  ///< where it is: topic/partition/offset
    bool whole = true;     ///< false: its value was left out when the topic refused it for its size
};

/// None for a record that is no dead letter.
[[nodiscard]] std::optional<Letter> read_letter(const Record& record);

/// The document of a dead letter for the input topic: key, value and headers as they were, and a header
/// `prelabel.redriven.from` with the letter's place. The headers about its failure stay behind.
[[nodiscard]] Output document_of_letter(Record letter);

/// Says on the dead-letter topic, behind the letter, that its document was sent again: the same key, no bytes, and
/// headers `prelabel.redriven.partition` and `.offset` with the letter's place, and `.at`.
[[nodiscard]] Output mark_of_letter(const Record& letter, WallTime at);

/// The dead letters of a topic by kind, and which of them were sent again. Records come in any order of partitions.
/// Bound: 40 bytes a letter, and as much again for one that was sent again.
class LetterBook {
public:
    struct Group {
        std::size_t open = 0;
        std::size_t redriven = 0;
        std::size_t incomplete = 0;  ///< open, but its value was left out
        std::optional<WallTime> oldest{}, newest{};
        std::string document{};  ///< of one of the newest
        std::string message{};   ///< likewise
    };

    void add(const Record& record);
    [[nodiscard]] bool is_redriven(const Origin& letter) const;
    [[nodiscard]] std::map<LetterKind, Group> groups() const;
    /// Records that are neither a letter nor a mark.
    [[nodiscard]] std::size_t others() const { return others_; }

private:
    using Place = std::pair<std::int32_t, Offset>;
    struct Entry {
        Place place;
        const LetterKind* kind;
        bool whole;
    };

    std::map<LetterKind, Group> seen_;  ///< without the numbers
    std::vector<Entry> letters_;
    std::set<Place> marks_;
    std::size_t others_ = 0;
};

}  // namespace prelabel::pipeline
